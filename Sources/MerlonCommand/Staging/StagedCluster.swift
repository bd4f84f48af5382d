internal import PolicyEngine
internal import PolicyModel
internal import Review
internal import Staging

/// A cluster as a staging network has it.
struct StagedCluster {
  let cluster: Cluster
  let pods: StagedPods
  let policies: StagedPolicies

  init(_ cluster: Cluster, denial: StagedPolicies.Denial) {
    self.cluster = cluster
    pods = StagedPods(cluster.world, tiers: cluster.tiers)
    policies = StagedPolicies(
      tiers: cluster.tiers, world: cluster.world, pods: pods, profile: cluster.profile, denial: denial)
  }

  /// Tries everything that the policies tell apart.
  func compare() throws(LabError) -> StagingComparison {
    let network = try StagedNetwork(pods, in: cluster.world, enforcing: policies.program)
    return try StagingComparison(
      network, asking: AskedFlows(tiers: cluster.tiers, world: cluster.world, pods: pods),
      expecting: ExpectedAnswers(
        tiers: cluster.tiers, world: cluster.world, pods: pods, profile: cluster.profile))
  }

  /// `shop/web`; the second pod of a template is `shop/web[1]`.
  func name(_ number: Int) -> String {
    let pod = pods.pods[number]
    let name = name(ofEndpoint: pod.endpoint)
    return pod.replica == 0 ? name : "\(name)[\(pod.replica)]"
  }

  func name(ofEndpoint number: Int) -> String {
    cluster.world.qualifiedName(cluster.world.endpoints[number])
  }

  var policyCount: Int { cluster.tiers.reduce(0) { $0 + $1.policies.count } }
}
