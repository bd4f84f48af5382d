import Testing

@testable import RandomWorlds

@Suite("Reference: random worlds")
struct RandomWorldTests {
  @Test("one seed, one world and one sequence of flows; every flow has a verdict")
  func sameSeed() {
    for seed in 1...50 as ClosedRange<UInt64> {
      var first = RandomWorld(seed: seed)
      var second = RandomWorld(seed: seed)
      #expect(first.world == second.world)
      let flows = first.nextFlows(20)
      #expect(flows == second.nextFlows(20))
      let evaluator = ReferenceEvaluator(first.world)
      #expect(flows.allSatisfy { evaluator.verdict($0) != nil })
    }
  }

  @Test("verdicts are mixed")
  func mixture() {
    var counts: [ReferenceVerdict.Outcome: Int] = [:]
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = RandomWorld(seed: seed)
      let evaluator = ReferenceEvaluator(random.world)
      for flow in random.nextFlows(20) {
        guard let verdict = evaluator.verdict(flow) else { continue }
        counts[verdict.overall, default: 0] += 1
      }
    }
    #expect(counts[.allowed, default: 0] > 1_200)
    #expect(counts[.denied, default: 0] > 800)
    #expect(counts[.undefined, default: 0] > 400)
  }

  @Test("cluster policies, domain names and Services have their share")
  func share() {
    var changed = 0
    var ties = 0
    var domains = 0
    var services = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = RandomWorld(seed: seed)
      var without = random.world
      without.clusterPolicies = []
      let (evaluator, other) = (ReferenceEvaluator(random.world), ReferenceEvaluator(without))
      for flow in random.nextFlows(20) {
        let (verdict, before) = (evaluator.verdict(flow)?.overall, other.verdict(flow)?.overall)
        if verdict != before { changed += 1 }
        if verdict == .undefined, before != .undefined { ties += 1 }
        switch flow.destination {
        case .domain: domains += 1
        case .service: services += 1
        default: break
        }
      }
    }
    #expect(changed > 150)
    #expect(ties > 30)
    #expect(domains > 100)
    #expect(services > 50)
  }

  @Test("excepts are strictly smaller than their block")
  func legalBlocks() {
    for seed in 1...200 as ClosedRange<UInt64> {
      let rules = RandomWorld(seed: seed).world.policies.flatMap { ($0.ingress ?? []) + ($0.egress ?? []) }
      for block in rules.flatMap({ $0.peers ?? [] }).compactMap(\.ipBlock) {
        for except in block.except ?? [] {
          #expect(except.prefix > block.cidr.prefix)
          #expect(block.cidr.contains(except.first) && block.cidr.contains(except.last))
        }
      }
    }
  }

  @Test("shrinking keeps the failure and leaves nothing that can go")
  func shrinking() throws {
    /// By one end only, so that a policy denies it and not a lack of common addresses.
    func isDenied(_ world: ReferenceWorld, _ flow: ReferenceFlow) -> Bool {
      guard let verdict = ReferenceEvaluator(world).verdict(flow) else { return false }
      return verdict.overall == .denied && verdict.egress != verdict.ingress
    }
    var checked = 0
    for seed in 1...10 as ClosedRange<UInt64> {
      var random = RandomWorld(seed: seed)
      guard let flow = random.nextFlows(50).first(where: { isDenied(random.world, $0) }) else { continue }
      checked += 1
      let smallest = Shrink.smallest(random.world, flow, fails: isDenied)
      #expect(isDenied(smallest.world, smallest.flow))
      #expect(!Shrink.simplerCases(of: smallest).contains { isDenied($0.world, $0.flow) })
      #expect(smallest.world.policies.count + smallest.world.clusterPolicies.count == 1)
    }
    #expect(checked >= 5)
  }
}

@Suite("Reference: text")
struct ReferenceTextTests {
  @Test(
    "addresses are canonical",
    arguments: [
      (ReferenceAddress.v4(10, 1, 0, 3), "10.1.0.3"),
      (.v6(0x2001, 0xdb8, last: 5), "2001:db8::5"),
      (.v6(0, 0, last: 0), "::"),
      (.v6(0xfd00, 0, last: 0), "fd00::"),
    ])
  func addresses(_ address: ReferenceAddress, _ text: String) {
    #expect(address.description == text)
  }

  @Test("blocks are masked")
  func blocks() {
    #expect(ReferenceBlock(around: .v4(10, 1, 0, 3), prefix: 31).description == "10.1.0.2/31")
    #expect(ReferenceBlock(around: .v4(10, 1, 0, 3), prefix: 0).description == "0.0.0.0/0")
    #expect(ReferenceBlock(around: .v6(0xfd00, 0, last: 3), prefix: 0).description == "::/0")
    #expect(ReferenceBlock(around: .v6(0xfd00, 0, last: 3), prefix: 128).description == "fd00::3/128")
  }

  @Test("what YAML 1.1 could misread is quoted")
  func quoting() {
    for text in ["y", "on", "No", "1", "", "fd00::/8", "null"] {
      #expect(ReferenceYAML.quoted(text) == "\"\(text)\"")
    }
    #expect(ReferenceYAML.quoted("k8s.io/role") == "k8s.io/role")
  }

  @Test("flow lines name the kind where two objects share a name")
  func flowLines() {
    var world = ReferenceFixture().withTemplate().world
    let flow = ReferenceFlow(source: .web, destination: .api, transport: .tcp, port: 443)
    #expect(flow.line(in: world) == "shop/web -> shop/api tcp/443")
    world.workloads[0].name = "web"
    let end = ReferenceFlow.End.workload(kind: .deployment, namespace: "shop", name: "web")
    let same = ReferenceFlow(source: .web, destination: end, transport: .tcp, port: 443)
    #expect(same.line(in: world) == "shop/pod/web -> shop/deployment/web tcp/443")
    let outside = ReferenceFlow(source: .n1, destination: .outside, transport: .icmp, port: 8)
    #expect(outside.line(in: world) == "node/n1 -> 203.0.113.5 icmp/8")
    let itself = ReferenceFlow(source: .db, destination: .itself, transport: .udp, port: 53)
    #expect(itself.line(in: world) == "shop/db -> self udp/53")
  }

  @Test("absent fields are left out, or spelled null")
  func absentFields() {
    var policy = ReferencePolicy(namespace: "shop", name: "p", ingress: [.init()], egress: [])
    let spec = "spec:\n  ingress:\n    - {}\n  egress: []"
    #expect(policy.manifest.lines.joined(separator: "\n").hasSuffix(spec))
    policy.spellsNull = true
    let spelled =
      "spec:\n  podSelector: null\n  policyTypes: null\n  ingress:\n    - null\n  egress: []"
    #expect(policy.manifest.lines.joined(separator: "\n").hasSuffix(spelled))
  }
}
