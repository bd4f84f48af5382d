import Testing

@testable import RandomWorlds

/// The reference against vectors of SEMANTICS §4, worked out by hand.
@Suite("Reference: Cilium")
struct ReferenceCiliumTests {
  typealias Policy = ReferenceCiliumPolicy
  typealias Rule = ReferenceCiliumPolicy.Rule

  private static let port80 = [Policy.PortRule(ports: [.init(transport: .tcp, port: .number(80))])]
  private static let outsideBlock = ReferenceBlock(around: .v4(203, 0, 113, 5), prefix: 24)

  /// Verdicts about shop/web, on n1, as first letters: from shop/db, data/web, n1, n2 and outside.
  private func letters(_ set: Policy.RuleSet..., namespace: String? = "shop") -> String {
    var fixture = ReferenceFixture()
    fixture.world.engine = .cilium
    fixture.world.cilium.policies = [Policy(namespace: namespace, name: "p", specs: set)]
    return [.db, .other, .n1, .n2, .outside].map { letter(overall($0, .web, fixture.world)) }.joined()
  }

  private func overall(
    _ source: ReferenceFlow.End, _ destination: ReferenceFlow.End, _ world: ReferenceWorld
  ) -> ReferenceVerdict.Outcome? {
    let flow = ReferenceFlow(source: source, destination: destination, transport: .tcp, port: 80)
    return ReferenceEvaluator(world).verdict(flow)?.overall
  }

  private func letter(_ outcome: ReferenceVerdict.Outcome?) -> String {
    switch outcome {
    case .allowed: "A"
    case .denied: "D"
    case .undefined: "U"
    case nil: "?"
    }
  }

  private func ingress(_ rules: Rule..., denying: [Rule]? = nil, closes: Bool? = nil) -> Policy.RuleSet {
    Policy.RuleSet(
      subject: .endpoints(.init()), ingress: rules.isEmpty ? nil : rules, ingressDeny: denying,
      enableDefaultDeny: closes.map { Policy.DefaultDeny(ingress: $0) })
  }

  @Test("empty and absent (§4.3); the own host is allowed last")
  func empty() {
    #expect(letters(ingress(Rule())) == "DDADD")
    #expect(letters(ingress(Rule(toPorts: Self.port80))) == "AAAAA")
    #expect(letters(ingress(Rule(peers: .endpoints([.init()])))) == "ADADD")
    #expect(letters(ingress(Rule(peers: .endpoints([.init()]))), namespace: nil) == "AAADD")
    #expect(letters(ingress(Rule(peers: .endpoints([]), toPorts: Self.port80))) == "DDADD")
    #expect(letters(ingress(Rule(peers: .entities([.all]), toPorts: []))) == "AAAAA")
    #expect(letters(ingress(Rule(peers: .entities([.all]), toPorts: [.init()]))) == "DDADD")
    #expect(letters(ingress(denying: [Rule()])) == "DDADD")
    #expect(letters(ingress(denying: [Rule()], closes: false)) == "AAAAA")
    #expect(letters(ingress(denying: [Rule(toPorts: Self.port80)], closes: false)) == "DDDDD")
  }

  @Test(
    "entities (§4.4)",
    arguments: [
      ("all", "AAAAA"), ("world", "DDADA"), ("cluster", "AAAAD"), ("host", "DDADD"), ("remote-node", "DDAAD"),
      ("kube-apiserver", "DDADD"), ("none", "DDADD"),
    ])
  func entities(_ name: String, _ expected: String) throws {
    let entity = try #require(Policy.Entity(rawValue: name))
    #expect(letters(ingress(Rule(peers: .entities([entity])))) == expected)
  }

