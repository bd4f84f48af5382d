internal import Kubernetes

/// Rules of a custom resource's schema. A null field is an absent one, as everywhere; a null element of a list is
/// a value of the wrong type.
extension Node {
  /// The elements of a list with at least one and at most `limit` of them; nil when absent or wrong.
  ///
  /// - Parameter whenEmpty: what an author of `[]` may have meant and should write.
  func items(
    _ field: String, upTo limit: Int, whenEmpty: String, _ problems: inout [Diagnostic]
  ) -> [Node]? {
    guard let elements = list(field, &problems) else { return nil }
    if elements.isEmpty {
      problems.reportInvalid(self, "`\(field)` must have at least one entry", fix: whenEmpty)
    }
    problems.checkCount(elements, field, upTo: limit)
    return elements
  }

  /// Whether an element of a list is a mapping; reports anything else.
  func isMappingItem(_ field: String, _ problems: inout [Diagnostic]) -> Bool {
    if isNull { problems.reportWrongType(self, field, expected: "a mapping") }
    return isMapping(field, &problems)
  }

  /// The strings of a list that is a set, each with its place; doubles and null are reported.
  func stringSet(
    _ field: String, upTo limit: Int, _ problems: inout [Diagnostic]
  ) -> [(text: String, node: Node)] {
    let elements = items(
      field, upTo: limit, whenEmpty: "remove the peer, or write what it is to match", &problems)
    var seen: Set<String> = []
    return (elements ?? []).compactMap { element in
      if element.isNull { problems.reportWrongType(element, "\(field)[]", expected: "a string") }
      guard let text = element.string("\(field)[]", &problems) else { return nil }
      if !seen.insert(text).inserted {
        problems.reportInvalid(element, "`\(text)` stands twice in `\(field)`", fix: "remove one of them")
      }
      return (text, element)
    }
  }
}

extension [Diagnostic] {
  /// Reports a list that is too long at the first element too many.
  mutating func checkCount(_ elements: [Node], _ field: String, upTo limit: Int) {
    if elements.count > limit {
      reportInvalid(elements[limit], "`\(field)` may have at most \(limit) entries, not \(elements.count)")
    }
  }

  mutating func reportMissing(_ message: String, at location: SourceLocation, fix: String? = nil) {
    append(Diagnostic(.missingField, .error, message, at: location, fix: fix))
  }
}

extension StrictFields {
  /// The one of `names` that is set; reports none or several, unless a member was unknown and reported.
  ///
  /// - Parameter what: what has the fields: `a peer`.
  /// - Parameter several: what an author of several should do.
  func exactlyOne(
    of names: [String], in node: Node, _ what: String, several: String? = nil, _ problems: inout [Diagnostic]
  ) -> (name: String, value: Node)? {
    let set = names.compactMap { name in self[name].map { (name: name, value: $0) } }
    if set.count == 1 { return set.first }
    if set.count > 1 {
      let written = set.map { "`\($0.name)`" }.joined(separator: " and ")
      problems.reportInvalid(node, "\(what) must not have \(written) at once", fix: several)
    } else if node.members.allSatisfy({ names.contains($0.key.keyText) }) {
      let wanted = names.map { "`\($0)`" }.joined(separator: ", ")
      problems.reportInvalid(node, "\(what) needs exactly one of \(wanted)")
    }
    return nil
  }
}
