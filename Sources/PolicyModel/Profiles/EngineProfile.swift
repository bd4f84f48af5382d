/// The enforcer whose answer is wanted. The same manifests do not mean the same everywhere.
///
/// Where the specification leaves something open, a profile lists every reading it admits; a verdict on which
/// the readings disagree is undefined. An engine that decides one way lists one reading.
package struct EngineProfile: Sendable, Hashable {
  /// What pods with `hostNetwork: true` are to policies.
  package enum HostNetworkReading: Sendable, Hashable {
    /// Selected and policed like any pod.
    case asPods
    /// Part of their node: no selector matches them, nothing polices them.
    case asNodes
  }

  /// Whether connections of a pod to the node it runs on are policed.
  package enum OwnNodeReading: Sendable, Hashable {
    case exempt
    case policed
  }

  package let name: String
  /// Whether a block of addresses matches pods and nodes that have one of them.
  package let addressBlocksMatchPods: Bool
  package let hostNetworkReadings: [HostNetworkReading]
  package let egressToOwnNodeReadings: [OwnNodeReading]

  /// The specification itself (SEMANTICS.md §1): blocks match pods as conformance tests demand, and whatever
  /// the text leaves to implementations is left open.
  package static let kubernetes = EngineProfile(
    name: "kubernetes", addressBlocksMatchPods: true, hostNetworkReadings: [.asPods, .asNodes],
    egressToOwnNodeReadings: [.exempt, .policed])

  package init(
    name: String, addressBlocksMatchPods: Bool, hostNetworkReadings: [HostNetworkReading],
    egressToOwnNodeReadings: [OwnNodeReading]
  ) {
    self.name = name
    self.addressBlocksMatchPods = addressBlocksMatchPods
    self.hostNetworkReadings = hostNetworkReadings
    self.egressToOwnNodeReadings = egressToOwnNodeReadings
  }
}
