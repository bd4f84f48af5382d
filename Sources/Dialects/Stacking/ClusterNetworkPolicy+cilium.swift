internal import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy {
  /// The policy as Cilium reads it (SEMANTICS.md §2.4; `ParseClusterNetworkPolicy` in `pkg/policy/k8s`); nil when
  /// it ignores it.
  func lower(_ lowering: inout CiliumLowering) -> Policy? {
    if let wrong = egress.first(where: { $0.action != .accept && $0.domainNames != nil }) {
      lowering.warn(
        .ignoredByAgent,
        "`domainNames` in a rule that does not accept: Cilium ignores the whole policy", at: wrong.location,
        fix: "deny everything in a later rule instead")
      return nil
    }
    for peer in egress.flatMap(\.peers) {
      guard case .nodes = peer.kind else { continue }
      lowering.warn(
        .versionDependent,
        "`nodes` needs Cilium with enable-node-selector-labels; without it Cilium ignores the whole policy",
        at: peer.location)
    }
    let policy = lower { namespaces, pods, location in
      // Cilium forgets the cluster's name where a peer has nothing but namespaces.
      lowering.overselected(
        namespaces: namespaces, pods: pods, namesCluster: pods != nil, at: location)
    }
    return policy.with(rules: policy.rules.flatMap { $0.asReadByCilium() })
  }
}

extension ClusterNetworkPolicy.Rule {
  /// The first peer that names domains.
  fileprivate var domainNames: ClusterNetworkPolicy.Peer? {
    peers.first { if case .domainNames = $0.kind { true } else { false } }
  }
}

extension Rule {
  /// The rule with what Cilium adds: names are learnt from DNS answers, so a rule with names also lets questions
  /// for them go to the cluster's DNS; and a pod's own node is not among `nodes`.
  fileprivate func asReadByCilium() -> [Rule] {
    guard case .anyOf(let peers) = peers else { return [self] }
    var names: [String] = []
    let read = peers.map { peer in
      switch peer.kind {
      case .nodes(let selector, .anywhere): return Peer(.nodes(selector, .other), location: peer.location)
      case .domain(let pattern): names.append(pattern.description)
      default: break
      }
      return peer
    }
    let rule = with(peers: .anyOf(read))
    return names.isEmpty ? [rule] : [dns(names), rule]
  }

  private func dns(_ names: [String]) -> Rule {
    let pods = EndpointSelector(
      namespaces: .all, pods: .attribute(.label("k8s-app"), .isIn(["kube-dns"])))
    return Rule(
      direction: direction, action: action, path: "\(path) (DNS)",
      peers: .anyOf([Peer(.endpoints(pods), location: location)]),
      traffic: .anyOf(
        ["dns", "dns-tcp"].flatMap { name in
          TransportProtocol.allCases.map { .ports(PortMatch($0, .named(name), location: location)) }
        }), applicationRules: [names.map { "DNS \($0)" }.joined(separator: " or ")], step: step,
      location: location)
  }
}
