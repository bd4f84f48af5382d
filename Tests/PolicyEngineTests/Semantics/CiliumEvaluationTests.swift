import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §4.6.
@Suite("Cilium: evaluation")
struct CiliumEvaluationTests {
  private static let ingressFromDB =
    "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}]}]}"

  @Test("directions are independent, and both ends must allow")
  func directions() throws {
    try WorldFixture.cilium(
      cnp("shop/p", Self.ingressFromDB),
      cnp("shop/q", "{endpointSelector: {matchLabels: {app: db}}, egress: [{toEntities: [world]}]}")
    ).expect(
      """
      shop/db -> shop/web tcp/80 denied denied allowed
      data/job -> shop/web tcp/80 denied allowed denied
      shop/web -> shop/db tcp/80 allowed
      shop/db -> 203.0.113.5 tcp/80 allowed
      """)
  }

  @Test("all protocols of an L3 rule, ICMP included")
  func l3Only() throws {
    try WorldFixture.cilium(cnp("shop/p", Self.ingressFromDB)).expect(
      "shop/db -> shop/web *", ["tcp/1", "udp/1", "sctp/1", "icmp/8", "gre"], "A A A A A")
  }

  // MARK: - Default deny

  @Test(
    "an endpoint is closed when some policy on it closes the direction",
    arguments: [
      (["ingress: [{fromEntities: [host]}]"], "D A"),
      (["ingressDeny: [{fromEntities: [host]}]"], "D A"),
      (["ingress: [{fromEntities: [host]}], enableDefaultDeny: {ingress: false}"], "A A"),
      (["egress: [{}]"], "A D"),
      (["egress: [{}], enableDefaultDeny: {egress: false}"], "A A"),
      (
        [
          "ingress: [{fromEntities: [host]}], enableDefaultDeny: {ingress: false}",
          "ingress: [{fromEntities: [health]}]",
        ], "D A"
      ),
      // Nothing of ingress is there that could close it.
      (["egress: [{toEntities: [all]}], enableDefaultDeny: {ingress: true}"], "A A"),
    ])
  func defaultDeny(_ policies: [String], _ letters: String) throws {
    let documents = policies.enumerated().map { index, fields in
      cnp("shop/p\(index)", "{endpointSelector: {matchLabels: {app: web}}, \(fields)}")
    }
    let fixture = WorldFixture.shop(documents, profile: .cilium)
    let words = letters.split(separator: " ").map(String.init)
    try fixture.expect("* -> shop/web tcp/80", ["shop/db"], words[0])
    try fixture.expect("shop/web -> * tcp/80", ["shop/db"], words[1])
  }

