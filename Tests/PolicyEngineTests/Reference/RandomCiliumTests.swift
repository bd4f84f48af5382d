import Testing

@testable import RandomWorlds

@Suite("Reference: random worlds of Cilium")
struct RandomCiliumTests {
  private typealias Ground = ReferenceCiliumEvaluator.Ground

  @Test("one seed, one world and one sequence of flows; every flow has a verdict")
  func sameSeed() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var first = RandomWorld(seed: seed, engine: .cilium)
      var second = RandomWorld(seed: seed, engine: .cilium)
      #expect(first.world == second.world)
      let flows = first.nextFlows(20)
      #expect(flows == second.nextFlows(20))
      let evaluator = ReferenceEvaluator(first.world)
      #expect(flows.allSatisfy { evaluator.verdict($0) != nil })
    }
  }

  @Test("verdicts are mixed, and every kind of rule and tier decides some")
  func mixture() throws {
    var outcomes: [ReferenceVerdict.Outcome: Int] = [:]
    var grounds: [Ground: Int] = [:]
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = RandomWorld(seed: seed, engine: .cilium)
      let evaluator = ReferenceCiliumEvaluator(ends: ReferenceEvaluator(random.world))
      for flow in random.nextFlows(10) {
        let answers = try #require(evaluator.answers(flow))
        let verdict = try #require(ReferenceCiliumEvaluator.verdict(over: answers))
        outcomes[verdict.overall, default: 0] += 1
        for ground in Set(answers.flatMap { [$0.egress, $0.ingress] }) { grounds[ground, default: 0] += 1 }
      }
    }
    #expect(outcomes[.allowed, default: 0] > 1_000)
    #expect(outcomes[.denied, default: 0] > 1_000)
    #expect(outcomes[.undefined, default: 0] > 100)
    for member in ReferenceCiliumPolicy.Member.allCases {
      #expect(grounds[.allowed(by: member), default: 0] >= 5, "allowed by \(member)")
      // No deny rule names domains.
      #expect(grounds[.denied(by: member), default: 0] >= 3 || member == .names, "denied by \(member)")
    }
    for ground in [
      Ground.notPoliced, .open, .closed, .ownHost, .networkPolicy, .admin(.accept), .admin(.deny),
      .baseline(.accept), .baseline(.deny),
    ] {
      #expect(grounds[ground, default: 0] >= 20, "\(ground)")
    }
  }
}
