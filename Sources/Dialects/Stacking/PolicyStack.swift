package import PolicyModel

/// What an engine makes of all policies: which it enforces, and in which order.
package struct PolicyStack: Sendable {
  /// In the order of evaluation.
  package let tiers: [Tier]
}

extension PolicySet {
  /// The policies as the engine of a profile stacks them.
  package func stack(_ profile: EngineProfile) -> PolicyStack { kubernetesStack() }

  /// `policy.networking.k8s.io` around `networking.k8s.io/v1` (SEMANTICS.md §2.2).
  private func kubernetesStack() -> PolicyStack {
    func ordered(_ tier: ClusterNetworkPolicy.Tier) -> Tier {
      Tier(
        name: tier.rawValue, combination: .firstMatch(.isUndefined),
        policies: clusterNetworkPolicies.filter { $0.tier == tier }.map { $0.lower() }.sorted {
          ($0.rank, $0.identity) < ($1.rank, $1.identity)
        })
    }
    let tiers = [
      ordered(.admin),
      Tier(
        name: "NetworkPolicy", combination: .additive,
        policies: networkPolicies.map { $0.lower() }.sorted { $0.identity < $1.identity }),
      ordered(.baseline),
    ]
    return PolicyStack(tiers: tiers.filter { !$0.policies.isEmpty })
  }
}
