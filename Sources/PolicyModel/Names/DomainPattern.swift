/// A set of domain names: one name, names with wildcards inside labels, all names below another, or every name.
///
/// Dialects write `*` and mean different things by it. Each initialiser reads one notation, and after that they
/// are alike: Cilium's `**.example.com` is the network policy API's `*.example.com`, and not its own.
package struct DomainPattern: Sendable, Hashable {
  /// A part of a label.
  private enum Segment: Sendable, Hashable {
    /// A character in lower case.
    case character(UInt8)
    /// Zero or more of `[-a-zA-Z0-9_]`.
    case wildcard
  }

  private enum Names: Sendable, Hashable {
    /// Names whose labels match these, one by one.
    case labels([[Segment]])
    /// The same with one or more whole labels before them.
    case below([[Segment]])
    /// Every name, the root too.
    case everything
  }

  /// A name as patterns compare it.
  package struct Name: Sendable {
    /// In lower case; none for the root.
    fileprivate let labels: [ArraySlice<UInt8>]

    package init(_ text: String) {
      var bytes = text.utf8.map(DomainPattern.lowercased)
      if bytes.last == DomainPattern.dot { bytes.removeLast() }
      labels =
        bytes.isEmpty ? [] : bytes.split(separator: DomainPattern.dot, omittingEmptySubsequences: false)
    }
  }

  private let names: Names
  /// What the author wrote.
  private let text: String

  private init(_ names: Names, text: String) {
    self.names = names
    self.text = text
  }

  /// Whether the pattern matches every name.
  package var isEverything: Bool { names == .everything }

  /// Whether a name is in the set, in any letter case, with or without the final dot.
  ///
  /// O(name) for a given pattern: a wildcard is tried at each character at most once for each character of the
  /// pattern, because taking the earliest match of what stands before it is never wrong.
  package func matches(_ name: String) -> Bool { matches(Name(name)) }

  /// The same for a name that is asked about often. Allocates nothing.
  package func matches(_ name: Name) -> Bool {
    let labels = name.labels
    if labels.isEmpty { return isEverything }
    switch names {
    case .everything: return labels.allSatisfy(Self.isWholeLabel)
    case .labels(let patterns):
      return labels.count == patterns.count && zip(patterns, labels).allSatisfy(Self.matches)
    case .below(let patterns):
      let above = labels.count - patterns.count
      return above > 0 && labels[..<above].allSatisfy(Self.isWholeLabel)
        && zip(patterns, labels[above...]).allSatisfy(Self.matches)
    }
  }

  private static func matches(_ pattern: [Segment], _ label: ArraySlice<UInt8>) -> Bool {
    var place = 0
    var next = label.startIndex
    /// The last wildcard passed, and where what it stands for ends.
    var wildcard: (place: Int, end: Int)?
    while next < label.endIndex {
      if place < pattern.count, pattern[place] == .character(label[next]) {
        place += 1
        next += 1
      } else if place < pattern.count, pattern[place] == .wildcard {
        wildcard = (place, next)
        place += 1
      } else if let last = wildcard, isNameCharacter(label[last.end]) {
        wildcard = (last.place, last.end + 1)
        place = last.place + 1
        next = last.end + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == .wildcard }
  }

  private static func isWholeLabel(_ label: ArraySlice<UInt8>) -> Bool {
    !label.isEmpty && label.allSatisfy(isNameCharacter)
  }

  fileprivate static let dot = UInt8(ascii: ".")
  fileprivate static let star = UInt8(ascii: "*")

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    isUpperCase(byte) ? byte | 0x20 : byte
  }

  private static func isUpperCase(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
  }

  /// `[a-zA-Z0-9]`.
  fileprivate static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isUpperCase(byte) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
  }

  /// `[-a-zA-Z0-9_]`.
  fileprivate static func isNameCharacter(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}

extension DomainPattern: CustomStringConvertible {
  package var description: String { text }
}

// MARK: - Notations

extension DomainPattern {
  /// As Cilium writes it: a `matchName` or a `matchPattern`; nil for names that Cilium's characters cannot say.
  package var cilium: (isName: Bool, text: String)? {
    switch names {
    case .everything: return (false, "*")
    case .labels(let labels):
      let text = Self.text(labels)
      let isName = !text.utf8.contains(Self.star)
      let isValid = isName ? Self(ciliumMatchName: text) != nil : Self(ciliumMatchPattern: text) != nil
      return isValid ? (isName, text) : nil
    case .below(let labels):
      let text = "**.\(Self.text(labels))"
      return Self(ciliumMatchPattern: text)?.names == names ? (false, text) : nil
    }
  }

