internal import Dialects
internal import PolicyEngine
package import PolicyModel

/// Two inputs in the eyes of one engine, made to be compared: endpoints that the policies of either tell apart are apart
/// in both.
package struct ClusterPair: Sendable {
  package let before: Cluster
  package let after: Cluster
  /// Both compiled; each knows the names of the other.
  let compiledBefore: CompiledPolicies
  let compiledAfter: CompiledPolicies

  /// - Parameters:
  ///   - profile: nil for that of the engine which the inputs are probably meant for.
  ///   - enforcesStaged: takes Calico's staged policies for enforced ones.
  package init(
    _ before: ClusterInput, _ after: ClusterInput, profile: EngineProfile? = nil, enforcesStaged: Bool = false
  ) {
    let assumed = Self.assumed(before, after)
    let profile = profile ?? assumed.profile
    func policies(_ input: ClusterInput) -> [Policy] {
      input.policies.stack(profile, enforcesStaged: enforcesStaged, clusterName: input.facts.clusterName)
        .tiers
        .flatMap(\.policies)
    }
    func cluster(_ input: ClusterInput, comparedWith other: ClusterInput) -> Cluster {
      Cluster(
        input, profile, reason: assumed.profile == profile ? assumed.reason : nil,
        enforcesStaged: enforcesStaged, comparedWith: policies(other))
    }
    self.before = cluster(before, comparedWith: after)
    self.after = cluster(after, comparedWith: before)
    func compiled(_ cluster: Cluster, comparedWith other: Cluster) -> CompiledPolicies {
      CompiledPolicies(
        world: cluster.world, tiers: cluster.tiers, profile: profile,
        comparedWith: other.tiers.flatMap(\.policies))
    }
    compiledBefore = compiled(self.before, comparedWith: self.after)
    compiledAfter = compiled(self.after, comparedWith: self.before)
  }

  /// The engine that one of the inputs has policies of; that of the second where they differ.
  private static func assumed(
    _ before: ClusterInput, _ after: ClusterInput
  ) -> (profile: EngineProfile, reason: String) {
    let (old, new) = (before.policies.assumedEnforcer, after.policies.assumedEnforcer)
    let chosen = new.enforcer == .kubernetes ? old : new
    return (.of(chosen.enforcer), chosen.reason)
  }
}
