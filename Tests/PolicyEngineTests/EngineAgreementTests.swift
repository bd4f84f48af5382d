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

  @Test("compiled rows and the walk over all pairs, over random worlds")
  func compiledPolicies() async throws {
    var decidedByRows = 0
    for seed in 0..<UInt64(Self.worlds) {
      var random = RandomWorld(seed: seed)
      let reference = ReferenceEvaluator(random.world)
      let engine = await EngineUnderTest(yaml: random.world.yaml())
      let compiled = CompiledPolicies(
        world: engine.evaluator.world, tiers: engine.tiers, profile: engine.evaluator.profile)
      let table = VerdictTable(compiled)
      let relation = Relation(compiled)
      for line in random.nextFlows(Self.flowsPerWorld) {
        let expected = try #require(reference.verdict(line))
        let flow = try engine.parser.parse(line.line(in: random.world))
        var actual = expected
        if let verdict = table.verdict(flow) {
          decidedByRows += 1
          actual = ReferenceVerdict(
            overall: convert(verdict.outcome), egress: convert(verdict.egress.outcome),
            ingress: convert(verdict.ingress.outcome))
        }
        if let outcome = relation.outcome(flow), actual == expected { actual.overall = convert(outcome) }
        if actual != expected {
          let text = line.line(in: random.world)
          Issue.record(
            "seed \(seed): \(text)\nreference: \(expected)\nengine: \(actual)\n\(random.world.yaml())")
          return
        }
      }
    }
    #expect(decidedByRows > Self.worlds * Self.flowsPerWorld / 4)
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
      guard engine.problems.isEmpty, let actual = try? engine.verdict(flow.line(in: world)) else {
        return false
      }
      return actual != expected
    }
  }
}

/// Everything that ``ConnectivityWalk`` says of a world, to look flows up in.
struct Relation {
  private let walk: ConnectivityWalk
  private var unitOfEndpoint: [Int: Int] = [:]
  private var connections: [[Int: ConnectivityWalk.ConnectionID]] = []

  init(_ compiled: CompiledPolicies) {
    walk = ConnectivityWalk(compiled)
    for (number, unit) in walk.units.enumerated() {
      for endpoint in unit.endpoints { unitOfEndpoint[endpoint] = number }
    }
    for source in walk.units.indices {
      var row: [Int: ConnectivityWalk.ConnectionID] = [:]
      walk.forEachDestination(of: source) { row[$0] = $1 }
      connections.append(row)
    }
  }

  /// Nil for flows that the walk does not speak of.
  func outcome(_ flow: Flow) -> Outcome? {
    guard case .port(let transport, let port) = flow.traffic else { return nil }
    var traffic: (certain: TrafficSet, possible: TrafficSet)?
    switch (flow.source, flow.destination) {
    case (.endpoint(let a, nil), .endpoint(let b, nil)):
      guard let source = unitOfEndpoint[a], let destination = unitOfEndpoint[b],
        a != b || walk.compiled.world.endpoints[a].kind != .pod
      else { return nil }
      traffic = connections[source][destination].map { walk.connection($0) } ?? (.none, .none)
    case (.endpoint(let a, nil), .address(let address)):
      guard let source = unitOfEndpoint[a] else { return nil }
      let found = walk.outsideDestinations(of: source).first {
        walk.addressSets[$0.addresses].contains(address)
      }
      traffic = found.map { walk.connection($0.connection) } ?? (.none, .none)
    case (.address(let address), .endpoint(let b, nil)):
      guard let destination = unitOfEndpoint[b] else { return nil }
      let found = walk.outsideSources(of: destination).first {
        walk.addressSets[$0.addresses].contains(address)
      }
      traffic = found.map { walk.connection($0.connection) } ?? (.none, .none)
    default: return nil
    }
    return traffic.map {
      $0.certain.contains(transport, port)
        ? .allowed : $0.possible.contains(transport, port) ? .undefined : .denied
    }
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
      manifests, policyNamespaces: policies.namespaces)
    evaluator = FlowEvaluator(world: world, tiers: policies.stack(.kubernetes).tiers, profile: .kubernetes)
    parser = FlowParser(world)
    tiers = policies.stack(.kubernetes).tiers
    problems = (manifests.diagnostics + policies.diagnostics).filter { $0.severity == .error }.map(\.message)
  }

  func verdict(_ line: String) throws -> ReferenceVerdict {
    let verdict = evaluator.verdict(try parser.parse(line))
    return ReferenceVerdict(
      overall: convert(verdict.outcome), egress: convert(verdict.egress), ingress: convert(verdict.ingress))
  }
}
