import Testing

@testable import RandomWorlds

@Suite("Reference: Calico")
struct ReferenceCalicoTests {
  private typealias Calico = ReferenceCalico

  /// The shop under policies that concern the ingress of all pods of `shop`.
  private func world(
    _ policies: Calico.Policy..., kubernetes: [ReferencePolicy] = [],
    change: (inout Calico) -> Void = { _ in }
  ) -> ReferenceFixture {
    var fixture = ReferenceFixture()
    fixture.world.engine = .calico
    fixture.world.policies = kubernetes
    fixture.world.calico.policies = policies
    change(&fixture.world.calico)
    return fixture
  }

  private func ingress(
    _ name: String, _ actions: Calico.Rule.Action..., order: Double? = nil, tier: String? = nil
  ) -> Calico.Policy {
    Calico.Policy(
      namespace: "shop", name: name, tier: tier, order: order, types: [.ingress],
      ingress: actions.map { Calico.Rule(action: $0) })
  }

  private func outcome(_ fixture: ReferenceFixture) -> ReferenceVerdict.Outcome? {
    let flow = ReferenceFlow(source: .web, destination: .db, transport: .tcp, port: 80)
    return ReferenceEvaluator(fixture.world).verdict(flow)?.overall
  }

  @Test("policies by order, nil last; of one order by name")
  func orders() {
    #expect(outcome(world(ingress("a", .deny), ingress("b", .allow, order: 5))) == .allowed)
    #expect(outcome(world(ingress("b", .deny), ingress("a", .allow))) == .allowed)
    #expect(outcome(world(ingress("a", .log, .pass))) == .allowed)
    #expect(outcome(world(ingress("a", .log))) == .denied)
  }

  @Test("tiers by order; their end denies or passes")
  func tiers() {
    let first = Calico.Tier(name: "t", order: 1)
    #expect(
      outcome(world(ingress("a", tier: "t"), ingress("b", .allow)) { $0.tiers = [first] }) == .denied)
    #expect(
      outcome(
        world(ingress("a", tier: "t"), ingress("b", .allow)) {
          $0.tiers = [Calico.Tier(name: "t", order: 1, defaultAction: .pass)]
        }) == .allowed)
  }

  @Test("a NetworkPolicy has order 1000 in the tier default")
  func kubernetes() {
    let closed = [ReferencePolicy.ingress()]
    #expect(outcome(world(ingress("a", .allow, order: 2000), kubernetes: closed)) == .allowed)
    #expect(outcome(world(kubernetes: closed)) == .denied)
    let open = [ReferencePolicy.ingress(.peers())]
    #expect(outcome(world(ingress("a", .deny, order: 999), kubernetes: open)) == .denied)
    #expect(outcome(world(ingress("a", .deny, order: 1001), kubernetes: open)) == .allowed)
  }

  @Test("types that are left out follow from the rules")
  func types() {
    let rule = [Calico.Rule(action: .allow)]
    #expect(Calico.Policy(name: "p").effectiveTypes == [.ingress])
    #expect(Calico.Policy(name: "p", egress: rule).effectiveTypes == [.egress])
    #expect(Calico.Policy(name: "p", ingress: rule, egress: rule).effectiveTypes == [.ingress, .egress])
  }

  @Test("selectors stand for pods and for the addresses of sets")
  func sets() {
    var policy = ingress("a", .allow)
    policy.ingress?[0].source.selector = .label("app", .equals("partner"))
    let set = Calico.NetworkSet(
      namespace: "shop", name: "s", labels: ["app": "partner"],
      nets: [ReferenceBlock(around: .v4(10, 1, 0, 1), prefix: 32)])
    #expect(outcome(world(policy)) == .denied)
    #expect(outcome(world(policy) { $0.sets = [set] }) == .allowed)
    policy.namespace = nil
    policy.ingress?[0].source.namespaceSelector = .global
    #expect(outcome(world(policy) { $0.sets = [set] }) == .denied)
  }

  @Test(
    "selectors",
    arguments: [
      (.label("a", .equals("x")), "a == 'x'", true), (.label("b", .notEquals("x")), "b != 'x'", true),
      (.label("b", .isIn(["x"])), "b in {'x'}", false), (.label("b", .isNotIn([])), "b not in {}", true),
      (.label("a", .contains("")), "a contains ''", true),
      (.label("b", .startsWith("")), "b starts with ''", false),
      (.not(.label("a", .endsWith("y"))), "!a ends with 'y'", true),
      (.not(.not(.has("b"))), "!!has(b)", false),
      (.anyOf([.all, .allOf([.has("b"), .has("a")])]), "all() || has(b) && has(a)", true),
      (.allOf([.anyOf([.has("a"), .has("b")]), .has("b")]), "(has(a) || has(b)) && has(b)", false),
      (.not(.anyOf([.has("a"), .has("b")])), "!(has(a) || has(b))", false),
    ] as [(ReferenceCalicoSelector, String, Bool)])
  func selectors(_ selector: ReferenceCalicoSelector, _ text: String, _ isMatch: Bool) {
    #expect(selector.text(spelling: 0) == text)
    #expect(selector.matches(["a": "x"]) == isMatch)
  }

  @Test("objects are written in Calico's words")
  func manifests() {
    var policy = ingress("a", .deny, order: 1.5)
    policy.ingress?[0].transport = Calico.ProtocolName(transport: .tcp)
    policy.ingress?[0].destination.ports = [.numbers(start: 80, end: 90), .name("http")]
    policy.ingress?[0].source.namespaceSelector = .global
    let calico = Calico(
      tiers: [Calico.Tier(name: "t", defaultAction: .pass)], policies: [policy],
      sets: [Calico.NetworkSet(name: "s")])
    let text = calico.manifests.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n---\n")
    #expect(
      text == """
        apiVersion: projectcalico.org/v3
        kind: Tier
        metadata:
          name: t
        spec:
          defaultAction: Pass
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkSet
        metadata:
          name: s
        spec: {}
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata:
          name: a
          namespace: shop
        spec:
          order: 1.5
          types:
            - Ingress
          ingress:
            - action: Deny
              protocol: TCP
              source:
                namespaceSelector: "global()"
              destination:
                ports:
                  - "80:90"
                  - http
        """)
  }
}
