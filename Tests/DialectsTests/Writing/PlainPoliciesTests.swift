import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("Policies taken apart")
struct PlainPoliciesTests {
  private static func label(_ key: String, _ test: AttributeRequirement.Test) -> LabelExpression {
    .attribute(.label(key), test)
  }

  /// A policy of these pods with these rules, taken apart.
  private static func taken(
    _ subject: LabelExpression = .everything, namespaces: NamespaceScope = .all, _ rules: Rule...,
    stage: PlainPolicy.Stage = .normal
  ) -> PlainPolicies {
    var plain = PlainPolicies()
    plain.add(
      Policy(
        identity: PolicyIdentity(kind: "Policy", name: "p"), location: .nowhere,
        subject: .endpoints(EndpointSelector(namespaces: namespaces, pods: subject)),
        subjectLocation: .nowhere,
        isolates: [.ingress], rules: rules, rank: 5), stage: stage)
    return plain
  }

  private static func rule(
    _ action: RuleAction = .allow, _ peers: [PeerCondition] = [], traffic: Traffic = .any,
    source: Traffic = .any, checks: [String] = [], subject: [PeerCondition] = []
  ) -> Rule {
    func ends(_ conditions: [PeerCondition]) -> Peers {
      conditions.isEmpty ? .anyone : .anyOf(conditions.map { Peer($0, location: .nowhere) })
    }
    return Rule(
      direction: .ingress, action: action, path: "", subject: ends(subject), peers: ends(peers),
      traffic: traffic, sourcePorts: source, applicationRules: checks, location: .nowhere)
  }

  private static func ports(
    _ ports: PortMatch.Ports, except: PortMatch.Ports...
  ) -> Traffic { .anyOf([.ports(PortMatch(.tcp, ports, except: except, location: .nowhere))]) }

  private static func pods(_ expression: LabelExpression) -> PeerCondition {
    .endpoints(EndpointSelector(namespaces: .all, pods: expression))
  }

  private static func block(_ cidr: String) -> PeerCondition { .addresses(AddressBlock(cidr: .read(cidr))) }

  @Test(
    "a subject is one policy for each alternative of what it asks, with as little as says it",
    arguments: [
      (label("a", .isIn(["x"])), ["pods with a=x in all namespaces"]),
      (
        .any([label("a", .isIn(["x"])), label("b", .exists)]),
        ["pods with a=x in all namespaces", "pods with b in all namespaces"]
      ),
      (
        .not(.all([label("a", .isIn(["x"])), label("b", .exists)])),
        ["pods with a!=x in all namespaces", "pods with !b in all namespaces"]
      ),
      (
        .all([label("a", .isIn(["x", "y"])), label("a", .isNotIn(["y"]))]),
        ["pods with a=x in all namespaces"]
      ),
      (.all([label("a", .isIn(["x"])), label("a", .doesNotExist)]), []),
      (
        .all([label("a", .exists), label("a", .contains("x"))]),
        ["pods with a contains \"x\" in all namespaces"]
      ),
      (.not(label("a", .startsWith("x"))), ["pods with not (a starts with \"x\") in all namespaces"]),
      (
        .any([label("a", .exists), .all([label("a", .exists), label("b", .exists)])]),
        ["pods with a in all namespaces"]
      ),
      (label("a", .isIn(["no label value"])), []),
      (label("not a key", .doesNotExist), ["all pods in all namespaces"]),
      (.attribute(.hostNetwork, .doesNotExist), ["all pods in all namespaces"]),
      (.attribute(.hostNetwork, .exists), []),
      (.attribute(.unseenLabel("a"), .isIn(["x"])), []),
      (.attribute(.namespaceLabel(Namespace.nameLabel), .isIn(["b", "a"])), ["all pods in namespaces a, b"]),
      (.attribute(.namespaceLabel("team"), .exists), ["all pods in namespaces with team"]),
    ])
  func subjects(expression: LabelExpression, subjects: [String]) {
    let plain = Self.taken(expression)
    #expect(plain.policies.map(\.subject.description) == subjects)
    #expect(plain.losses.isEmpty)
  }

