import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

/// The engine against the reference of `Reference/`, which shares no code with it.
@Suite("The engine agrees with the reference")
struct EngineAgreementTests {
  /// Worlds × flows: at least the 20,000 flows that the project promises for every CI run.
  static let worlds = 500
  static let flowsPerWorld = 50

  @Test("single flows, over random worlds")
  func singleFlows() async throws {
    for seed in 0..<UInt64(Self.worlds) {
      var random = RandomWorld(seed: seed)
      let reference = ReferenceEvaluator(random.world)
      let engine = await EngineUnderTest(yaml: random.world.yaml())
      try #require(engine.problems.isEmpty, "seed \(seed): \(engine.problems)\n\(random.world.yaml())")
      for flow in random.nextFlows(Self.flowsPerWorld) {
        let expected = try #require(reference.verdict(flow))
        let actual = try engine.verdict(flow.line(in: random.world))
        if actual != expected {
          await reportSmallest(random.world, flow, seed: seed)
          return
        }
      }
    }
  }

  /// Shrinks a disagreement and prints it as YAML.
  private func reportSmallest(_ world: ReferenceWorld, _ flow: ReferenceFlow, seed: UInt64) async {
    var world = world
    var flow = flow
    // The shrinker is synchronous; the engine is asked through the same reader as everywhere.
    let smallest = await Self.shrink(world, flow)
    world = smallest.world
    flow = smallest.flow
    let line = flow.line(in: world)
    let expected = ReferenceEvaluator(world).verdict(flow)
    let actual = try? await EngineUnderTest(yaml: world.yaml()).verdict(line)
    Issue.record(
      """
      seed \(seed): \(line)
      reference: \(String(describing: expected))
      engine:    \(String(describing: actual))
      \(world.yaml())
      """)
  }

  private static func shrink(_ world: ReferenceWorld, _ flow: ReferenceFlow) async -> Shrink.Case {
    Shrink.smallest(world, flow) { world, flow in
      guard let expected = ReferenceEvaluator(world).verdict(flow) else { return false }
      let engine = EngineUnderTest(reading: world.yaml())
      guard engine.problems.isEmpty, let actual = try? engine.verdict(flow.line(in: world)) else { return false }
      return actual != expected
    }
  }
}

/// The whole way from YAML to a verdict.
struct EngineUnderTest {
  let evaluator: FlowEvaluator
  let parser: FlowParser
  let problems: [String]

  init(yaml: String) async {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    self.init(await ManifestReader(options: options).read([ManifestText(path: "world.yaml", yaml)]))
  }

  init(reading yaml: String) {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    self.init(ManifestReader(options: options).readSequentially([ManifestText(path: "world.yaml", yaml)]))
  }

  private init(_ manifests: ManifestSet) {
    let policies = PolicySet(manifests, defaultNamespace: "default")
    let world = World(
      manifests, policyNamespaces: policies.networkPolicies.policies.map(\.identity.namespace))
    evaluator = FlowEvaluator(world: world, tier: policies.networkPolicies, profile: .kubernetes)
    parser = FlowParser(world)
    problems = (manifests.diagnostics + policies.diagnostics).filter { $0.severity == .error }.map(\.message)
  }

  func verdict(_ line: String) throws -> ReferenceVerdict {
    let verdict = evaluator.verdict(try parser.parse(line))
    return ReferenceVerdict(
      overall: convert(verdict.outcome), egress: convert(verdict.egress), ingress: convert(verdict.ingress))
  }

  private func convert(_ outcome: Outcome) -> ReferenceVerdict.Outcome {
    switch outcome {
    case .allowed: .allowed
    case .denied: .denied
    case .undefined: .undefined
    }
  }
}
