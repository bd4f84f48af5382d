import Glibc
import Testing

@Suite("Reference: random worlds of Calico")
struct RandomCalicoTests {
  private typealias Calico = ReferenceCalico
  static let worlds: UInt64 = UInt64(getenv("SHARE").map { String(cString: $0) } ?? "40") ?? 40

  @Test("one seed, one world and one sequence of flows; every flow has a verdict")
  func sameSeed() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var first = RandomWorld(seed: seed, engine: .calico)
      var second = RandomWorld(seed: seed, engine: .calico)
      #expect(first.world == second.world)
      let flows = first.nextFlows(10)
      #expect(flows == second.nextFlows(10))
      let evaluator = ReferenceEvaluator(first.world)
      #expect(flows.allSatisfy { evaluator.verdict($0) != nil })
    }
  }

  @Test("flows have every verdict and every ending")
  func mixture() {
    var outcomes: [ReferenceVerdict.Outcome: Int] = [:]
    var endings: [ReferenceEvaluator.CalicoEnding: Int] = [:]
    var total = 0
    for seed in 1...Self.worlds {
      var random = RandomWorld(seed: seed, engine: .calico)
      let evaluator = ReferenceEvaluator(random.world)
      for flow in random.nextFlows(20) {
        guard let answer = evaluator.calicoAnswer(flow) else { continue }
        total += 1
        outcomes[answer.verdict.overall, default: 0] += 1
        for ending in answer.endings { endings[ending, default: 0] += 1 }
      }
    }
    print(total, outcomes, endings)
    for outcome in [ReferenceVerdict.Outcome.allowed, .denied, .undefined] {
      #expect(outcomes[outcome, default: 0] * 12 > total, "\(outcome)")
    }
    for ending in ReferenceEvaluator.CalicoEnding.allCases {
      #expect(endings[ending, default: 0] * 100 > total, "\(ending)")
    }
  }

  @Test("no part of policies is idle")
  func share() {
    var changed: [String: Int] = [:]
    for seed in 1...Self.worlds {
      var random = RandomWorld(seed: seed, engine: .calico)
      let evaluator = ReferenceEvaluator(random.world)
      let flows = random.nextFlows(10).map { ($0, evaluator.verdict($0)) }
      for (name, change) in Self.parts {
        var world = random.world
        change(&world)
        if world == random.world { continue }
        let other = ReferenceEvaluator(world)
        changed[name, default: 0] += flows.count { other.verdict($0.0) != $0.1 }
      }
    }
    print(changed.sorted { $0.key < $1.key })
    for (name, _) in Self.parts { #expect(changed[name, default: 0] > 0, "\(name)") }
  }

  private static let parts: [(String, @Sendable (inout ReferenceWorld) -> Void)] = [
    ("NetworkPolicies", { $0.policies = [] }),
    ("ClusterNetworkPolicies", { $0.clusterPolicies = [] }),
    ("labels of service accounts", { $0.serviceAccounts = [] }),
    ("NetworkSets", { $0.calico.sets.removeAll { $0.namespace != nil } }),
    ("GlobalNetworkSets", { $0.calico.sets.removeAll { $0.namespace == nil } }),
    ("order of tiers", { world in changeEach(&world.calico.tiers) { $0.order = nil } }),
    ("defaultAction", { world in changeEach(&world.calico.tiers) { $0.defaultAction = nil } }),
    ("tiers", { world in changeEach(&world.calico.policies) { $0.tier = nil } }),
    ("order of policies", { world in changeEach(&world.calico.policies) { $0.order = nil } }),
    ("names in ties", { world in changeEach(&world.calico.policies) { $0.name = "zz" + $0.name } }),
    ("staged policies", { world in changeEach(&world.calico.policies) { $0.isStaged = false } }),
    ("selector", { world in changeEach(&world.calico.policies) { $0.selector = nil } }),
    ("namespaceSelector", { world in changeEach(&world.calico.policies) { $0.namespaceSelector = nil } }),
    (
      "serviceAccountSelector",
      { world in changeEach(&world.calico.policies) { $0.serviceAccountSelector = nil } }
    ),
    ("types", { world in changeEach(&world.calico.policies) { $0.types = nil } }),
    ("Pass", { changeRules(&$0) { if $0.action == .pass { $0.action = .deny } } }),
    ("Log", { changeRules(&$0) { if $0.action == .log { $0.action = .deny } } }),
    ("ipVersion", { changeRules(&$0) { $0.ipVersion = nil } }),
    ("protocol", { changeRules(&$0) { $0.transport = nil } }),
    ("notProtocol", { changeRules(&$0) { $0.notTransport = nil } }),
    ("icmp", { changeRules(&$0) { $0.icmp = nil } }),
    ("notICMP", { changeRules(&$0) { $0.notICMP = nil } }),
    ("source ports", { changeRules(&$0) { ($0.source.ports, $0.source.notPorts) = ([], []) } }),
    ("ports", { changeEnds(&$0) { $0.ports = [] } }),
    ("notPorts", { changeEnds(&$0) { $0.notPorts = [] } }),
    ("nets", { changeEnds(&$0) { $0.nets = [] } }),
    ("notNets", { changeEnds(&$0) { $0.notNets = [] } }),
    ("selector of an end", { changeEnds(&$0) { $0.selector = nil } }),
    ("notSelector", { changeEnds(&$0) { $0.notSelector = nil } }),
    ("namespaceSelector of an end", { changeEnds(&$0) { $0.namespaceSelector = nil } }),
    ("global()", { changeEnds(&$0) { if $0.namespaceSelector == .global { $0.namespaceSelector = nil } } }),
    ("serviceAccounts", { changeEnds(&$0) { $0.serviceAccounts = nil } }),
    (
      "own end",
      { world in
        changeEach(&world.calico.policies) { policy in
          for index in (policy.ingress ?? []).indices { policy.ingress?[index].destination = .init() }
          for index in (policy.egress ?? []).indices { policy.egress?[index].source = .init() }
        }
      }
    ),
  ]

  private static func changeEach<Item>(_ items: inout [Item], _ change: (inout Item) -> Void) {
    for index in items.indices { change(&items[index]) }
  }

  private static func changeRules(_ world: inout ReferenceWorld, _ change: (inout Calico.Rule) -> Void) {
    changeEach(&world.calico.policies) { policy in
      for index in (policy.ingress ?? []).indices {
        if var rule = policy.ingress?[index] {
          change(&rule)
          policy.ingress?[index] = rule
        }
      }
      for index in (policy.egress ?? []).indices {
        if var rule = policy.egress?[index] {
          change(&rule)
          policy.egress?[index] = rule
        }
      }
    }
  }

  private static func changeEnds(_ world: inout ReferenceWorld, _ change: (inout Calico.Entity) -> Void) {
    changeRules(&world) {
      change(&$0.source)
      change(&$0.destination)
    }
  }
}
