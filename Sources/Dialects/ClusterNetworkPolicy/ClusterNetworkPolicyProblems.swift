package import Kubernetes

extension Diagnostic.Code {
  /// A field that only the experimental channel of an API has.
  package static let experimentalChannel = Self(rawValue: "experimental-channel")
  /// A label selector that servers admit and no engine can read.
  package static let unreadableSelector = Self(rawValue: "unreadable-selector")
  /// A field that servers remove without a word.
  package static let droppedField = Self(rawValue: "dropped-field")
  /// A part of a rule that no traffic can match.
  package static let matchesNothing = Self(rawValue: "matches-nothing")
  /// A CIDR with bits set after its prefix.
  package static let hostBits = Self(rawValue: "host-bits")
  /// A use of a field that servers admit and the API says nothing about.
  package static let unspecifiedUse = Self(rawValue: "unspecified-use")
}