  @Test("without default deny, what a deny rule covers is denied")
  func denyWithoutDefaultDeny() throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: db}}]}], enableDefaultDeny: {ingress: false}}"
      )
    ).expect("* -> shop/web tcp/80", ["shop/db", "data/job", "203.0.113.5"], "D A A")
  }

  // MARK: - Deny and allow

  @Test(
    "deny beats allow, whatever allows it and however precise that is",
    arguments: [
      policy(
        "shop/allow",
        "podSelector: {matchLabels: {app: web}}\ningress: [{from: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 80}]}]"
      ),
      cnp(
        "shop/allow",
        "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: \"80\", protocol: TCP}]}]}]}"
      ),
      ccnp(
        "allow",
        "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}]}]}"
      ),
    ])
  func denyBeatsAllow(_ allow: String) throws {
    try WorldFixture.cilium(allow).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "A D")
    for deny in [
      cnp("shop/deny", "{endpointSelector: {}, ingressDeny: [{fromEndpoints: [{}]}]}"),
      ccnp("deny", "{endpointSelector: {}, ingressDeny: [{fromEntities: [cluster]}]}"),
    ] {
      try WorldFixture.cilium(allow, deny).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "D D")
    }
  }

  @Test("deny beats allow within one rule set, in any order, and only for its ports")
  func denyWithin() throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{}], toPorts: [{ports: [{port: \"22\", protocol: TCP}]}]}]}"
      )
    ).expect("shop/db -> shop/web *", ["tcp/22", "tcp/80", "udp/22", "icmp/8"], "D A A A")
  }

  @Test("allows of NetworkPolicy, CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy are a union")
  func union() throws {
    try WorldFixture.cilium(
      policy("shop/a", "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]"),
      cnp("shop/b", "{endpointSelector: {}, ingress: [{fromEntities: [world]}]}"),
      ccnp("c", "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: job}}]}]}")
    ).expect(
      "* -> shop/web tcp/80", ["shop/db", "203.0.113.5", "data/job", "node/n2"], "A A A D")
  }

  @Test("every rule set of `specs` counts")
  func specs() throws {
    try WorldFixture.cilium(
      """
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata: {namespace: shop, name: p}
      specs:
      - {endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEntities: [world]}]}
      - {endpointSelector: {matchLabels: {app: db}}, ingress: [{}]}
      """
    ).expect(
      """
      203.0.113.5 -> shop/web tcp/80 allowed
      203.0.113.5 -> shop/db tcp/80 denied
      data/job -> shop/web tcp/80 denied
      """)
  }

  // MARK: - The own host

  @Test(
    "the own host is allowed unless a deny covers it",
    arguments: [
      ("ingress: [{}]", "A A D"),
      ("ingressDeny: [{fromEntities: [host]}]", "D D D"),
      ("ingressDeny: [{fromEntities: [all]}]", "D D D"),
      ("ingressDeny: [{fromEntities: [cluster]}]", "D D D"),
      ("ingressDeny: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}]}]}]", "D A D"),
      ("ingressDeny: [{fromEntities: [remote-node, world]}]", "A A D"),
      ("ingressDeny: [{fromCIDR: [192.168.0.0/16]}]", "A A D"),
      ("ingressDeny: [{fromEndpoints: [{matchLabels: {reserved:host: \"\"}}]}]", "D D D"),
      ("ingressDeny: [{}]", "A A D"),
    ])
  func ownHost(_ fields: String, _ letters: String) throws {
    let fixture = WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, \(fields)}"))
    let words = letters.split(separator: " ").map(String.init)
    try fixture.expect("node/n1 -> shop/web *", ["tcp/80", "tcp/81"], "\(words[0]) \(words[1])")
    try fixture.expect("node/n2 -> shop/web *", ["tcp/80"], words[2])
  }

  @Test("an endpoint to its own host is not allowed implicitly")
  func toOwnHost() throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{}]}")).expect(
      "shop/web -> * tcp/10250", ["node/n1", "node/n2"], "D D")
    try WorldFixture.cilium(policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]")).expect(
      "shop/web -> * tcp/10250", ["node/n1", "node/n2"], "D D")
  }

  // MARK: - ICMP

  @Test(
    "icmps",
    arguments: [
      ("{type: 8}", "A D D D D"),
      ("{type: EchoRequest}", "A D D D D"),
      ("{type: 0, family: IPv4}", "D A D D D"),
      ("{type: 128, family: IPv6}", "D D A D D"),
      ("{type: EchoRequest, family: IPv6}", "D D A D D"),
      ("{type: 8}, {type: 129, family: IPv6}", "A D D A D"),
    ])
  func icmp(_ fields: String, _ letters: String) throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEntities: [cluster], icmps: [{fields: [\(fields)]}]}]}")
    ).expect(
      "shop/db -> shop/web *", ["icmp/8", "icmp/0", "icmpv6/128", "icmpv6/129", "tcp/8"], letters)
  }

  @Test("icmps without peers is anybody's")
  func icmpOfAnybody() throws {
    try WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, ingress: [{icmps: [{fields: [{type: 8}]}]}]}")
    ).expect("* -> shop/web icmp/8", ["shop/db", "node/n2", "203.0.113.5"], "A A A")
  }

  // MARK: - Named ports

  private let named = pod(
    "shop/named", "app: named", ip: "10.1.0.8", on: "n1",
    "containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 5353, protocol: UDP}]}]"
  )

  @Test("named ports are the subject's on ingress, per protocol; unknown ones match nothing")
  func namedIngress() throws {
    func fixture(_ port: String) -> WorldFixture {
      .cilium(named, cnp("shop/p", "{endpointSelector: {}, ingress: [{toPorts: [{ports: [\(port)]}]}]}"))
    }
    let traffic = ["tcp/8080", "udp/8080", "tcp/5353", "udp/5353"]
    try fixture("{port: http}").expect("shop/db -> shop/named *", traffic, "A D D D")
    try fixture("{port: HTTP, protocol: TCP}").expect("shop/db -> shop/named *", traffic, "A D D D")
    try fixture("{port: http, protocol: UDP}").expect("shop/db -> shop/named *", traffic, "D D D D")
    try fixture("{port: dns}").expect("shop/db -> shop/named *", traffic, "D D D A")
    try fixture("{port: grpc}").expect("shop/db -> shop/named *", traffic, "D D D D")
    try fixture("{port: http}").expect("shop/db -> shop/web tcp/8080 denied")
  }

  @Test("named ports are the destination's on egress; nobody's outside")
  func namedEgress() throws {
    try WorldFixture.cilium(
      named, cnp("shop/p", "{endpointSelector: {}, egress: [{toPorts: [{ports: [{port: http}]}]}]}")
    ).expect("shop/web -> * tcp/8080", ["shop/named", "shop/db", "203.0.113.5", "node/n1"], "A D D D")
  }

  // MARK: - L7

  private static let http = "rules: {http: [{method: GET, path: /health}]}"

  private static func ports(_ rules: String) -> String {
    "toPorts: [{ports: [{port: \"80\", protocol: TCP}]\(rules.isEmpty ? "" : ", \(rules)")}]"
  }

  /// What is still checked after the rule that decides ingress.
  private func narrowing(_ documents: String..., line: String = "shop/db -> shop/web tcp/80") throws
    -> [String]?
  {
    let verdict = try WorldFixture.shop(documents, profile: .cilium).verdict(line)
    guard verdict.outcome == .allowed, let tier = verdict.traces.first?.ingress.tiers.last,
      case .allowed(let rule) = tier.outcome
    else { return nil }
    return tier[rule].rule.applicationRules
  }

  @Test("an L7 rule narrows its port, and no other")
  func l7() throws {
    let web = cnp("shop/p", "{endpointSelector: {}, ingress: [{\(Self.ports(Self.http))}]}")
    #expect(try narrowing(web) == ["HTTP GET /health"])
    try WorldFixture.cilium(web).expect("shop/db -> shop/web *", ["tcp/80", "tcp/81"], "A D")
  }

  @Test(
    "an L4 rule for the same peer and port removes the narrowing",
    arguments: [
      cnp("shop/q", "{endpointSelector: {}, ingress: [{\(ports(""))}]}"),
      cnp("shop/a", "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}]}]}"),
      policy("shop/q", "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]"),
    ])
  func l4RemovesNarrowing(_ document: String) throws {
    let web = cnp("shop/p", "{endpointSelector: {}, ingress: [{\(Self.ports(Self.http))}]}")
    #expect(try narrowing(web, document) == [])
    #expect(
      try narrowing(web, cnp("shop/q", "{endpointSelector: {}, ingress: [{fromEntities: [world]}]}")) == [
        "HTTP GET /health"
      ])
  }

  @Test("an L7 rule without default deny keeps nothing out")
  func l7WithoutDefaultDeny() throws {
    let open = cnp(
      "shop/p",
      "{endpointSelector: {}, ingress: [{\(Self.ports(Self.http))}], enableDefaultDeny: {ingress: false}}")
    #expect(try narrowing(open) == [])
    let closed = cnp("shop/q", "{endpointSelector: {}, ingress: [{}]}")
    #expect(try narrowing(open, closed) == [])
  }

  @Test("who must prove himself is said")
  func authentication() throws {
    let rule = "{fromEndpoints: [{}], authentication: {mode: required}}"
    #expect(
      try narrowing(cnp("shop/p", "{endpointSelector: {}, ingress: [\(rule)]}")) == ["mutual authentication"])
  }

  // MARK: - Hairpin

  @Test("a pod that reaches itself through its Service bypasses policy, and by its address too")
  func hairpin() throws {
    try WorldFixture.cilium(
      service("shop/web", "selector: {app: web}\nports: [{port: 80}]"),
      cnp("shop/p", "{endpointSelector: {}, egress: [{}], ingress: [{}]}")
    ).expect(
      """
      shop/web -> service/shop/web tcp/80 allowed
      shop/web -> self tcp/80 allowed
      shop/db -> service/shop/web tcp/80 denied
      """)
  }
}
