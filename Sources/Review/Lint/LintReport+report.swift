internal import Kubernetes

extension LintReport {
  /// For the formats that other programs read; suppressed findings are in it, and say so.
  package func report(version: String) -> Report {
    Report(
      command: "merlon lint", version: version, rules: LintRule.all.map(\.shared),
      results: entries.map { $0.result(suppression: nil) }
        + suppressed.map { $0.entry.result(suppression: $0.suppression.reason) })
  }
}

extension LintReport.Entry {
  fileprivate func result(suppression: String?) -> Report.Result {
    let level: Report.Level =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    return Report.Result(
      rule: rule.code, level: level, group: rule.name,
      name: [diagnostic.location.map(\.description), diagnostic.message].compactMap { $0 }.joined(
        separator: " "),
      message: diagnostic.message, details: [diagnostic.fix].compactMap { $0 }, at: diagnostic.location,
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
