internal import Kubernetes
internal import PolicyModel

extension PolicySet {
  /// Cilium's tiers: `policy.networking.k8s.io` before and after one in which NetworkPolicies and Cilium's own
  /// policies are one set (SEMANTICS.md §4.6, §2.4).
  func ciliumTiers(
    _ deviations: Set<Deviation>, clusterName: String?, _ problems: inout [Diagnostic]
  ) -> [Tier] {
    var lowering = CiliumLowering(self, deviations, clusterName: clusterName)
    var normal = networkPolicies.map { lower($0, &lowering) }
    for case .policy(let policy) in cilium { normal += policy.lower(&lowering) }
    normal = normal.map { lowering.seenThroughLabelFilter($0) }.sortedByIdentity()
    let admin = Tier(
      name: ClusterNetworkPolicy.Tier.admin.rawValue, combination: .firstMatch(.denyWins),
      policies: clusterPolicies(.admin, &lowering))
    let baseline = Tier(
      name: ClusterNetworkPolicy.Tier.baseline.rawValue, combination: .firstMatch(.denyWins),
      policies: clusterPolicies(.baseline, &lowering))
    problems += lowering.problems
    if baseline.policies.isEmpty || !deviations.contains(.baselineReopens) {
      return [admin, Tier(name: "Normal", combination: .denyOverrides, policies: normal), baseline]
    }
    // What isolated pods are denied by default is decided after everything else.
    return [
      admin,
      Tier(name: "Normal", combination: .denyOverrides, policies: normal.map { $0.with(isolates: []) }),
      baseline,
      Tier(
        name: "Default", combination: .denyOverrides,
        policies: normal.filter { !$0.isolates.isEmpty }.map { $0.with(rules: []) }),
    ]
  }

  private func lower(_ policy: NetworkPolicy, _ lowering: inout CiliumLowering) -> Policy {
    var types = policy.spec.effectiveTypes
    if lowering.deviations.contains(.unlistedPolicyTypes) {
      if !policy.spec.ingress.isEmpty { types.insert(.ingress) }
      if !policy.spec.egress.isEmpty { types.insert(.egress) }
    }
    return policy.lower(types) { peer in
      guard case .pods(let pods, let namespaces) = peer.kind else { return [] }
      return lowering.overselected(
        namespaces: namespaces, pods: pods, namesCluster: true, at: peer.location)
    }
  }

  /// The policies that Cilium implements of a tier, by priority.
  private func clusterPolicies(
    _ tier: ClusterNetworkPolicy.Tier, _ lowering: inout CiliumLowering
  ) -> [Policy] {
    clusterNetworkPolicies.filter {
      $0.tier == tier && PolicyObject.clusterNetworkPolicy($0).isEnforced(by: .cilium)
    }.compactMap { $0.lower(&lowering) }.map { lowering.seenThroughLabelFilter($0) }.sorted {
      ($0.rank, $0.identity) < ($1.rank, $1.identity)
    }
  }
}
