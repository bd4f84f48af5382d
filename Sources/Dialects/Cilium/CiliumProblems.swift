package import Kubernetes

/// Who refuses what. The API server knows the schema of the custom resource; the agent knows the rest, too late:
/// the object is stored, and nothing of it is enforced (SEMANTICS.md §4.1).
extension [Diagnostic] {
  /// Reports what the schema of Cilium 1.20 forbids.
  mutating func reportRefusedByServer(at location: SourceLocation, _ message: String, fix: String? = nil) {
    append(
      Diagnostic(.invalidValue, .error, "\(message); the API server rejects this", at: location, fix: fix))
  }

  /// Reports a field that the schema requires.
  mutating func reportMissing(at location: SourceLocation, _ message: String, fix: String? = nil) {
    append(
      Diagnostic(.missingField, .error, "\(message); the API server rejects this", at: location, fix: fix))
  }

  /// Reports what only the agent forbids.
  mutating func reportIgnoredByAgent(at location: SourceLocation, _ message: String, fix: String? = nil) {
    append(
      Diagnostic(
        .ignoredByAgent, .error,
        "\(message): the API server accepts this, but the Cilium agent rejects the whole rule set and ignores it: traffic stays open",
        at: location, fix: fix))
  }
}

extension Diagnostic.Code {
  /// An object that is stored but never enforced, because the agent cannot use it.
  package static let ignoredByAgent = Self(rawValue: "ignored-by-agent")
  /// Something that other releases of the enforcer, or other options of it, treat otherwise.
  package static let versionDependent = Self(rawValue: "version-dependent")
}
