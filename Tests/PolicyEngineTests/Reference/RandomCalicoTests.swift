import Testing

@testable import RandomWorlds

@Suite("Reference: random worlds of Calico")
struct RandomCalicoTests {
  private typealias Calico = ReferenceCalico
  private static let worlds: UInt64 = 100

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

  @Test("flows have every verdict and every ending; every criterion decides")
  func mixture() {
    var outcomes: [ReferenceVerdict.Outcome: Int] = [:]
    var endings: [ReferenceEvaluator.CalicoEnding: Int] = [:]
    var criteria: [String: Int] = [:]
    var total = 0
    for seed in 1...Self.worlds {
      var random = RandomWorld(seed: seed, engine: .calico)
      let evaluator = ReferenceEvaluator(random.world)
      for flow in random.nextFlows(8) {
        guard let answer = evaluator.calicoAnswer(flow) else { continue }
        total += 1
        outcomes[answer.verdict.overall, default: 0] += 1
        for ending in answer.endings { endings[ending, default: 0] += 1 }
        let rules = answer.rules.map { place in
          random.world.calico.policies[place.policy].rules(place.direction)[place.rule]
        }
        for (name, isGiven) in Self.criteria where rules.contains(where: isGiven) {
          criteria[name, default: 0] += 1
        }
      }
    }
    for outcome in [ReferenceVerdict.Outcome.allowed, .denied, .undefined] {
      #expect(outcomes[outcome, default: 0] * 20 > total, "\(outcome)")
    }
    for ending in ReferenceEvaluator.CalicoEnding.allCases {
      #expect(endings[ending, default: 0] * 100 > total, "\(ending)")
    }
    for (name, _) in Self.criteria { #expect(criteria[name, default: 0] > 0, "\(name)") }
  }

  /// What rules ask for.
  private static let criteria: [(String, @Sendable (Calico.Rule) -> Bool)] = [
    ("Allow", { $0.action == .allow }),
    ("Deny", { $0.action == .deny }),
    ("ipVersion", { $0.ipVersion != nil }),
    ("protocol", { $0.transport != nil }),
    ("notProtocol", { $0.notTransport != nil }),
    ("icmp", { $0.icmp != nil }),
    ("notICMP", { $0.notICMP != nil }),
    ("source ports", { !$0.source.ports.isEmpty }),
    ("source notPorts", { !$0.source.notPorts.isEmpty }),
    ("ports", { !$0.destination.ports.isEmpty }),
    ("notPorts", { !$0.destination.notPorts.isEmpty }),
    ("named ports", { $0.destination.ports.contains { if case .name = $0 { true } else { false } } }),
    ("nets", { hasEnd($0) { !$0.nets.isEmpty } }),
    ("notNets", { hasEnd($0) { !$0.notNets.isEmpty } }),
    ("selector", { hasEnd($0) { $0.selector != nil } }),
    ("notSelector", { hasEnd($0) { $0.notSelector != nil } }),
    ("namespaceSelector", { hasEnd($0) { $0.namespaceSelector != nil } }),
    ("global()", { hasEnd($0) { $0.namespaceSelector == .global } }),
    ("serviceAccounts", { hasEnd($0) { $0.serviceAccounts != nil } }),
    ("services", { hasEnd($0) { $0.service != nil } }),
  ]

  private static func hasEnd(_ rule: Calico.Rule, _ isMatch: (Calico.Entity) -> Bool) -> Bool {
    isMatch(rule.source) || isMatch(rule.destination)
  }
}
