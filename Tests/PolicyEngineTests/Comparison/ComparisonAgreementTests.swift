import Dialects
import Kubernetes
import PolicyModel
import Testing

@testable import PolicyEngine
@testable import RandomWorlds

/// A comparison of two versions of a world against what the reference says of single flows in each.
@Suite("A comparison names exactly the flows whose verdict changed")
struct ComparisonAgreementTests {
  static let worlds: UInt64 = 200
  static let flowsPerWorld = 60
  static let parts: UInt64 = 4

  @Test("over random worlds and random changes of policies and labels", arguments: 0..<parts)
  func randomChanges(part: UInt64) async throws {
    let count = Self.worlds / Self.parts
    var changed = 0
    var emptyDiffs = 0
    for seed in part * count..<(part + 1) * count {
      var random = RandomWorld(seed: seed)
      let before = random.world
      let after = ChangedWorld(before, seed: seed).world
      let comparison = try await Compared(before, after)
      let references = (ReferenceEvaluator(before), ReferenceEvaluator(after))
      var sawChange = false
      for flow in random.nextFlows(Self.flowsPerWorld) {
        let line = flow.line(in: before)
        guard let answers = comparison.answers(line) else { continue }
        let old = try #require(references.0.verdict(flow)).overall
        let new = try #require(references.1.verdict(flow)).overall
        let expected = old == new ? nil : "\(old) -> \(new)"
        #expect(
          answers == expected.map { [$0] } ?? [],
          "seed \(seed): \(line)\n\(before.yaml())# after\n\(after.yaml())")
        sawChange = sawChange || expected != nil
      }
      changed += sawChange ? 1 : 0
      if comparison.isEmpty { emptyDiffs += 1 }
      #expect(!(sawChange && comparison.isEmpty))
    }
    #expect(changed > count / 8)
    #expect(emptyDiffs > count / 8)
  }
}

/// A world with one thing changed, or only the text of its policies.
private struct ChangedWorld {
  private(set) var world: ReferenceWorld

  init(_ before: ReferenceWorld, seed: UInt64) {
    var builder = RandomWorld.Builder(random: SplitMix64(seed: seed ^ 0xD1FF))
    builder.world = before
    world = before
    let place = world.policies.isEmpty ? nil : Int(builder.random.next() % UInt64(world.policies.count))
    switch (builder.random.int(0...4), place) {
    case (0, _):
      world.policies.reverse()
      for index in world.policies.indices { world.policies[index].spellsNull.toggle() }
    case (1, let place?): world.policies.remove(at: place)
    case (2, let place?):
      var policy = builder.policy(number: 90)
      policy.name = world.policies[place].name
      policy.namespace = world.policies[place].namespace
      world.policies[place] = policy
    case (3, _) where !world.pods.isEmpty: world.pods[0].labels["app"] = "web"
    default: world.policies.append(builder.policy(number: 91))
    }
  }
}

/// A comparison, to look flows up in.
private struct Compared {
  private let comparison: ConnectivityComparison
  private let relations: (Relation, Relation)
  private let parsers: (FlowParser, FlowParser)
  private var changes: [ConnectivityComparison.Change] = []

  init(_ before: ReferenceWorld, _ after: ReferenceWorld) async throws {
    let (old, new) = (await Self.read(before), await Self.read(after))
    let both = old.tiers.flatMap(\.policies) + new.tiers.flatMap(\.policies)
    func compile(_ input: Input) -> CompiledPolicies {
      let world = World(
        input.manifests, policies: both, policyNamespaces: input.policies.namespaces,
        policyNodes: input.policies.nodes(.kubernetes))
      return CompiledPolicies(
        world: world, tiers: input.tiers, profile: .kubernetes, domains: RandomWorld.domainNames,
        comparedWith: both)
    }
    let compiled = (compile(old), compile(new))
    comparison = ConnectivityComparison(compiled.0, compiled.1)
    relations = (Relation(compiled.0), Relation(compiled.1))
    parsers = (FlowParser(compiled.0.world), FlowParser(compiled.1.world))
    var changes: [ConnectivityComparison.Change] = []
    comparison.forEachChange { changes.append($0) }
    self.changes = changes
  }

  var isEmpty: Bool { changes.isEmpty }

  /// What the comparison says becomes of a flow: `denied -> allowed`, by each row that speaks of it; nil when rows do not
  /// speak of such flows.
  func answers(_ line: String) -> [String]? {
    // After a change of labels there may be no pod behind a Service.
    guard let old = try? parsers.0.parse(line), let new = try? parsers.1.parse(line),
      relations.0.outcome(old) != nil, relations.1.outcome(new) != nil,
      case .port(let transport, let port) = old.traffic
    else { return nil }
    func answers(_ isWanted: (ConnectivityComparison.End) -> Bool) -> [String] {
      changes.filter { covers($0.source, old.source, new.source) && isWanted($0.destination) }
        .compactMap { outcomes($0, transport, port) }
    }
    let own = answers { covers($0, old.destination, new.destination) }
    // Where all addresses changed, names among them are not spoken of again.
    if own.isEmpty, case .domain = old.destination,
      !answers({ if case .addresses = $0 { true } else { false } }).isEmpty
    {
      return nil
    }
    return own
  }

  private func outcomes(
    _ change: ConnectivityComparison.Change, _ transport: TransportProtocol, _ port: UInt16
  ) -> String? {
    func outcome(_ traffic: (certain: TrafficSet, possible: TrafficSet)) -> Outcome {
      traffic.certain.contains(transport, port)
        ? .allowed : traffic.possible.contains(transport, port) ? .undefined : .denied
    }
    let from = outcome(comparison.before.connection(change.before))
    let to = outcome(comparison.after.connection(change.after))
    return from == to ? nil : "\(from) -> \(to)"
  }

  private func covers(_ end: ConnectivityComparison.End, _ old: FlowEnd, _ new: FlowEnd) -> Bool {
    switch (end, old, new) {
    case (.unit(let before?, let after?), .endpoint(let a, _), .endpoint(let b, _)):
      comparison.before.units[before].endpoints.contains(a)
        && comparison.after.units[after].endpoints.contains(b)
    case (.addresses(let addresses), .address(let address), _): addresses.contains(address)
    case (.name(let name), .domain(let domain), _): name == domain
    default: false
    }
  }

  private struct Input {
    let manifests: ManifestSet
    let policies: PolicySet
    let tiers: [Tier]
  }

  private static func read(_ world: ReferenceWorld) async -> Input {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = await ManifestReader(options: options).read([
      ManifestText(path: "world.yaml", world.yaml())
    ])
    let policies = PolicySet(manifests, defaultNamespace: "default")
    return Input(manifests: manifests, policies: policies, tiers: policies.stack(.kubernetes).tiers)
  }
}
