import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import RandomWorlds

/// The engine against the reference of `Reference/`, which shares no code with it.
@Suite("The engine agrees with the reference")
struct EngineAgreementTests {
  /// Worlds × flows: at least the 20,000 flows that the project promises for every CI run.
  static let worlds: UInt64 = 500
  static let flowsPerWorld = 50
  /// Parts of the worlds that may run side by side.
  static let parts: UInt64 = 10

  @Test("single flows, compiled rows and the walk over all pairs, over random worlds", arguments: 0..<parts)
  func randomWorlds(part: UInt64) async throws {
    let count = Self.worlds / Self.parts
    try await EngineAgreement.check(
      .kubernetes, seeds: part * count..<(part + 1) * count, flowsPerWorld: Self.flowsPerWorld)
  }
}

/// Compares both halves of the engine with the reference.
enum EngineAgreement {
  static func check(
    _ kind: ReferenceWorld.Engine, seeds: Range<UInt64>, flowsPerWorld: Int
  ) async throws {
    var decidedByRows = 0
    for seed in seeds {
      var random = RandomWorld(seed: seed, engine: kind)
      let reference = ReferenceEvaluator(random.world)
      let engine = await EngineUnderTest(yaml: random.world.yaml(), profile: random.world.engine.profile)
      try #require(engine.problems.isEmpty, "seed \(seed): \(engine.problems)\n\(random.world.yaml())")
      let compiled = CompiledUnderTest(engine)
      for flow in random.nextFlows(flowsPerWorld) {
        let expected = try #require(reference.verdict(flow))
        let line = flow.line(in: random.world)
        if try engine.verdict(line) != expected {
          return reportSmallest(random.world, flow, "seed \(seed)") { engine, line, _ in
            try engine.verdict(line)
          }
        }
        let rows = try compiled.verdict(line, expected)
        if rows.isDecidedByRows { decidedByRows += 1 }
        if rows.verdict != expected {
          return reportSmallest(random.world, flow, "seed \(seed), compiled") { engine, line, expected in
            try CompiledUnderTest(engine).verdict(line, expected).verdict
          }
        }
      }
    }
    #expect(decidedByRows > seeds.count * flowsPerWorld / (kind == .kubernetes ? 5 : 10))
  }

  /// What the engine answers to a flow line, when the reference answers this.
  private typealias Answer = (EngineUnderTest, String, ReferenceVerdict) throws -> ReferenceVerdict

  /// Shrinks a disagreement and prints it as YAML.
  private static func reportSmallest(
    _ world: ReferenceWorld, _ flow: ReferenceFlow, _ title: String, answer: Answer
  ) {
    func answers(_ world: ReferenceWorld, _ flow: ReferenceFlow) -> (ReferenceVerdict, ReferenceVerdict)? {
      guard let expected = ReferenceEvaluator(world).verdict(flow) else { return nil }
      // The shrinker is synchronous; the engine is asked through the same reader as everywhere.
      let engine = EngineUnderTest(reading: world.yaml(), profile: world.engine.profile)
      guard engine.problems.isEmpty, let actual = try? answer(engine, flow.line(in: world), expected) else {
        return nil
      }
      return (expected, actual)
    }
    let smallest = Shrink.smallest(world, flow) { world, flow in
      answers(world, flow).map { $0 != $1 } ?? false
    }
    Issue.record(
      """
      \(title): \(smallest.flow.line(in: smallest.world))
      reference, engine: \(String(describing: answers(smallest.world, smallest.flow)))
      \(smallest.world.yaml())
      """)
  }
}

/// The compiled half of the engine.
private struct CompiledUnderTest {
  private let parser: FlowParser
  private let table: VerdictTable
  private let relation: Relation
  private let enforcer: EngineProfile.Enforcer

  init(_ engine: EngineUnderTest) {
    let compiled = CompiledPolicies(
      world: engine.evaluator.world, tiers: engine.tiers, profile: engine.evaluator.profile,
      domains: RandomWorld.domainNames)
    parser = engine.parser
    table = VerdictTable(compiled)
    relation = Relation(compiled)
    enforcer = engine.evaluator.profile.enforcer
  }

  /// What rows and the walk say, where they say anything; elsewhere what is expected.
  func verdict(
    _ line: String, _ expected: ReferenceVerdict
  ) throws -> (verdict: ReferenceVerdict, isDecidedByRows: Bool) {
    let flow = try parser.parse(line)
    var actual = expected
    let decided = table.verdict(flow)
    if let decided {
      actual = ReferenceVerdict(
        overall: convert(decided.outcome), egress: convert(decided.egress.outcome),
        ingress: convert(decided.ingress.outcome))
    }
    if let outcome = relation.outcome(flow), actual == expected, !leavesOpen(outcome, expected) {
      actual.overall = convert(outcome)
    }
    return (actual, decided != nil)
  }
}

extension ReferenceWorld.Engine {
  fileprivate var profile: EngineProfile {
    switch self {
    case .kubernetes: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}

extension CompiledUnderTest {
  /// The walk keeps directions apart: a connection that each of them lets through in some case is possible there, also
  /// where rules that ask for the subject's own end never let both through in one.
  private func leavesOpen(_ outcome: Outcome, _ expected: ReferenceVerdict) -> Bool {
    enforcer == .calico && outcome == .undefined && expected.overall == .denied
      && expected.egress == .undefined
      && expected.ingress == .undefined
  }
}

/// The engine's outcome in the reference's words.
private func convert(_ outcome: Outcome) -> ReferenceVerdict.Outcome {
  switch outcome {
  case .allowed: .allowed
  case .denied: .denied
  case .undefined: .undefined
  }
}

/// The whole way from YAML to a verdict.
struct EngineUnderTest {
  let evaluator: FlowEvaluator
  let parser: FlowParser
  let tiers: [Tier]
  let problems: [String]

  init(yaml: String, profile: EngineProfile) async {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    self.init(await ManifestReader(options: options).read([ManifestText(path: "world.yaml", yaml)]), profile)
  }

  init(reading yaml: String, profile: EngineProfile) {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    self.init(
      ManifestReader(options: options).readSequentially([ManifestText(path: "world.yaml", yaml)]), profile)
  }

  private init(_ manifests: ManifestSet, _ profile: EngineProfile) {
    let policies = PolicySet(manifests, defaultNamespace: "default")
    let stack = policies.stack(profile)
    let world = World(
      manifests, policies: stack.tiers.flatMap(\.policies), policyNamespaces: policies.namespaces,
      policyNodes: policies.nodes(profile))
    evaluator = FlowEvaluator(world: world, tiers: stack.tiers, profile: profile)
    parser = FlowParser(world)
    tiers = stack.tiers
    problems = (manifests.diagnostics + policies.diagnostics + stack.diagnostics)
      .filter { $0.severity == .error }.map(\.message)
  }

  func verdict(_ line: String) throws -> ReferenceVerdict {
    let verdict = evaluator.verdict(try parser.parse(line))
    return ReferenceVerdict(
      overall: convert(verdict.outcome), egress: convert(verdict.egress), ingress: convert(verdict.ingress))
  }
}
