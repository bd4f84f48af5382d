internal import Kubernetes

extension Node {
  /// One of a few words; reports all else, with the word nearest to it.
  func word<Word: RawRepresentable<String> & CaseIterable>(
    _ field: String, _ problems: inout [Diagnostic]
  ) -> Word? {
    guard let text = string(field, &problems) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    problems.reportInvalid(
      self, "`\(field)` must be \(Self.choice(words)), not `\(text)`",
      fix: Suggestion.nearest(to: text, among: words).map { "did you mean `\($0)`?" })
    return nil
  }

  /// `allow or deny`, `clear, keep or deny`.
  static func choice(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.joined() }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
  }

  /// `true`, for fields that only say that something is meant; reports `false`.
  func isTrue(_ field: String, _ problems: inout [Diagnostic]) -> Bool {
    guard let value = bool(field, &problems) else { return false }
    if !value {
      problems.reportInvalid(self, "`\(field)` can only be true", fix: "leave it out")
    }
    return value
  }

  /// A name that reports and metrics carry: 1 to 63 letters, digits, `-`, `_` and `.`.
  func identifier(_ field: String, _ problems: inout [Diagnostic]) -> String? {
    guard let text = string(field, &problems) else { return nil }
    let problem = text.isEmpty ? "must not be empty" : NameRules.labelValueProblem(text)
    if let problem {
      problems.reportInvalid(self, "`\(field)` \(problem)")
      return nil
    }
    return text
  }

  /// A whole number in a range; reports all else.
  func integer(
    _ field: String, in range: ClosedRange<Int>, _ problems: inout [Diagnostic]
  ) -> Int? {
    guard let number = integer(field, &problems) else { return nil }
    guard let value = Int(exactly: number), range.contains(value) else {
      problems.reportInvalid(
        self, "`\(field)` must be \(range.lowerBound) to \(range.upperBound), not \(number)")
      return nil
    }
    return value
  }

  /// The elements of a list that must have some; nil after a report.
  func someElements(_ field: String, _ problems: inout [Diagnostic]) -> [Node]? {
    guard let elements = list(field, &problems) else { return nil }
    if elements.isEmpty {
      problems.reportInvalid(self, "`\(field)` is an empty list", fix: "leave it out, or write what is meant")
      return nil
    }
    return elements
  }
}

extension StrictFields {
  /// The value of a field that must be there; reports its absence.
  func required(
    _ name: String, of owner: String, _ node: Node, fix: String? = nil, _ problems: inout [Diagnostic]
  ) -> Node? {
    if let value = self[name] { return value }
    problems.append(
      Diagnostic(.missingField, .error, "\(owner) needs `\(name)`", at: node.location, fix: fix))
    return nil
  }

  /// Reports when other than one of several fields is there; nil after a report.
  func only(
    of names: [String], in owner: String, _ node: Node, fix: String, _ problems: inout [Diagnostic]
  ) -> (name: String, value: Node)? {
    let written = names.compactMap { name in self[name].map { (name: name, value: $0) } }
    if written.count == 1 { return written[0] }
    problems.append(
      Diagnostic(
        written.isEmpty ? .missingField : .invalidValue, .error,
        written.isEmpty
          ? "\(owner) says nothing: one of `\(names.joined(separator: "`, `"))` is missing"
          : "`\(written.map(\.name).joined(separator: "` and `"))` of \(owner) exclude each other",
        at: node.location, fix: fix))
    return nil
  }
}
