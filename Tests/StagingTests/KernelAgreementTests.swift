internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Staging
internal import Testing

@testable internal import RandomWorlds

/// Real packets through a real kernel against the engine's verdicts.
@Suite(
  "A kernel agrees with the engine", .serialized,
  .enabled(if: LabAvailability.isAvailable, LabAvailability.reason))
struct KernelAgreementTests {
  private static let worlds: UInt64 = 100
  private static let parts: UInt64 = 5
  private static let flowsPerWorld = 100

  @Test("random worlds of all dialects", arguments: ReferenceWorld.Engine.allCases, 0..<parts)
  func randomWorlds(engine: ReferenceWorld.Engine, part: UInt64) throws {
    let count = Self.worlds / Self.parts
    var total = Total()
    for seed in 1000 + part * count..<1000 + (part + 1) * count where !total.hasFailed {
      let random = RandomWorld(seed: seed, engine: engine)
      let denial: StagedPolicies.Denial = seed % 2 == 0 ? .silent : .told
      let cluster = StagedCluster(yaml: random.world.yaml(), engine.profile, denial: denial)
      let network = try StagedNetwork(
        cluster.pods, in: cluster.world, enforcing: cluster.policies.program)
      var comparison = StagingComparison()
      try comparison.add(cluster.asked(atMost: Self.flowsPerWorld), network, cluster.expected)
      total.add(comparison, of: cluster, "seed \(seed) of \(engine)\n\(random.world.yaml())")
    }
    total.check()
  }

  @Test("everything is asked of a network")
  func everything() throws {
    let cluster = StagedCluster(
      yaml: StagedPoliciesTests.shop + """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: db, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: db}}
          ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: data}]}]
        """)
    let network = try StagedNetwork(cluster.pods, in: cluster.world, enforcing: cluster.policies.program)
    let comparison = try StagingComparison(
      network, asking: AskedFlows(tiers: cluster.tiers, world: cluster.world, pods: cluster.pods),
      expecting: cluster.expected)
    #expect(comparison.differences.isEmpty)
    #expect(comparison.agreed.allowed > 0 && comparison.agreed.denied > 0)
    let allowed = try #require(cluster.flow("shop/web", "shop/db", .port(.tcp, 5432)))
    let denied = try #require(cluster.flow("ops/tool", "shop/db", .port(.tcp, 5432)))
    #expect(try network.answers([allowed, denied]) == [true, false])
  }

  @Test("everything of the example cluster", arguments: EngineProfile.Enforcer.allCases)
  func shop(enforcer: EngineProfile.Enforcer) async throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let cluster = await StagedCluster(paths: ["/\(root)/Examples/shop"], .of(enforcer))
    try #require(cluster.pods.pods.count > 10)
    let network = try StagedNetwork(cluster.pods, in: cluster.world, enforcing: cluster.policies.program)
    let comparison = try StagingComparison(
      network, asking: AskedFlows(tiers: cluster.tiers, world: cluster.world, pods: cluster.pods),
      expecting: cluster.expected)
    #expect(comparison.differences.map { cluster.text($0.flow) }.isEmpty)
    #expect(comparison.agreed.allowed > 200 && comparison.agreed.denied > 10_000)
  }

  @Test("a kernel that does something else is found out")
  func wrongKernel() throws {
    let cluster = StagedCluster(
      yaml: StagedPoliciesTests.closedShop)
    let open = StagedPolicies(
      tiers: [], world: cluster.world, pods: cluster.pods, profile: cluster.profile)
    let network = try StagedNetwork(cluster.pods, in: cluster.world, enforcing: open.program)
    let comparison = try StagingComparison(
      network, asking: AskedFlows(tiers: cluster.tiers, world: cluster.world, pods: cluster.pods),
      expecting: cluster.expected)
    #expect(!comparison.differences.isEmpty)
    #expect(comparison.differences.allSatisfy { $0.kernelAllows && $0.engine == .denied })
  }
}
