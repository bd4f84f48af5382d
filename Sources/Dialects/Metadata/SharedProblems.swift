package import Kubernetes

/// What readers of several dialects find.
extension Diagnostic.Code {
  /// Something that servers remove without a word, which leaves a wider rule than it seems.
  package static let droppedField = Self(rawValue: "dropped-field")
  /// A part of a rule that no traffic can match.
  package static let matchesNothing = Self(rawValue: "matches-nothing")
  /// A CIDR with bits set after its prefix.
  package static let hostBits = Self(rawValue: "host-bits")
}
