package import Kubernetes
package import PolicyModel

/// One concrete case of a ``Flow``: which replicas, which addresses, which reading of the specification.
package struct Situation: Sendable {
  package internal(set) var source: Party
  package internal(set) var destination: Party
  package internal(set) var traffic: FlowTraffic
  /// Both ends are one pod and it uses its own address.
  package internal(set) var isSamePod = false
  /// Both ends are on one node.
  package internal(set) var isSameNode = false
  package internal(set) var ownNodeReading = EngineProfile.OwnNodeReading.policed
  package internal(set) var portNameReading = PortNameReading.all
  package internal(set) var otherProtocols = OtherProtocolReading.closed
  package internal(set) var hairpin = HairpinReading.none
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
  package internal(set) var address: IPAddress?
  /// The address stands for one that is not known, see ``World/assumedAddresses``.
  package internal(set) var isAddressAssumed = false
  /// Its packets are the node's: a node, or a host-network pod under that reading.
  package internal(set) var isNode = false
  /// Whether selectors can match it.
  package internal(set) var isSelectable = false
  /// Whether policies apply to it.
  package internal(set) var isPoliced = false
}

/// Which numbers a port name stands for when containers of one pod disagree.
package enum PortNameReading: Sendable, Hashable {
  case first
  case all
}

/// What happens to protocols other than TCP, UDP and SCTP at an isolated pod.
package enum OtherProtocolReading: Sendable, Hashable {
  case open
  case closed
}

/// A pod that reaches itself through a Service.
package enum HairpinReading: Sendable, Hashable {
  case none
  case bypassesPolicy
  case isPoliced
}

/// Where a Service listens.
package struct ServiceAddress: Sendable, Hashable {
  package let address: IPAddress
  package let port: UInt16
}

/// A choice that a situation stands for.
package enum Assumption: Sendable, Hashable {
  case sourceIs(endpoint: Int)
  case destinationIs(endpoint: Int)
  case sourceAddress(IPAddress)
  case destinationAddress(IPAddress)
  case hostNetwork(EngineProfile.HostNetworkReading)
  case sameNode(Bool)
  case ownNode(EngineProfile.OwnNodeReading)
  case portNames(PortNameReading)
  case otherProtocols(OtherProtocolReading)
  case hairpin(HairpinReading)
  case blocksSeeServiceAddress(Bool)
  case servicePort(service: Int, from: UInt16, to: UInt16)
}
