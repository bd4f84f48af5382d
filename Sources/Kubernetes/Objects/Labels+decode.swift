extension Labels {
  /// Reads a `labels` mapping. Values that are not strings, and keys or values outside the label syntax,
  /// are errors; the rest is kept.
  package init(_ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]) {
    guard node.isMapping(field(), &problems) else {
      self = .none
      return
    }
    var entries: [Written] = []
    for (key, value) in node.members {
      let keyText = key.keyText
      if let problem = NameRules.labelKeyProblem(keyText) {
        problems.reportInvalid(key, "the label key `\(keyText)` \(problem)")
        continue
      }
      guard let text = Self.value(value, "\(field()).\(keyText)", &problems) else { continue }
      let location = key.location
      entries.append(Written(key: keyText, value: text, line: location.line, column: location.column))
    }
    self.init(file: node.document.file, unsorted: entries)
  }

  /// A label value; null is the empty string to the API server.
  static func value(_ node: Node, _ field: @autoclosure () -> String, _ problems: inout [Diagnostic])
    -> String?
  {
    if node.isNull { return "" }
    guard let text = node.string(field(), &problems) else { return nil }
    if let problem = NameRules.labelValueProblem(text) {
      problems.reportInvalid(node, "the label value `\(text)` of `\(field())` \(problem)")
      return nil
    }
    return text
  }
}
