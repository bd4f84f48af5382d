internal import Kubernetes
internal import PolicyModel

/// Subtracts rules about pods and blocks from each other.
struct RuleDifference {
  /// All addresses that pods get; empty when nobody says.
  let pods: AddressSet

  /// What a rule matches and another one does not; nil when rules cannot say it.
  func subtract(_ other: PlainRule, from rule: PlainRule) -> [PlainRule]? {
    if rule.traffic.isDisjoint(from: other.traffic) { return [rule] }
    let peers = subtract(other.peers, from: rule.peers)
    if peers == rule.peers.simple, !rule.peers.isAnyone { return [rule] }
    let ofOtherPeers = peers.map { $0.isEmpty ? [] : [rule.with(peers: .anyOf(PlainRule.sorted($0)))] }
    if other.traffic.contains(rule.traffic) { return ofOtherPeers }
    guard let traffic = rule.traffic.subtracting(other.traffic), let ofOtherPeers else { return nil }
    return ofOtherPeers + [rule.with(traffic: traffic)]
  }

  /// The peers that are not among others; nil when peers cannot say it.
  private func subtract(_ others: PlainRule.Peers, from peers: PlainRule.Peers) -> [PlainPeer]? {
    guard case .anyOf(let unwanted) = others else { return [] }
    let isAboutPods = unwanted.contains { if case .pods = $0 { true } else { false } }
    var left: [PlainPeer]
    if !peers.isAnyone {
      left = peers.simple
    } else if !isAboutPods {
      left = PlainPeer.blocks(.all)
    } else if pods.isEmpty {
      return nil
    } else {
      left = [.allPods] + PlainPeer.blocks(AddressSet.all.subtracting(pods))
    }
    for peer in unwanted {
      var rest: [PlainPeer] = []
      for own in left {
        guard let parts = subtract(peer, from: own) else { return nil }
        rest += parts
      }
      left = rest
    }
    return left
  }

  private func subtract(_ other: PlainPeer, from peer: PlainPeer) -> [PlainPeer]? {
    switch (peer, other) {
    case (.pods(let own), .pods(let unwanted)):
      own.intersection(unwanted) == nil ? [peer] : own.subtracting(unwanted).map { .pods($0) }
    case (.block, .block):
      peer.addresses.isDisjoint(with: other.addresses)
        ? [peer] : PlainPeer.blocks(peer.addresses.subtracting(other.addresses))
    case (.pods, .block):
      pods.isEmpty
        ? nil
        : pods.isDisjoint(with: other.addresses) ? [peer] : pods.isSubset(of: other.addresses) ? [] : nil
    case (.block, .pods(let unwanted)):
      pods.isEmpty ? nil : subtract(unwanted, fromBlock: peer)
    default: nil
    }
  }

  private func subtract(_ unwanted: PlainSelector, fromBlock peer: PlainPeer) -> [PlainPeer]? {
    if pods.isDisjoint(with: peer.addresses) { return [peer] }
    guard pods.isSubset(of: peer.addresses) else { return nil }
    return PlainSelector(namespaces: .all).subtracting(unwanted).map { .pods($0) }
      + PlainPeer.blocks(peer.addresses.subtracting(pods))
  }

  /// Whether what is left of some rule may depend on which addresses pods have.
  func restsOnPods(_ rules: [PlainRule]) -> Bool { !pods.isEmpty && rules.contains { !$0.peers.isAnyone } }
}

extension PlainPeer {
  /// The addresses of a block; none of anything else.
  var addresses: AddressSet {
    if case .block(let cidr, let excepts) = self {
      AddressBlock(cidr: cidr, excepts: excepts).addresses
    } else {
      .empty
    }
  }
}
