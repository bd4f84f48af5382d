internal import Kubernetes

/// Fields of a Cilium object. The API server drops null fields of custom resources and rejects null elements of
/// lists.
extension StrictFields {
  /// The elements of a list field as `read` makes them; nil when the field is absent, null or no list.
  ///
  /// `read` answers nil for an element it has reported, which is then left out.
  func entries<Entry>(
    _ name: String, in path: String, _ problems: inout [Diagnostic],
    _ read: (Node, inout [Diagnostic]) -> Entry?
  ) -> [Entry]? {
    guard let elements = self[name]?.list("\(path).\(name)", &problems) else { return nil }
    return elements.compactMap { element in
      if element.isNull {
        problems.reportRefusedByServer(at: element.location, "an entry of `\(name)` must not be null")
        return nil
      }
      return read(element, &problems)
    }
  }

  /// The same for a list of strings.
  func strings(_ name: String, in path: String, _ problems: inout [Diagnostic]) -> [Located<String>]? {
    entries(name, in: path, &problems) { element, problems in
      element.string("\(path).\(name)[]", &problems).map { Located($0, at: element.location) }
    }
  }

  /// A string field; nil when it is absent, null or no string.
  func string(_ name: String, in path: String, _ problems: inout [Diagnostic]) -> String? {
    self[name]?.string("\(path).\(name)", &problems)
  }

  /// A string field that must be there and not be empty; nil with a report when it is not.
  func requiredString(
    _ name: String, in path: String, at location: SourceLocation, _ problems: inout [Diagnostic]
  ) -> String? {
    guard let node = self[name] else {
      problems.reportMissing(at: location, "`\(path)` needs a `\(name)`")
      return nil
    }
    guard let text = node.string("\(path).\(name)", &problems) else { return nil }
    if text.isEmpty {
      problems.reportRefusedByServer(at: node.location, "`\(path).\(name)` must not be empty")
    }
    return text
  }

  /// A string field that is one of a few; nil when it is absent, or reported as another.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, in path: String, _ problems: inout [Diagnostic]
  ) -> Choice? where Choice.RawValue == String {
    guard let node = self[name], let text = node.string("\(path).\(name)", &problems) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    problems.reportRefusedByServer(
      at: node.location, "`\(path).\(name)` must be \(known.joined(separator: ", ")), not `\(text)`",
      fix: Suggestion.nearest(to: text, among: known).map { "did you mean `\($0)`?" })
    return nil
  }

  /// A mapping field as `read` makes it; nil when it is absent, null or no mapping.
  func mapping<Value>(
    _ name: String, in path: String, _ problems: inout [Diagnostic],
    _ read: (Node, inout [Diagnostic]) -> Value?
  ) -> Value? {
    guard let node = self[name], node.isMapping("\(path).\(name)", &problems) else { return nil }
    return read(node, &problems)
  }

  /// Warns of fields that are written as null and whose absence means more than their author thinks.
  func warnOfNulls(_ names: [String], _ consequence: String, _ problems: inout [Diagnostic]) {
    for name in names {
      guard let node = written(name), node.isNull else { continue }
      problems.append(
        Diagnostic(
          .droppedField, .warning, "a null `\(name)` is dropped by the API server: \(consequence)",
          at: node.location, fix: "remove it, or write what is meant"))
    }
  }
}
