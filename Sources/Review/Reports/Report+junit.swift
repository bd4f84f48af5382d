internal import Kubernetes

extension Report {
  /// JUnit's XML as CI systems read it (testmoapp/junitxml describes what they have in common): one suite per group, one
  /// case per result.
  package var junit: String {
    var groups: [(name: String, results: [Result])] = []
    for result in results {
      if let place = groups.firstIndex(where: { $0.name == result.group }) {
        groups[place].results.append(result)
      } else {
        groups.append((result.group, [result]))
      }
    }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites name=\"\(XMLText(command))\"\(Self.counts(results))>\n"
    for group in groups {
      let name = group.name.isEmpty ? command : group.name
      text += "  <testsuite name=\"\(XMLText(name))\"\(Self.counts(group.results))>\n"
      for result in group.results { text += result.junit(suite: name) }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private static func counts(_ results: [Result]) -> String {
    let skipped = results.count { $0.suppression != nil }
    let failures = results.count { $0.isFailure }
    return " tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
  }

  // MARK: - TAP

  /// The Test Anything Protocol, version 13, with details as YAML blocks.
  package var tap: String {
    var text = "TAP version 13\n1..\(results.count)\n"
    for (number, result) in results.enumerated() {
      let name = [result.group, result.name].filter { !$0.isEmpty }.joined(separator: ": ")
      let skip = result.suppression.map { " # SKIP \(Self.tapText($0))" } ?? ""
      text += "\(result.isFailure ? "not ok" : "ok") \(number + 1) - \(Self.tapText(name))\(skip)\n"
      guard result.level != .pass else { continue }
      let data = DataValue.members(
        ("message", .string(result.message)), ("severity", .string(result.level.rawValue)),
        ("at", result.location.map { .string($0.description) }),
        ("details", result.details.isEmpty ? nil : .list(result.details.map(DataValue.string))))
      let lines = data.yaml.split(separator: "\n").map { "  \($0)\n" }.joined()
      text += "  ---\n\(lines)  ...\n"
    }
    return text
  }

  /// `#` begins a directive, and a description is one line.
  private static func tapText(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ").split(separator: "#", omittingEmptySubsequences: false)
      .joined(separator: "\\#")
  }
}

extension Report.Result {
  /// Whether a test that looks at it fails: notes are no failures.
  package var isFailure: Bool { (level == .error || level == .warning) && suppression == nil }

  fileprivate func junit(suite: String) -> String {
    let head = "    <testcase name=\"\(XMLText(name))\" classname=\"\(XMLText(suite))\""
    let place = location.map { " file=\"\(XMLText($0.file.path))\" line=\"\($0.line)\"" } ?? ""
    if let suppression {
      return "\(head)\(place)><skipped message=\"\(XMLText(suppression))\"/></testcase>\n"
    }
    guard isFailure else { return "\(head)\(place)/>\n" }
    let lines = ([location.map(\.description)].compactMap { $0 } + details).map { "\(XMLText($0))\n" }
      .joined()
    return
      "\(head)\(place)>\n      <failure message=\"\(XMLText(message))\" type=\"\(XMLText(rule))\">\(lines)</failure>\n    </testcase>\n"
  }
}
