/// Paths to leave out, in the language of `.gitignore` (gitignore(5)).
package struct ExcludePatterns: Sendable {
  private struct Pattern: Sendable {
    let segments: [[UInt8]]
    let isNegated: Bool
    let matchesFoldersOnly: Bool
    /// Contains a slash, so it matches from the root and not at any depth.
    let isAnchored: Bool
  }

  private let patterns: [Pattern]

  /// Later patterns override earlier ones; `!` takes an exclusion back; blank ones and `#` comments count for nothing.
  package init(_ texts: [String]) {
    patterns = texts.compactMap { text in
      var rest = Substring(text)
      while rest.last == " ", !rest.hasSuffix("\\ ") { rest = rest.dropLast() }
      if rest.isEmpty || rest.hasPrefix("#") { return nil }
      let isNegated = rest.hasPrefix("!")
      if isNegated { rest = rest.dropFirst() }
      if rest.hasPrefix("\\#") || rest.hasPrefix("\\!") { rest = rest.dropFirst() }
      let matchesFoldersOnly = rest.hasSuffix("/")
      if matchesFoldersOnly { rest = rest.dropLast() }
      let isAnchored = rest.contains("/")
      let segments = rest.split(separator: "/").map { Array($0.utf8) }
      if segments.isEmpty { return nil }
      return Pattern(
        segments: segments, isNegated: isNegated, matchesFoldersOnly: matchesFoldersOnly,
        isAnchored: isAnchored)
    }
  }

  /// Whether a path, relative to the folder that the user named, is left out. Whoever walks a tree asks for
  /// each folder first: what lies in an excluded one is out.
  package func exclude(_ path: String, isFolder: Bool) -> Bool {
    let segments = path.split(separator: "/").map { Array($0.utf8) }
    var isExcluded = false
    for pattern in patterns where isExcluded == pattern.isNegated {
      if pattern.matchesFoldersOnly, !isFolder { continue }
      let candidate = pattern.isAnchored ? segments[...] : segments.suffix(1)
      if Self.match(pattern.segments[...], candidate) { isExcluded = !pattern.isNegated }
    }
    return isExcluded
  }

  /// Whether a path that the user named is left out: as a `.gitignore` in the working directory would have it, the
  /// folders on the way included. Of a path that leads elsewhere (absolute, or with `..`) only the last name counts.
  package func excludeNamed(_ path: String, isFolder: Bool) -> Bool {
    let names = path.split(separator: "/").filter { $0 != "." }
    guard let last = names.last, last != ".." else { return false }
    if path.hasPrefix("/") || names.contains("..") { return exclude(String(last), isFolder: isFolder) }
    return names.indices.contains { index in
      exclude(names[...index].joined(separator: "/"), isFolder: isFolder || index < names.count - 1)
    }
  }

  private static func match(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == Array("**".utf8) {
      let rest = pattern.dropFirst()
      // A trailing `**` is everything inside, not the folder itself.
      if rest.isEmpty { return !path.isEmpty }
      return (path.startIndex...path.endIndex).contains { match(rest, path[$0...]) }
    }
    guard let segment = path.first, matchSegment(first[...], segment[...]) else { return false }
    return match(pattern.dropFirst(), path.dropFirst())
  }

  /// `*`, `?`, `[…]` and `\` inside one segment. Backtracks to the last star only: O(n·m).
  private static func matchSegment(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    var p = pattern.startIndex
    var t = text.startIndex
    var star: (pattern: Int, text: Int)?
    while t < text.endIndex {
      if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
        star = (p + 1, t)
        p += 1
      } else if p < pattern.endIndex, let next = matchOne(pattern[p...], text[t]) {
        p = next
        t += 1
      } else if let last = star {
        p = last.pattern
        t = last.text + 1
        star = (last.pattern, t)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// The index after the pattern element that matches one byte, or nil.
  private static func matchOne(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> Int? {
    let start = pattern.startIndex
    switch pattern[start] {
    case UInt8(ascii: "?"): return start + 1
    case UInt8(ascii: "\\"):
      // A pattern that ends with a backslash matches nothing.
      return start + 1 < pattern.endIndex && pattern[start + 1] == byte ? start + 2 : nil
    case UInt8(ascii: "["):
      guard let bracket = BracketExpression(pattern), bracket.matches(byte) else { return nil }
      return bracket.end
    default: return pattern[start] == byte ? start + 1 : nil
    }
  }
}
