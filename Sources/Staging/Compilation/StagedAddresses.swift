internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Which addresses meet a condition, right for every address of the staging network.
struct StagedAddresses {
  private let world: World
  private let blocksMatchPods: Bool
  private let staged: [StagedPod]
  private let ofPods: AddressSet

  init(_ world: World, _ pods: StagedPods, _ profile: EngineProfile) {
    self.world = world
    blocksMatchPods = profile.addressBlocksMatch.contains(.pods)
    staged = pods.pods
    ofPods = pods.addresses
  }

  /// Nil when it is true of everything by its form.
  func addresses(of peers: Peers) -> AddressSet? {
    guard case .anyOf(let list) = peers else { return nil }
    return list.reduce(AddressSet.empty) { $0.union(addresses(of: $1.kind)) }
  }

  /// Blocks stay as they are written, so that the kernel compares addresses with them.
  private func addresses(of condition: PeerCondition) -> AddressSet {
    switch condition {
    case .endpoints(let selector): addresses { selector.selects(world.endpoints[$0.endpoint], in: world) }
    case .addresses(let block): blocksMatchPods ? block.addresses : block.addresses.subtracting(ofPods)
    case .family(.ipv4): .allIPv4
    case .family(.ipv6): .allIPv6
    // The ends of the network are pods on networks of their own inside the cluster.
    case .nodes, .domain, .outside, .apiServer, .special: .empty
    case .all(let parts): parts.reduce(.all) { $0.intersection(addresses(of: $1)) }
    case .any(let parts): parts.reduce(.empty) { $0.union(addresses(of: $1)) }
    case .not(let part): addresses(of: part).complement
    }
  }

  private func addresses(_ isWanted: (StagedPod) -> Bool) -> AddressSet {
    AddressSet(staged.filter(isWanted).flatMap(\.addresses))
  }
}

extension EndpointSelector {
  /// Whether a pod lives in the namespaces and meets the expression.
  func selects(_ endpoint: PolicyEngine.Endpoint, in world: World) -> Bool {
    namespaces.contains(world.namespaces[endpoint.namespace])
      && pods.matches { world.value(of: $0, endpoint) }
  }
}
