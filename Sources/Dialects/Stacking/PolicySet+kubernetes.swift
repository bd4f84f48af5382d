internal import PolicyModel

extension PolicySet {
  /// `policy.networking.k8s.io` around `networking.k8s.io/v1` (SEMANTICS.md §2.2).
  func kubernetesTiers() -> [Tier] {
    [
      Tier(
        name: ClusterNetworkPolicy.Tier.admin.rawValue, combination: .firstMatch(.isUndefined),
        policies: clusterPolicies(.admin), isStrict: true),
      Tier(
        name: "NetworkPolicy", combination: .additive,
        policies: networkPolicies.map { $0.lower() }.sortedByIdentity()),
      Tier(
        name: ClusterNetworkPolicy.Tier.baseline.rawValue, combination: .firstMatch(.isUndefined),
        policies: clusterPolicies(.baseline), isStrict: true),
    ]
  }

  /// The policies of a tier of `policy.networking.k8s.io`, by priority.
  func clusterPolicies(_ tier: ClusterNetworkPolicy.Tier) -> [Policy] {
    clusterNetworkPolicies.filter { $0.tier == tier }.map { $0.lower() }.sorted {
      ($0.rank, $0.identity) < ($1.rank, $1.identity)
    }
  }
}