  @Test(
    "peers are simple ones",
    arguments: [
      ([], "anyone"),
      ([.all([])], "anyone"),
      ([.any([block("10.0.0.0/8"), .outside])], "10.0.0.0/8 | everything outside the cluster"),
      ([.all([block("10.0.0.0/8"), .not(block("10.0.0.0/9"))])], "10.128.0.0/9"),
      ([.all([block("10.0.0.0/8"), .family(.ipv6)]), .apiServer], "the API server"),
      (
        [.all([pods(label("a", .exists)), .not(pods(label("b", .exists)))])],
        "pods with a,!b in all namespaces"
      ),
      ([.all([pods(label("a", .exists)), .outside]), .special("health")], "entity health"),
      ([.all([.nodes(.all, .own), .nodes(.all, .anywhere)])], "the pod's own node"),
      ([.not(block("0.0.0.0/0"))], "::/0"),
    ] as [([PeerCondition], String)])
  func peers(conditions: [PeerCondition], text: String) {
    let plain = Self.taken(.everything, Self.rule(.allow, conditions))
    let words = plain.policies.first?.rules.map { rule in
      switch rule.peers {
      case .anyone: "anyone"
      case .anyOf(let peers): peers.map(\.description).joined(separator: " | ")
      }
    }
    #expect(words == [text])
    #expect(plain.losses.isEmpty)
  }

  @Test(
    "what has no plain form is a loss",
    arguments: [
      (rule(.log), "log nothing", 0),
      (rule(.allow, source: ports(.range(1...9))), "source-ports narrows", 0),
      (rule(.deny, source: ports(.range(1...9))), "source-ports widens", 0),
      (rule(.allow, checks: ["HTTP GET /"]), "application-rules widens", 1),
      (rule(.allow, traffic: ports(.all, except: .named("http"))), "port-exceptions narrows", 0),
      (rule(.deny, [.all([pods(.everything), block("10.0.0.0/8")])]), "peer-combination widens", 0),
      (rule(.allow, [.not(pods(.everything))]), "peer-combination narrows", 0),
      (rule(.allow, [.nodes(.named(["n1"]), .anywhere)]), "node-names narrows", 0),
      (rule(.allow, subject: [block("10.0.0.0/8")]), "rule-subject narrows", 0),
    ] as [(Rule, String, Int)])
  func losses(rule: Rule, loss: String, rules: Int) {
    let plain = Self.taken(.everything, rule)
    #expect(plain.losses.map { "\($0.name.rawValue) \($0.effect.words)" } == [loss])
    #expect(plain.policies.map(\.rules.count) == [rules])
  }

  @Test("exceptions of ports are folded into ranges")
  func exceptions() {
    let plain = Self.taken(
      .everything, Self.rule(.allow, traffic: Self.ports(.range(80...90), except: .range(85...85))))
    #expect(plain.policies.first?.rules.first?.traffic.description == "TCP 80-84, TCP 86-90")
  }

  @Test("a rule about a part of the subject is a policy of that part")
  func ruleSubject() {
    let part = Self.rule(.allow, subject: [Self.pods(Self.label("b", .exists))])
    let plain = Self.taken(Self.label("a", .exists), part, Self.rule(.deny))
    #expect(
      plain.policies.map { "\($0.subject); \($0.rules.map(\.action.rawValue)); closes \($0.isolates.count)" }
        == [
          "pods with a in all namespaces; [\"deny\"]; closes 1",
          "pods with a,b in all namespaces; [\"allow\"]; closes 0",
        ])
    let ordered = Self.taken(Self.label("a", .exists), part, Self.rule(.deny), stage: .admin)
    #expect(ordered.losses.map(\.name.rawValue) == ["rule-subject"])
    #expect(ordered.policies.map(\.rank) == [5])
  }

  @Test("a condition with too many alternatives is lost whole")
  func limit() {
    let pair = { (index: Int) in
      LabelExpression.any([Self.label("a\(index)", .exists), Self.label("b\(index)", .exists)])
    }
    let plain = Self.taken(.all((0..<8).map(pair)))
    #expect(plain.policies.isEmpty)
    #expect(plain.losses.map(\.name.rawValue) == ["too-many-alternatives"])
  }

  @Test("nodes as a subject are left out")
  func nodes() {
    var plain = PlainPolicies()
    plain.add(
      Policy(
        identity: PolicyIdentity(kind: "Policy", name: "p"), location: .nowhere, subject: .nodes(.all),
        entities: ["init"], subjectLocation: .nowhere, isolates: [.ingress], rules: []), stage: .normal)
    #expect(plain.policies.isEmpty)
    #expect(plain.losses.map(\.name.rawValue) == ["node-subject", "entity-subject"])
  }
}
