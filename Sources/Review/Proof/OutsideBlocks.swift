internal import Dialects
internal import Kubernetes
internal import PolicyModel

/// Blocks of a dialect in which they are about addresses outside the cluster only, for dialects in which they are about
/// whoever has the address.
struct OutsideBlocks {
  private let isNeeded: Bool
  /// What pods and nodes have; empty when nobody says.
  private let own: AddressSet

  init(_ surroundings: Surroundings, isNeeded: Bool) {
    self.isNeeded = isNeeded
    let blocks = surroundings.podBlocks + surroundings.nodeBlocks
    own = AddressSet(unsorted: blocks.flatMap { AddressSet($0).intervals })
  }

  /// The same policies about blocks without the addresses of pods and nodes.
  func only(_ tier: Tier) -> Tier {
    if !isNeeded || own.isEmpty { return tier }
    return Tier(
      name: tier.name, combination: tier.combination,
      policies: tier.policies.map { policy in
        policy.with(rules: policy.rules.map { $0.mapConditions(outside) })
      }, isStrict: tier.isStrict)
  }

  private func outside(_ condition: PeerCondition) -> PeerCondition {
    guard case .addresses(let block) = condition, !block.addresses.isDisjoint(with: own) else {
      return condition
    }
    return .any(block.addresses.subtracting(own).cidrs.map { .addresses(AddressBlock(cidr: $0)) })
  }

  /// Rules about all addresses of a family, which would be about pods and nodes, too, when it is not known where these are.
  /// Of smaller blocks it is assumed that they hold none.
  func losses(_ tier: Tier) -> [Loss] {
    if !isNeeded || !own.isEmpty { return [] }
    return tier.policies.flatMap { policy -> [Loss] in
      guard let subject = policy.subject.endpoints else { return [] }
      return policy.rules.filter(\.isAboutAllAddresses).map { rule in
        let cluster = [
          PeerCondition.endpoints(EndpointSelector(namespaces: .all, pods: .everything)),
          .nodes(.all, .anywhere),
        ]
        let reached = rule.with(peers: .anyOf(cluster.map { Peer($0, location: rule.location) }))
        return Loss(
          .addressesOfPods, .init(rule.action == .allow ? .widens : .narrows, on: [reached]),
          "Cilium compares blocks with addresses outside the cluster only, and where pods and nodes are is not known: they are meant, too",
          fix: "say cluster.podCIDRs and cluster.nodeCIDRs in merlon.yaml", policy: policy.identity,
          at: rule.location, subject: subject)
      }
    }
  }
}

extension Rule {
  fileprivate var isAboutAllAddresses: Bool {
    var isAll = false
    forEachCondition { if case .addresses(let block) = $0, block.cidr.prefixLength == 0 { isAll = true } }
    return isAll
  }
}
