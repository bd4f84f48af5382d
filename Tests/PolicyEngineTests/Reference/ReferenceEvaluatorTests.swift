import Testing

@testable import RandomWorlds

@Suite("Reference: §1.3 matching")
struct ReferenceMatchingTests {
  typealias Policy = ReferencePolicy

  @Test(
    "selector operators: NotIn matches an absent key; bytes are compared; empty is everything",
    arguments: [
      (Policy.Requirement(key: "app", operation: .isIn, values: ["web", "x"]), true),
      (Policy.Requirement(key: "app", operation: .isIn, values: ["Web"]), false),
      (Policy.Requirement(key: "gone", operation: .isIn, values: [""]), false),
      (Policy.Requirement(key: "app", operation: .notIn, values: ["web"]), false),
      (Policy.Requirement(key: "gone", operation: .notIn, values: ["web"]), true),
      (Policy.Requirement(key: "app", operation: .exists), true),
      (Policy.Requirement(key: "gone", operation: .exists, values: []), false),
      (Policy.Requirement(key: "gone", operation: .doesNotExist), true),
      (Policy.Requirement(key: "app", operation: .doesNotExist), false),
    ])
  func operators(_ requirement: Policy.Requirement, _ expected: Bool) {
    let labels = ["app": "web"]
    #expect(ReferenceEvaluator.matches(.init(matchExpressions: [requirement]), labels) == expected)
    #expect(ReferenceEvaluator.matches(.init(), labels))
    #expect(!ReferenceEvaluator.matches(.init(matchLabels: ["app": "web", "b": ""]), labels))
  }

  @Test("podSelector alone: pods of the policy's namespace only")
  func podSelector() {
    let fixture = ReferenceFixture(.ingress(.peers(.pods(["app": "web"]))))
    #expect(fixture.overall(.web, .db) == .allowed)
    #expect(fixture.overall(.db, .web) == .denied)
    #expect(fixture.overall(.other, .db) == .denied)
    #expect(fixture.overall(.outside, .db) == .denied)
    #expect(ReferenceFixture(.ingress(.peers(.pods([:])))).overall(.db, .web) == .allowed)
  }

  @Test("namespaceSelector alone: all pods of matching namespaces, by label or immutable name")
  func namespaceSelector() {
    for labels in [["team": "a"], ["kubernetes.io/metadata.name": "data"]] {
      let fixture = ReferenceFixture(.ingress(.peers(.namespaces(labels))))
      #expect(fixture.overall(.other, .db) == .allowed)
      #expect(fixture.overall(.web, .db) == .denied)
    }
    let everywhere = ReferenceFixture(.ingress(.peers(.namespaces([:]))))
    #expect(everywhere.overall(.other, .db) == .allowed)
    #expect(everywhere.overall(.outside, .db) == .denied)
    #expect(everywhere.overall(.n1, .db) == .denied)
  }

  @Test("both selectors in one entry: AND; two entries: OR")
  func andOr() {
    var both = Policy.Peer.namespaces(["team": "a"])
    both.podSelector = .init(matchLabels: ["app": "db"])
    #expect(ReferenceFixture(.ingress(.peers(both))).overall(.other, .db) == .denied)
    let either = ReferenceFixture(.ingress(.peers(.namespaces(["team": "a"]), .pods(["app": "db"]))))
    #expect(either.overall(.other, .db) == .allowed)
  }

  @Test("ipBlock: in the block and in no except of the same entry; pods and nodes match too")
  func ipBlock() {
    let hole = ReferenceBlock(around: .v4(10, 1, 0, 2), prefix: 31)
    let fixture = ReferenceFixture(.egress(.peers(.block(.v4(10, 0, 0, 0), 8, except: hole))))
    #expect(fixture.overall(.web, .other) == .denied)
    #expect(fixture.overall(.web, .address(.v4(10, 1, 0, 4))) == .allowed)
    #expect(fixture.overall(.web, .outside) == .denied)
    let node = ReferenceFixture(.egress(.peers(.block(.v4(192, 168, 0, 2), 32))))
    #expect(node.overall(.web, .n2) == .allowed)
  }

  @Test("except is not a deny: another entry may allow the hole")
  func exceptIsNoDeny() {
    let hole = ReferenceBlock(around: .v4(203, 0, 113, 5), prefix: 32)
    let fixture = ReferenceFixture(
      .egress(.peers(.block(.v4(0, 0, 0, 0), 0, except: hole), .block(.v4(203, 0, 113, 0), 24))))
    #expect(fixture.overall(.web, .outside) == .allowed)
  }