  /// As `policy.networking.k8s.io` writes it in `domainNames`; nil when it cannot.
  package var networkPolicyAPI: String? {
    switch names {
    case .everything: return nil
    case .labels(let labels):
      let text = Self.text(labels)
      return Self(networkPolicyAPI: text)?.names == names ? text : nil
    case .below(let labels):
      let text = "*.\(Self.text(labels))"
      return Self(networkPolicyAPI: text)?.names == names ? text : nil
    }
  }

  private static func text(_ labels: [[Segment]]) -> String {
    labels.map { label in
      String(
        decoding: label.map { segment in
          if case .character(let byte) = segment { byte } else { star }
        }, as: UTF8.self)
    }.joined(separator: ".")
  }
}

extension DomainPattern {
  /// Cilium's `matchName`: exactly this name, `^([-a-zA-Z0-9_]+[.]?)+$` of at most 255 characters.
  package init?(ciliumMatchName text: String) {
    guard let labels = Self.labels(of: text, where: Self.isNameCharacter) else { return nil }
    self.init(.labels(labels.map(Self.segments)), text: text)
  }

  /// Cilium's `matchPattern` (`pkg/fqdn/matchpattern`), `^([-a-zA-Z0-9_*]+[.]?)+$` of at most 255 characters.
  ///
  /// `*` stays inside one label. Stars alone are every name, and two or more before the first dot are one or
  /// more whole labels; elsewhere they are as one.
  package init?(ciliumMatchPattern text: String) {
    guard let labels = Self.labels(of: text, where: { Self.isNameCharacter($0) || $0 == Self.star }),
      let first = labels.first
    else { return nil }
    let isFirstAllStars = first.allSatisfy { $0 == Self.star }
    if isFirstAllStars, labels.count == 1 {
      self.init(.everything, text: text)
    } else if isFirstAllStars, first.count > 1 {
      self.init(.below(labels.dropFirst().map(Self.segments)), text: text)
    } else {
      self.init(.labels(labels.map(Self.segments)), text: text)
    }
  }

  /// A `domainNames` entry of `policy.networking.k8s.io`: two or more labels, after `*.` all names below them.
  ///
  /// The schema's `[a-zA-z0-9]` lets a label start with `_`, `[`, `\`, `]`, `^` and a backtick too.
  package init?(networkPolicyAPI text: String) {
    let isBelow = text.hasPrefix("*.")
    let domain = isBelow ? text.dropFirst(2) : text[...]
    guard let labels = Self.split(domain), labels.count > 1, labels.allSatisfy(Self.isNetworkPolicyLabel)
    else { return nil }
    let segments = labels.map(Self.segments)
    self.init(isBelow ? .below(segments) : .labels(segments), text: text)
  }

  private static func isNetworkPolicyLabel(_ label: ArraySlice<UInt8>) -> Bool {
    guard let first = label.first, let last = label.last else { return false }
    let isFirstAllowed = isAlphanumeric(first) || (UInt8(ascii: "[")...UInt8(ascii: "`")).contains(first)
    return isFirstAllowed && label.dropFirst().allSatisfy(isNameCharacter)
      && (label.count == 1 || isAlphanumeric(last))
  }

  /// The labels of a Cilium name; nil for one that is too long, or has an empty label or another character.
  private static func labels(
    of text: String, where isAllowed: (UInt8) -> Bool
  ) -> [ArraySlice<UInt8>]? {
    guard text.utf8.count <= 255, let labels = split(text[...]),
      labels.allSatisfy({ $0.allSatisfy(isAllowed) })
    else { return nil }
    return labels
  }

  /// The labels without the final dot; nil when one is empty.
  private static func split(_ text: Substring) -> [ArraySlice<UInt8>]? {
    var bytes = Array(text.utf8)
    if bytes.last == dot { bytes.removeLast() }
    let labels = bytes.split(separator: dot, omittingEmptySubsequences: false)
    return labels.contains(where: \.isEmpty) ? nil : labels
  }

  private static func segments(_ label: ArraySlice<UInt8>) -> [Segment] {
    var segments: [Segment] = []
    for byte in label {
      let segment = byte == star ? Segment.wildcard : .character(lowercased(byte))
      if segment == .wildcard, segments.last == .wildcard { continue }
      segments.append(segment)
    }
    return segments
  }
}
