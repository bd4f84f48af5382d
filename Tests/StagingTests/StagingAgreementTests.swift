internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import PolicyEngine
internal import PolicyModel
internal import Staging
internal import Testing

@testable internal import RandomWorlds

/// The program for the kernel against the engine's verdicts: two ways from tiers to an answer that share no code.
@Suite("Programs for the kernel agree with the engine")
struct StagingAgreementTests {
  /// Worlds of each engine.
  private static let worlds: UInt64 = 150
  private static let parts: UInt64 = 5

  @Test("random worlds of all dialects", arguments: ReferenceWorld.Engine.allCases, 0..<parts)
  func randomWorlds(engine: ReferenceWorld.Engine, part: UInt64) {
    let count = Self.worlds / Self.parts
    var total = Total()
    for seed in part * count..<(part + 1) * count {
      let random = RandomWorld(seed: seed, engine: engine)
      let cluster = StagedCluster(yaml: random.world.yaml(), engine.profile)
      total.add(cluster, "seed \(seed) of \(engine)\n\(random.world.yaml())")
      if total.hasFailed { return }
    }
    total.check("\(engine) \(part)")
  }
}

/// What was compared in several worlds.
struct Total {
  private var allowed = 0
  private var denied = 0
  private var undefined = 0
  private(set) var hasFailed = false

  /// Records the first difference with the whole story.
  mutating func add(_ cluster: StagedCluster, _ story: @autoclosure () -> String) {
    let (comparison, faults) = cluster.comparison()
    allowed += comparison.agreed.allowed
    denied += comparison.agreed.denied
    undefined += comparison.undefined
    #expect(faults.isEmpty)
    guard let first = comparison.differences.first else { return }
    hasFailed = true
    let expected = ExpectedAnswers(
      tiers: cluster.tiers, world: cluster.world, pods: cluster.pods, profile: cluster.profile)
    let trace = expected.verdict(first.flow).traces.first
    Issue.record(
      """
      \(cluster.text(first.flow)): engine \(first.engine), kernel \(first.kernelAllows ? "allows" : "denies"), \
      \(comparison.differences.count) of \(comparison.count)
      chains \(cluster.outcome(first.flow)?.chains.map(\.text) ?? [])
      egress \(String(describing: trace?.egress.tiers.map { ($0.name, $0.outcome) }))
      ingress \(String(describing: trace?.ingress.tiers.map { ($0.name, $0.outcome) }))
      \(story())
      \(cluster.policies.program.text)
      """)
  }

  /// Something of each kind must have been compared.
  func check(_ title: String) {
    print("staging agreement, \(title): \(allowed) allowed, \(denied) denied, \(undefined) undefined")
    #expect(allowed > 0 && denied > 0)
  }
}

extension ReferenceWorld.Engine {
  var profile: EngineProfile {
    switch self {
    case .kubernetes: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}
