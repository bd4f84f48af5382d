internal import Kubernetes

extension LintReport {
  /// For the formats that other programs read; suppressed findings are in it, and say so.
  package func report(version: String) -> Report {
    var counts: [String: Int] = [:]
    /// The same finding again, as of two documents alike, is told apart by its number.
    func name(of entry: Entry) -> String {
      let name = entry.stableName
      let number = (counts["\(entry.rule.code) \(name)"] ?? 0) + 1
      counts["\(entry.rule.code) \(name)"] = number
      return number > 1 ? "\(name) #\(number)" : name
    }
    return Report(
      command: "merlon lint", version: version, rules: LintRule.all.map(\.shared),
      results: entries.map { $0.result(named: name(of: $0), suppression: nil) }
        + suppressed.map {
          $0.entry.result(named: name(of: $0.entry), suppression: $0.suppression.reason)
        })
  }
}

extension LintReport.Entry {
  /// The file and the message, without lines and columns: what stays the same when text is added above.
  fileprivate var stableName: String {
    let words = diagnostic.message.split(separator: " ", omittingEmptySubsequences: false)
    let message = words.map { word -> Substring in
      guard let open = word.firstIndex(of: "("), let close = word.lastIndex(of: ")"), open < close else {
        return word
      }
      // `(web.yaml:12)`, a place in prose.
      let parts = word[word.index(after: open)..<close].split(separator: ":")
      guard parts.count > 1, let line = parts.last, line.allSatisfy(\.isNumber) else { return word }
      return word[...open] + parts.dropLast().filter { !$0.allSatisfy(\.isNumber) }.joined(separator: ":")
        + word[close...]
    }.joined(separator: " ")
    return [diagnostic.location?.file.path, message].compactMap(\.self).joined(separator: " ")
  }

  fileprivate func result(named name: String, suppression: String?) -> Report.Result {
    let level: Report.Level =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    return Report.Result(
      rule: rule.code, level: level, group: rule.name,
      name: name, message: diagnostic.message, details: [diagnostic.fix].compactMap { $0 },
      at: diagnostic.location,
      related: diagnostic.related, suppression: suppression)
  }
}

extension LintRule {
  fileprivate var shared: Report.Rule {
    Report.Rule(
      id: code, name: name, summary: summary,
      help: [explanation.trigger, explanation.reason, explanation.remedy].joined(separator: " "))
  }
}
