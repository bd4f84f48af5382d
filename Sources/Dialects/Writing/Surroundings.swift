package import Kubernetes

/// What writers know of the cluster that policies are written for.
package struct Surroundings: Sendable {
  /// Namespaces that exist, with their labels.
  package var namespaces: [Namespace] = []
  /// Blocks that pods get their addresses from; empty when nobody says.
  package var podBlocks: [CIDR] = []
  /// Blocks that the nodes' addresses lie in; empty when nobody says.
  package var nodeBlocks: [CIDR] = []
  /// Where the API server answers, after Service addresses are translated; empty when nobody says.
  package var apiServer: [Endpoint] = []

  /// Whether policies mean that the pod's own node is always let in, as Kubernetes does for probes, whatever they deny.
  package var sparesProbes = true

  /// Which channel of `policy.networking.k8s.io` the cluster has.
  package var channel = Channel.standard

  /// The two sets of fields that `policy.networking.k8s.io` comes with.
  package enum Channel: Sendable, Hashable {
    case standard
    /// With `nodes` and `domainNames`.
    case experimental
  }

  package struct Endpoint: Sendable, Hashable {
    package let address: IPAddress
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }
  }

  package init() {}
}
