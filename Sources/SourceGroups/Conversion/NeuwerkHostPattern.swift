internal import Kubernetes
internal import PolicyModel

/// What a host name of Neuwerk, a regular expression that may match anywhere in a name, says in names.
struct NeuwerkHostPattern {
  /// Names and names below others that it matches.
  private(set) var names: [DomainPattern] = []
  /// What else it matches, in words.
  private(set) var others: [String] = []

  /// Nil for expressions of which not even a part can be said in names.
  init?(_ text: String) {
    let alternatives =
      text.utf8.contains(UInt8(ascii: "("))
      ? [text[...]] : text.split(separator: "|", omittingEmptySubsequences: false)
    for alternative in alternatives { if !add(alternative) { return nil } }
  }

  private mutating func add(_ alternative: Substring) -> Bool {
    var rest = alternative
    let isAnchoredAtStart = rest.removePrefix("^")
    var isAnchoredAtEnd = rest.removeSuffix("$")
    if isAnchoredAtEnd { _ = rest.removeSuffix("\\.?") }
    if rest.removeSuffix(".*") { isAnchoredAtEnd = false }
    var takesName = true
    var takesBelow = false
    var isWhole = isAnchoredAtStart
    if ["(.*\\.)?", "(.+\\.)?", "(?:.*\\.)?", "(?:.+\\.)?"].contains(where: { rest.removePrefix($0) }) {
      takesBelow = true
    } else if [".*\\.", ".+\\."].contains(where: { rest.removePrefix($0) })
      || !isAnchoredAtStart && rest.removePrefix("\\.")
    {
      (takesName, takesBelow, isWhole) = (false, true, true)
    } else if !isAnchoredAtStart || rest.removePrefix(".*") {
      (takesBelow, isWhole) = (true, false)
    }
    guard let literal = Literal(rest), let name = DomainPattern.sourceGroups(literal.name),
      let below = DomainPattern.sourceGroups("*." + literal.name),
      NameRules.domainNameProblem(literal.name) == nil
    else { return false }
    if takesName { names.append(name) }
    if takesBelow { names.append(below) }
    if !isWhole { others.append("names that only end like it, as not\(literal.name)") }
    if !isAnchoredAtEnd { others.append("names that go on after it, as \(literal.name).example.org") }
    if literal.hasWildcard { others.append("names with another character in the place of a dot") }
    return true
  }

  /// Text without anything that is special to regular expressions, but for dots.
  private struct Literal {
    var name = ""
    /// Whether a dot stands for any character.
    var hasWildcard = false

    init?(_ text: Substring) {
      var isEscaped = false
      for character in text.utf8 {
        let scalar = UnicodeScalar(character)
        switch (isEscaped, character) {
        case (false, UInt8(ascii: "\\")): isEscaped = true
        case (_, UInt8(ascii: ".")), (_, UInt8(ascii: "-")):
          if !isEscaped, character == UInt8(ascii: ".") { hasWildcard = true }
          name.unicodeScalars.append(scalar)
          isEscaped = false
        case (false, UInt8(ascii: "a")...UInt8(ascii: "z")), (false, UInt8(ascii: "A")...UInt8(ascii: "Z")),
          (false, UInt8(ascii: "0")...UInt8(ascii: "9")), (false, UInt8(ascii: "_")):
          name.unicodeScalars.append(scalar)
        default: return nil
        }
      }
      if isEscaped { return nil }
    }
  }
}

extension Substring {
  /// Takes a text away from the start; false when it does not stand there.
  fileprivate mutating func removePrefix(_ prefix: String) -> Bool {
    guard hasPrefix(prefix) else { return false }
    removeFirst(prefix.count)
    return true
  }

  /// Takes a text away from the end; false when it does not stand there.
  fileprivate mutating func removeSuffix(_ suffix: String) -> Bool {
    guard hasSuffix(suffix) else { return false }
    removeLast(suffix.count)
    return true
  }
}
