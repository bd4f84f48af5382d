package import Kubernetes

/// A connection that was seen, in the terms that all logs have in common.
package struct ObservedFlow: Sendable {
  /// What the engine did with it.
  package enum Verdict: String, Sendable, Hashable {
    case allowed
    case denied
    /// Let through, although policies would deny it if they were enforced.
    case audit
  }

  /// One end, as far as the log knows it.
  package struct End: Sendable, Hashable {
    package var address: IPAddress?
    package var namespace: String?
    /// A pod's name, or one that ends with `-*` for all pods of a ReplicaSet.
    package var pod: String?
    package var workload: Workload?
    /// What it is besides: `world`, `host`, `remote-node`, `kube-apiserver`, `health`, …
    package var entity: String?
    /// The name that was resolved to its address.
    package var domain: String?
    /// The node it is, where it is one.
    package var node: String?

    package struct Workload: Sendable, Hashable {
      package let kind: String
      package let name: String
    }

    package init() {}
  }

  package let source: End
  package let destination: End
  /// `tcp/443`; `icmp/8`.
  package let traffic: String
  package let verdict: Verdict
  /// How often it was seen, by one reporter.
  package let count: Int
  /// Whether the destination's side saw it; nil where the log does not say. Both sides see one connection.
  package let isSeenByDestination: Bool?
  /// When; nil where the log does not say. Records that stand for many have both.
  package let first: Timestamp?
  package let last: Timestamp?
  package let location: SourceLocation
}

/// A record of a log.
enum ObservedRecord {
  case flow(ObservedFlow)
  /// No connection of its own, or none that policies decide; with the reason.
  case skipped(Skip)
  /// Nothing that this reader knows.
  case unknown

  enum Skip: String, CaseIterable {
    case reply = "replies"
    case applicationLayer = "records of layer 7"
    case otherDrop = "drops for other reasons than policies"
    case notAFlow = "records that are no flows"
    case incomplete = "flows without ends, protocol or port"
  }
}

extension Node {
  /// The text of a string or number; nil for anything else.
  var value: String? { content == .scalar && !isNull ? text : nil }

  var isTrue: Bool { if case .bool(true) = scalar { true } else { false } }
}

extension Timestamp {
  /// The time that a field of a record has; nil when it has none.
  init?(_ node: Node?) {
    guard let text = node?.value else { return nil }
    self.init(text)
  }
}
