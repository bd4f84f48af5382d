internal import Kubernetes

/// Reading of the shapes that Calico's kinds share.
extension Node {
  /// The elements of a list of strings; nil when absent or no list.
  func strings(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> [Located<String>]? {
    list(field(), &problems)?.compactMap { element in
      if element.isNull { problems.reportWrongType(element, "\(field())[]", expected: "a string") }
      return element.string("\(field())[]", &problems).map { Located($0, at: element.location) }
    }
  }

  /// One of the words of an enumeration.
  func word<Word: RawRepresentable & CaseIterable>(
    _ field: @autoclosure () -> String, as: Word.Type, _ problems: inout [Diagnostic]
  ) -> Word? where Word.RawValue == String {
    if isNull {
      problems.reportWrongType(self, field(), expected: Self.alternatives(Word.self))
      return nil
    }
    guard let text = string(field(), &problems) else { return nil }
    if let word = Word(rawValue: text) { return word }
    problems.reportInvalid(
      self, "`\(field())` must be \(Self.alternatives(Word.self)), not `\(text)`",
      fix: Suggestion.nearest(to: text, among: Word.allCases.map(\.rawValue)).map { "write \($0)" })
    return nil
  }

  private static func alternatives<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> String
  where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue)
    guard words.count > 1, let last = words.last else { return words.joined() }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
  }

  /// Whether the value is what Go takes for "nothing set": null, `""`, `false`, `0`, `[]` or `{}`.
  var isZero: Bool {
    switch content {
    case .sequence: elements.isEmpty
    case .mapping: members.isEmpty
    case .scalar:
      switch scalar {
      case .null, .bool(false), .integer(0): true
      case .string: text.isEmpty
      case .bool, .integer, .float: false
      }
    }
  }
}

extension StrictFields {
  /// The fields of a rule or of a part of it: an unknown one is a criterion that a server would drop.
  init(criteria node: Node, type: String, known: [String], _ problems: inout [Diagnostic]) {
    self.init(
      node, type: type, known: known, consequence: "(a server that drops it widens the rule)", &problems)
  }

  /// Whether a text is left out, null or empty.
  func lacks(_ name: String) -> Bool {
    guard let node = self[name] else { return true }
    return node.content == .scalar && node.scalar == .string && node.text.isEmpty
  }
}

extension [Diagnostic] {
  /// Reports entries of a list that is a set to the API server.
  mutating func reportRepeated(_ entries: [Located<String>], field: @autoclosure () -> String) {
    if entries.count < 2 { return }
    var seen: Set<String> = []
    for entry in entries where !seen.insert(entry.value).inserted {
      append(
        Diagnostic(
          .invalidValue, .error, "`\(entry.value)` stands twice in `\(field())`", at: entry.location,
          fix: "remove one of them"))
    }
  }

  /// Warns about a size that only releases after 3.32 refuse.
  mutating func reportNewLimit(_ node: Node, _ what: String, _ limit: Int) {
    append(
      Diagnostic(
        .legacyForm, .warning, "\(what): Calico releases after 3.32 take at most \(limit)", at: node.location)
    )
  }

  /// Reports a field that only Calico Enterprise and Calico Cloud have.
  mutating func reportEnterprise(_ fields: StrictFields, _ name: String, consequence: String) {
    guard let node = fields.written(name) else { return }
    append(
      Diagnostic(
        .unknownField, .error,
        "`\(name)` exists in Calico Enterprise and Calico Cloud only: open-source Calico drops it, \(consequence)",
        at: node.location))
  }
}
