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

  /// Whether policies on a node police what it and the pods that run on it send each other.
  package enum OwnPodReading: Sendable, Hashable {
    case exempt
    case policed
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

  /// Whose rules say what a policy means, and how the dialects stack.
  package enum Enforcer: String, Sendable, Hashable, CaseIterable {
    /// The specifications of `networking.k8s.io` and `policy.networking.k8s.io`.
    case kubernetes
    case calico
    case cilium
  }

  package let enforcer: Enforcer
  /// Known departures from the specifications that are taken into account.
  package var deviations: Set<Deviation>
  /// Which ends with an address in a block that block matches.
  package var addressBlocksMatch: AddressHolders
  package var hostNetworkReadings: [HostNetworkReading]
  package var egressToOwnNodeReadings: [OwnNodeReading]
  package var ownPodReading: OwnPodReading
  package var probeReading: ProbeReading
  package var portNameReadings: [PortNameReading]
  package var hairpinReadings: [HairpinReading]
  /// Whether a block in an egress rule may be compared with the address of the Service that a connection goes
  /// to, and not with the pod's.
  package var blocksMaySeeServices: Bool

  package var name: String { enforcer.rawValue }

  /// Ends without an object that are closed in both directions but for what policies about them let through: endpoints
  /// whose labels Cilium does not know yet (SEMANTICS.md §4.6).
  package var closedEntities: Set<String> { enforcer == .cilium ? ["init"] : [] }

  /// Whether an address of the pods' range that no known pod has is that of a pod with unknown labels. Engines that
  /// go by addresses see the address and nothing else.
  package var takesUnlistedAddressesForPods: Bool { !addressBlocksMatch.contains(.pods) }

  /// The specification itself (SEMANTICS.md §1): blocks match pods as conformance tests demand, and whatever
  /// the text leaves to implementations is left open.
  package static let kubernetes = EngineProfile(
    enforcer: .kubernetes, addressBlocksMatch: [.pods, .nodes], hostNetworkReadings: [.asPods, .asNodes],
    egressToOwnNodeReadings: [.exempt, .policed], ownPodReading: .policed, probeReading: .exempt,
    portNameReadings: PortNameReading.allCases,
    hairpinReadings: [.bypassesPolicy, .isPoliced], blocksMaySeeServices: true)

  /// Calico 3.32, open source (SEMANTICS.md §3): blocks match pods and nodes, host-network pods are their node.
  ///
  /// What a pod's egress policy lets through to its own node arrives there: the operator and the manifests of Calico
  /// set Felix's `DefaultEndpointToHostAction` to Accept. Felix by itself drops it, which no manifest of a policy
  /// tells, so an installation without either is more closed than the answers.
  package static let calico = EngineProfile(
    enforcer: .calico, addressBlocksMatch: [.pods, .nodes], hostNetworkReadings: [.asNodes],
    egressToOwnNodeReadings: [.policed], ownPodReading: .exempt, probeReading: .exempt,
    portNameReadings: [.all, .allWithInit],
    hairpinReadings: [.bypassesPolicy, .isPoliced], blocksMaySeeServices: false)

  /// Cilium 1.20 (SEMANTICS.md §4): identities instead of addresses, so blocks match outside addresses only.
  package static let cilium = EngineProfile(
    enforcer: .cilium, deviations: Deviation.ofCilium, addressBlocksMatch: [],
    hostNetworkReadings: [.asNodes], egressToOwnNodeReadings: [.policed], ownPodReading: .policed,
    probeReading: .deniedByRulesOnly, portNameReadings: PortNameReading.allCases,
    hairpinReadings: [.bypassesPolicy],
    blocksMaySeeServices: false)

  /// The profile of an enforcer with all its known deviations.
  package static func of(_ enforcer: Enforcer) -> EngineProfile {
    switch enforcer {
    case .kubernetes: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }

  package init(
    enforcer: Enforcer, deviations: Set<Deviation> = [], addressBlocksMatch: AddressHolders,
    hostNetworkReadings: [HostNetworkReading],
    egressToOwnNodeReadings: [OwnNodeReading], ownPodReading: OwnPodReading, probeReading: ProbeReading,
    portNameReadings: [PortNameReading],
    hairpinReadings: [HairpinReading], blocksMaySeeServices: Bool
  ) {
    self.enforcer = enforcer
    self.deviations = deviations
    self.addressBlocksMatch = addressBlocksMatch
    self.hostNetworkReadings = hostNetworkReadings
    self.egressToOwnNodeReadings = egressToOwnNodeReadings
    self.ownPodReading = ownPodReading
    self.probeReading = probeReading
    self.portNameReadings = portNameReadings
    self.hairpinReadings = hairpinReadings
    self.blocksMaySeeServices = blocksMaySeeServices
  }

  /// The same enforcer with other departures from the specifications.
  package func with(_ deviations: Set<Deviation>) -> EngineProfile {
    var profile = self
    profile.deviations = deviations
    return profile
  }
}

extension EngineProfile {
  /// The same, where pods that use their node's network are their node, and nothing else.
  package func takingHostNetworkForNodes() -> EngineProfile {
    var profile = self
    profile.hostNetworkReadings = [.asNodes]
    return profile
  }

  /// The profile by which policies are read that are written for any engine: blocks are about addresses, whoever has
  /// them, a pod's own node always reaches it, and no engine's departures count.
  package func meaningBlocks() -> EngineProfile {
    var profile = takingHostNetworkForNodes().with([])
    profile.addressBlocksMatch = [.pods, .nodes]
    profile.probeReading = .exempt
    profile.blocksMaySeeServices = false
    return profile
  }
}
