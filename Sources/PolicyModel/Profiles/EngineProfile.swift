/// The enforcer whose answer is wanted. The same manifests do not mean the same everywhere.
///
/// Where the specification leaves something open, a profile lists every reading it admits; a verdict on which
/// the readings disagree is undefined. An engine that decides one way lists one reading.
package struct EngineProfile: Sendable, Hashable {
  /// What pods with `hostNetwork: true` are to policies.
  package enum HostNetworkReading: Sendable, Hashable {
    /// Selected and policed like any pod.
    case asPods
    /// Part of their node: no pod selector matches them, no pod policy polices them.
    case asNodes
  }

  /// Whether connections of a pod to the node it runs on are policed.
  package enum OwnNodeReading: Sendable, Hashable {
    case exempt
    case policed
  }

  /// Whether connections of a node to a pod that runs on it are policed.
  package enum ProbeReading: Sendable, Hashable {
    /// Never, so that probes work.
    case exempt
    /// Only by rules that deny them; isolation alone does not.
    case deniedByRulesOnly
  }

  /// Which numbers a port name stands for when containers of one pod disagree: the first or all, of the containers
  /// and sidecars, or with init containers after them.
  package enum PortNameReading: Sendable, Hashable, CaseIterable {
    case first
    case all
    case firstWithInit
    case allWithInit
  }

  /// A pod that reaches itself through a Service.
  package enum HairpinReading: Sendable, Hashable {
    case bypassesPolicy
    case isPoliced
  }

  /// Known ends that a block of addresses may match, besides outside addresses.
  package struct AddressHolders: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let pods = AddressHolders(rawValue: 1)
    package static let nodes = AddressHolders(rawValue: 2)
  }

  package let name: String
  /// Which ends with an address in a block that block matches.
  package let addressBlocksMatch: AddressHolders
  package let hostNetworkReadings: [HostNetworkReading]
  package let egressToOwnNodeReadings: [OwnNodeReading]
  package let probeReading: ProbeReading
  package let portNameReadings: [PortNameReading]
  package let hairpinReadings: [HairpinReading]
  /// Whether a block in an egress rule may be compared with the address of the Service that a connection goes
  /// to, and not with the pod's.
  package let blocksMaySeeServices: Bool

  /// The specification itself (SEMANTICS.md §1): blocks match pods as conformance tests demand, and whatever
  /// the text leaves to implementations is left open.
  package static let kubernetes = EngineProfile(
    name: "kubernetes", addressBlocksMatch: [.pods, .nodes], hostNetworkReadings: [.asPods, .asNodes],
    egressToOwnNodeReadings: [.exempt, .policed], probeReading: .exempt,
    portNameReadings: PortNameReading.allCases,
    hairpinReadings: [.bypassesPolicy, .isPoliced], blocksMaySeeServices: true)

  package init(
    name: String, addressBlocksMatch: AddressHolders, hostNetworkReadings: [HostNetworkReading],
    egressToOwnNodeReadings: [OwnNodeReading], probeReading: ProbeReading,
    portNameReadings: [PortNameReading],
    hairpinReadings: [HairpinReading], blocksMaySeeServices: Bool
  ) {
    self.name = name
    self.addressBlocksMatch = addressBlocksMatch
    self.hostNetworkReadings = hostNetworkReadings
    self.egressToOwnNodeReadings = egressToOwnNodeReadings
    self.probeReading = probeReading
    self.portNameReadings = portNameReadings
    self.hairpinReadings = hairpinReadings
    self.blocksMaySeeServices = blocksMaySeeServices
  }
}
