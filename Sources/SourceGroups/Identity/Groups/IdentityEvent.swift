package import Kubernetes

/// A source's members became worth more or less. Who is told logs and counts it.
package struct IdentityEvent: Sendable {
  package enum Reason: Sendable, Hashable {
    /// Its cluster was listed for the first time.
    case firstSync
    /// Its cluster is heard of again.
    case heardAgain
    /// Something that it needs has not been listed.
    case notSynced
    /// Nothing was heard of its cluster since then, which is longer than the grace.
    case silent(since: Timestamp)
  }

  package let group: String
  package let source: Source
  /// Nil for a source that is new, and not following its cluster at once.
  package let from: SourceState?
  package let to: SourceState
  package let reason: Reason
  package let at: Timestamp
}

extension IdentityEvent: CustomStringConvertible {
  /// For logs: `group web, integration prod, source at policy.yaml:7:9: following → kept (nothing heard since 2026-08-20T10:15:02Z)`.
  package var description: String {
    let integration = if case .cluster(let name, _) = source.origin { ", integration \(name)" } else { "" }
    return
      "group \(group)\(integration), source at \(source.location): \(from.map { "\($0)" } ?? "new") → \(to) (\(reason))"
  }
}

extension IdentityEvent.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .firstSync: "listed for the first time"
    case .heardAgain: "heard again"
    case .notSynced: "not listed yet"
    case .silent(let since): "nothing heard since \(since)"
    }
  }
}
