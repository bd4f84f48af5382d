package import Kubernetes
package import PolicyModel

/// One concrete case of a ``Flow``: which replicas, which addresses, which reading of the specification.
package struct Situation: Sendable {
  /// Who sends, in this case.
  package internal(set) var source: Party
  /// Who receives, in this case; of a Service the backend that it picked.
  package internal(set) var destination: Party
  /// What reaches the destination: after a Service has translated the port.
  package internal(set) var traffic: FlowTraffic
  /// Nil when no policy of the ends looks at it.
  package internal(set) var sourcePort: UInt16?
  /// Both ends are one pod and it uses its own address.
  package internal(set) var isSamePod = false
  /// Both ends are pods, and no address of one is of the family of an address of the other.
  package internal(set) var lacksCommonFamily = false
  /// Both ends are on one node.
  package internal(set) var isSameNode = false
  /// Whether the source's connections to its own node are policed.
  package internal(set) var ownNodeReading = EngineProfile.OwnNodeReading.policed
  /// What a port name of the destination stands for, when several of its ports have it.
  package internal(set) var portNameReading = EngineProfile.PortNameReading.allWithInit
  /// What an isolated end does with traffic that is neither TCP nor UDP nor SCTP.
  package internal(set) var otherProtocols = OtherProtocolReading.closed
  /// Nil when the flow does not go through a Service to its own source.
  package internal(set) var hairpin: EngineProfile.HairpinReading?
  /// The Service's address and port, when blocks of addresses are compared with them and not with the backend.
  package internal(set) var beforeTranslation: ServiceAddress?
  /// What was chosen where the input or the specification leaves a choice.
  package internal(set) var assumptions: [Assumption] = []
}

/// One end of a situation.
package struct Party: Sendable, Hashable {
  /// The pod or template; nil for nodes and outside addresses.
  package internal(set) var endpoint: Int?
  /// The node it is, or runs on, when known.
  package internal(set) var node: Int?
  /// It runs on a node that is not in the input.
  package internal(set) var isOnUnlistedNode = false
  /// The labels of a node that is not in the input.
  package internal(set) var nodeLabels = Labels.none
  /// The address that it uses here, which blocks are compared with; nil for an end that has none.
  package internal(set) var address: IPAddress?
  /// The address stands for one that is not known, see ``World/assumedAddresses``.
  package internal(set) var isAddressAssumed = false
  /// The name that gave the address.
  package internal(set) var domain: String?
  package internal(set) var entity: FlowEnd.Entity?
  /// It is no pod, no node and nothing else that belongs to the cluster.
  package internal(set) var isOutside = false
  /// It is a pod of which nothing but the address is known: it is not in the input.
  package internal(set) var isUnlistedPod = false
  /// Its packets are the node's: a node, a host-network pod under that reading, or an API server in the cluster.
  package internal(set) var isNode = false
  /// Whether selectors of pods can match it.
  package internal(set) var isSelectable = false
  /// Whether policies on pods apply to it.
  package internal(set) var isPoliced = false
}

/// What happens to protocols other than TCP, UDP and SCTP at an isolated pod.
package enum OtherProtocolReading: Sendable, Hashable {
  /// Policies do not speak of them, so they pass.
  case open
  /// Nothing but what a rule allows passes.
  case closed
}

/// Where a Service listens.
package struct ServiceAddress: Sendable, Hashable {
  /// The Service's own address, or an example when it will get some.
  package let address: IPAddress
  /// The port that clients name, before it is translated.
  package let port: UInt16
}

/// A choice that a situation stands for.
package enum Assumption: Sendable, Hashable {
  /// Which replica, or which pod of a workload, sends.
  case sourceIs(endpoint: Int)
  /// Which replica receives, or which backend the Service picked.
  case destinationIs(endpoint: Int)
  /// One of several addresses that the source has, or may have.
  case sourceAddress(IPAddress)
  case destinationAddress(IPAddress)
  case sourceNode(Int)
  case destinationNode(Int)
  case sourceNodeIsUnlisted
  case destinationNodeIsUnlisted
  case apiServerIsOutside(Bool)
  case apiServerNode(Int)
  /// The API server runs on a node that is not in the input and has these labels.
  case apiServerNodeIsUnlisted(Labels)
  case sourcePort(UInt16)
  case message(OtherTraffic.Message)
  /// What pods on their node's network are to policies; the same for both ends.
  case hostNetwork(EngineProfile.HostNetworkReading)
  /// Whether a pod and a node, or what counts as one, are on one node, when the input does not say it.
  case sameNode(Bool)
  /// Whether egress to the pod's own node is policed.
  case ownNode(EngineProfile.OwnNodeReading)
  case portNames(EngineProfile.PortNameReading)
  case otherProtocols(OtherProtocolReading)
  /// Nil: the Service picks another pod than the source.
  case hairpin(EngineProfile.HairpinReading?)
  /// Whether blocks of egress rules are compared with the Service's address and port or with the backend's.
  case blocksSeeServiceAddress(Bool)
  /// No choice but a note: the Service's port is another one on the pod.
  case servicePort(service: Int, from: UInt16, to: UInt16)
}
