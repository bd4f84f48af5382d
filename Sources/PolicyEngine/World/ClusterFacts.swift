package import Kubernetes
internal import PolicyModel

/// What is true of a cluster and stands in no manifest.
package struct ClusterFacts: Sendable {
  /// Blocks that pods get their addresses from; empty when nobody says.
  package var podBlocks: [CIDR] = []
  /// Blocks that the nodes' addresses lie in.
  package var nodeBlocks: [CIDR] = []
  /// Blocks that Services get their addresses from.
  package var serviceBlocks: [CIDR] = []
  /// Where the API server answers.
  package var apiServerAddresses: [IPAddress] = []
  /// The port it answers on there, behind its Service. Verdicts do not depend on it; writers of policies need it.
  package var apiServerPort: UInt16?
  /// Cilium's `cluster-name`; nil when nobody says.
  package var clusterName: String?
  package var namespaces: [Namespace] = []
  package var nodes: [ClusterNode] = []
  /// Pods that no manifest has: cluster DNS, operators and what they make. Each stands for its replicas.
  package var workloads: [Workload] = []
  /// Those that are cluster DNS, also where the manifests have them.
  package var dns: [Workload] = []

  package init() {}

  /// Nothing is known.
  package static let none = ClusterFacts()
}

extension AddressSet {
  /// The addresses of several blocks.
  init(_ blocks: [CIDR]) {
    self.init(unsorted: blocks.flatMap { AddressSet($0).intervals })
  }
}