  @Test("port entry: protocol equal, and no port, the number, the range or the name")
  func ports() {
    func check(_ port: Policy.Port, _ transport: ReferenceProtocol, _ number: Int) -> Bool {
      ReferenceFixture(.ingress(.ports(port))).overall(.web, .db, transport, number) == .allowed
    }
    #expect(check(.init(), .tcp, 9999))
    #expect(!check(.init(), .udp, 9999))
    #expect(!check(.init(), .sctp, 9999))
    #expect(check(.init(transport: .sctp), .sctp, 1))
    #expect(check(.init(port: .number(80)), .tcp, 80))
    #expect(!check(.init(port: .number(80)), .tcp, 81))
    #expect(check(.init(port: .number(80), endPort: 82), .tcp, 82))
    #expect(!check(.init(port: .number(80), endPort: 82), .tcp, 83))
    #expect(!check(.init(port: .number(80), endPort: 82), .tcp, 79))
    #expect(check(.init(port: .name("http")), .tcp, 8080))
    #expect(!check(.init(port: .name("http")), .tcp, 80))
    #expect(!check(.init(transport: .udp, port: .name("http")), .udp, 8080))
    #expect(check(.init(transport: .udp, port: .name("dns")), .udp, 53))
    #expect(!check(.init(port: .name("nobody")), .tcp, 8080))
  }

  @Test("a named port is looked up on the destination pod, never outside")
  func namedPortDestination() {
    let egress = ReferenceFixture(.egress(.ports(.init(port: .name("http")))))
    let renamed = egress.with("shop", "db") { $0.containers[0].ports[0].number = 9090 }
    #expect(renamed.overall(.web, .db, .tcp, 9090) == .allowed)
    #expect(renamed.overall(.web, .db, .tcp, 8080) == .denied)
    #expect(renamed.overall(.web, .outside, .tcp, 8080) == .denied)
    #expect(renamed.overall(.web, .n2, .tcp, 8080) == .denied)
  }

  @Test("peers AND ports within a rule; rules are never merged")
  func rulesAreNotMerged() {
    var first = Policy.Rule.peers(.pods(["app": "web"]))
    first.ports = [.init(port: .number(80))]
    var second = Policy.Rule.peers(.namespaces(["team": "a"]))
    second.ports = [.init(port: .number(443))]
    let fixture = ReferenceFixture(.ingress(first, second))
    #expect(fixture.overall(.web, .db, .tcp, 80) == .allowed)
    #expect(fixture.overall(.web, .db, .tcp, 443) == .denied)
    #expect(fixture.overall(.other, .db, .tcp, 443) == .allowed)
  }
}

@Suite("Reference: §1.5 empty and absent")
struct ReferenceEmptyTests {
  typealias Policy = ReferencePolicy

  /// The verdicts of outside -> shop/db and shop/db -> outside.
  private func openness(_ policy: Policy) -> [ReferenceVerdict.Outcome?] {
    let fixture = ReferenceFixture(policy)
    return [fixture.overall(.outside, .db), fixture.overall(.db, .outside)]
  }

  @Test("spec: {} closes ingress of the namespace, and of no other")
  func emptySpec() {
    let policy = Policy(namespace: "shop", name: "p")
    #expect(openness(policy) == [.denied, .allowed])
    #expect(ReferenceFixture(policy).overall(.outside, .other) == .allowed)
    #expect(openness(Policy(namespace: "shop", name: "p", podSelector: .init())) == [.denied, .allowed])
    let picky = Policy(namespace: "shop", name: "p", podSelector: .init(matchLabels: ["app": "web"]))
    #expect(openness(picky) == [.allowed, .allowed])
  }

  @Test("policyTypes are defaulted when absent or empty: Egress iff there is an egress rule")
  func defaultedTypes() {
    for types in [nil, []] as [[Policy.Direction]?] {
      var policy = Policy(namespace: "shop", name: "p", policyTypes: types, egress: [])
      #expect(openness(policy) == [.denied, .allowed])
      policy.egress = [.peers(.pods([:]))]
      #expect(openness(policy) == [.denied, .denied])
    }
  }

  @Test("policyTypes: [Egress] without egress closes egress only")
  func egressOnly() {
    #expect(openness(Policy(namespace: "shop", name: "p", policyTypes: [.egress])) == [.allowed, .denied])
  }

  @Test("rules of a direction that is not listed are inert")
  func unlistedDirection() {
    let policy = Policy(
      namespace: "shop", name: "p", policyTypes: [.egress], ingress: [.peers(.pods([:]))], egress: [])
    #expect(openness(policy) == [.allowed, .denied])
  }

  @Test("ingress absent or []: closed; [{}]: open; from absent or []: any source; ports []: any port")
  func lists() {
    for rules in [nil, []] as [[Policy.Rule]?] {
      #expect(
        openness(Policy(namespace: "shop", name: "p", policyTypes: [.ingress], ingress: rules))
          == [.denied, .allowed])
    }
    for rule in [
      Policy.Rule(), Policy.Rule(peers: []), Policy.Rule(ports: []), Policy.Rule(peers: [], ports: []),
    ] {
      #expect(ReferenceFixture(.ingress(rule)).overall(.outside, .db, .sctp, 9) == .allowed)
    }
  }
}