  @Test("blocks match what is outside only (§4.5)")
  func blocks() {
    let all = ReferenceBlock(around: .v4(0, 0, 0, 0), prefix: 0)
    let hole = Policy.CIDRSet(source: .block(all), except: [Self.outsideBlock])
    let whole = Policy.CIDRSet(source: .block(Self.outsideBlock), except: nil)
    #expect(letters(ingress(Rule(peers: .cidrs([all])))) == "DDADA")
    #expect(letters(ingress(Rule(peers: .cidrSets([hole])))) == "DDADD")
    #expect(letters(ingress(Rule(peers: .cidrSets([hole, whole])))) == "DDADA")
    #expect(letters(ingress(denying: [Rule(peers: .cidrs([all]))], closes: false)) == "AAAAD")
  }

  @Test("deny beats allow, and closes nothing else (§4.6)")
  func denial() {
    let all = Rule(peers: .entities([.all]))
    let own = Rule(peers: .endpoints([.init()]))
    #expect(letters(ingress(all, denying: [own])) == "DAAAA")
    #expect(
      letters(ingress(denying: [Rule(peers: .entities([.host]))], closes: false), ingress(own)) == "ADDDD")
    #expect(letters(ingress(own, closes: false)) == "AAAAA")
    #expect(letters(ingress(own, closes: false), ingress(Rule())) == "ADADD")
  }

  @Test("only negative terms about namespaces match nodes, too (§4.2)")
  func overSelection() {
    let key = "k8s:io.kubernetes.pod.namespace"
    var selector = Policy.Selector(matchExpressions: [
      .init(key: key, operation: .notIn, values: ["data"])
    ])
    #expect(letters(ingress(Rule(peers: .endpoints([selector])))) == "ADAAD")
    selector.matchExpressions?.append(.init(key: key, operation: .exists))
    #expect(letters(ingress(Rule(peers: .endpoints([selector])))) == "ADADD")
  }

  @Test(
    "patterns of names (§4.7)",
    arguments: [
      ("*.cilium.io", "a.cilium.io", true), ("*.cilium.io", "cilium.io", false),
      ("*.cilium.io", "a.b.cilium.io", false), ("*cilium.io", "subcilium.io", true),
      ("*cilium.io", "www.cilium.io", false), ("**.cilium.io", "a.b.cilium.io", true),
      ("**.cilium.io", "cilium.io", false), ("*.*.svc.cluster.local", "a.b.svc.cluster.local", true),
      ("*.*.svc.cluster.local", "x.a.b.svc.cluster.local", false), ("sub*.cilium.io", "sub.cilium.io", true),
      ("a.**.io", "a.b.io", true), ("a.**.io", "a.b.c.io", false), ("*", "a.b", true),
    ])
  func names(_ pattern: String, _ name: String, _ isMatch: Bool) {
    var fixture = ReferenceFixture()
    fixture.world.engine = .cilium
    let rule = Rule(peers: .names([.pattern(pattern)]))
    fixture.world.cilium.policies = [
      Policy(namespace: "shop", name: "p", spec: .init(subject: .endpoints(.init()), egress: [rule]))
    ]
    #expect(overall(.web, .domain(name), fixture.world) == (isMatch ? .allowed : .denied))
  }

  @Test("a Baseline Accept reopens what is closed by default, but not what a rule denies (§2.4)")
  func baseline() {
    func overall(_ set: Policy.RuleSet) -> ReferenceVerdict.Outcome? {
      var fixture = ReferenceFixture()
      fixture.world.engine = .cilium
      fixture.world.cilium.policies = [Policy(namespace: "shop", name: "p", spec: set)]
      let rule = ReferenceClusterPolicy.Rule(action: .accept, peers: [.pods(ReferenceClusterPolicy.everyPod)])
      fixture.world.clusterPolicies = [
        ReferenceClusterPolicy(
          name: "base", tier: .baseline, subject: ReferenceClusterPolicy.everyPod, ingress: [rule])
      ]
      return self.overall(.other, .web, fixture.world)
    }
    #expect(overall(ingress(Rule())) == .allowed)
    #expect(overall(ingress(denying: [Rule(peers: .entities([.cluster]))])) == .denied)
  }
}
