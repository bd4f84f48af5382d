package import Kubernetes

extension Diagnostic.Code {
  /// A field that only the experimental channel of an API has.
  package static let experimentalChannel = Self(rawValue: "experimental-channel")
  /// A label selector that servers admit and no engine can read.
  package static let unreadableSelector = Self(rawValue: "unreadable-selector")
  /// A use of a field that servers admit and the API says nothing about.
  package static let unspecifiedUse = Self(rawValue: "unspecified-use")
}
