import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §2.4, second bullet, §4.6 and §1.5: how dialects stack under Cilium.
@Suite("Cilium: tiers")
struct CiliumTierTests {
  private static let isolating: [(String, String)] = [
    ("NetworkPolicy", policy("shop/p", "podSelector: {}")),
    ("CiliumNetworkPolicy", cnp("shop/p", "{endpointSelector: {}, ingress: [{}]}")),
    ("CiliumClusterwideNetworkPolicy", ccnp("p", "{endpointSelector: {}, ingress: [{}]}")),
  ]

  private static func baseline(_ rule: String) -> String {
    clusterPolicy("base", "Baseline", 1, "ingress: [\(rule)]")
  }
  private static func admin(_ rule: String) -> String {
    clusterPolicy("top", "Admin", 1, "ingress: [\(rule)]")
  }
  private static let fromAll = "from: [{namespaces: {}}]"

  @Test("an Admin Accept outranks ingressDeny, an Admin Deny every allow")
  func admin() throws {
    let open = cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEntities: [all]}]}")
    let closed = cnp("shop/p", "{endpointSelector: {}, ingressDeny: [{fromEntities: [all]}]}")
    let ends = ["shop/db", "203.0.113.5", "node/n1"]
    try WorldFixture.cilium(closed).expect("* -> shop/web tcp/80", ends, "D D D")
    try WorldFixture.cilium(closed, Self.admin("{action: Accept, \(Self.fromAll)}"))
      .expect("* -> shop/web tcp/80", ends, "A D D")
    try WorldFixture.cilium(open, Self.admin("{action: Deny, \(Self.fromAll)}"))
      .expect("* -> shop/web tcp/80", ends, "D A A")
  }

  @Test("an Admin Pass hands over to the Normal tier", arguments: isolating)
  func pass(_ kind: String, _ closing: String) throws {
    let pass = Self.admin(
      "{action: Pass, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}, {action: Accept, \(Self.fromAll)}"
    )
    try WorldFixture.cilium(pass, closing).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "D A")
  }

  @Test(
    "N07: a Baseline Accept opens what is closed by default, unless that deviation is taken out",
    arguments: isolating)
  func baselineReopens(_ kind: String, _ closing: String) throws {
    let accept = Self.baseline("{action: Accept, \(Self.fromAll)}")
    let ends = ["shop/db", "203.0.113.5", "node/n1"]
    try WorldFixture.cilium(closing, accept).expect("* -> shop/web tcp/80", ends, "A D A")
    try WorldFixture.cilium(closing, accept, deviations: []).expect("* -> shop/web tcp/80", ends, "D D A")
  }

  @Test("the Baseline is not asked about what the Normal tier decides", arguments: [true, false])
  func normalFirst(_ reopens: Bool) throws {
    let deviations: Set<Deviation> = reopens ? [.baselineReopens] : []
    let deny = Self.baseline("{action: Deny, \(Self.fromAll)}")
    try WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}"), deny, deviations: deviations
    ).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "A D")
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingressDeny: [{fromEndpoints: [{}]}], enableDefaultDeny: {ingress: false}}"),
      Self.baseline("{action: Accept, \(Self.fromAll)}"), deviations: deviations
    ).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "D A")
    try WorldFixture.cilium(deny, deviations: deviations).expect(
      "* -> shop/web tcp/80", ["shop/db", "203.0.113.5", "node/n1"], "D A A")
  }

  @Test("without default deny the Baseline decides the rest")
  func baselineAfterOpenPolicies() throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}], enableDefaultDeny: {ingress: false}}"),
      Self.baseline("{action: Deny, \(Self.fromAll)}")
    ).expect("* -> shop/web tcp/80", ["shop/db", "data/job", "203.0.113.5"], "A D A")
  }

  // MARK: - The Normal tier

  @Test("default deny of one dialect closes what a rule set without it leaves open", arguments: isolating)
  func defaultDeny(_ kind: String, _ closing: String) throws {
    let open = cnp(
      "shop/q",
      "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}]}], enableDefaultDeny: {ingress: false}}"
    )
    try WorldFixture.cilium(open).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "A A")
    try WorldFixture.cilium(open, closing).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "A D")
  }

  @Test(
    "the own host is allowed whatever dialect closes, and denied by an explicit deny", arguments: isolating)
  func ownHost(_ kind: String, _ closing: String) throws {
    let ends = ["node/n1", "node/n2"]
    try WorldFixture.cilium(closing).expect("* -> shop/web tcp/80", ends, "A D")
    let deny = ccnp("deny", "{endpointSelector: {}, ingressDeny: [{fromEntities: [host]}]}")
    try WorldFixture.cilium(closing, deny).expect("* -> shop/web tcp/80", ends, "D D")
  }

  @Test("deny beats the allow of another dialect on egress, too")
  func egressDeny() throws {
    let allow = policy(
      "shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{namespaceSelector: {}}]}]")
    let ends = ["shop/db", "data/job", "203.0.113.5"]
    try WorldFixture.cilium(allow).expect("shop/web -> * tcp/80", ends, "A A D")
    for deny in [
      cnp("shop/q", "{endpointSelector: {}, egressDeny: [{toEndpoints: [{matchLabels: {app: db}}]}]}"),
      ccnp("q", "{endpointSelector: {}, egressDeny: [{toEndpoints: [{matchLabels: {app: db}}]}]}"),
    ] {
      try WorldFixture.cilium(allow, deny).expect("shop/web -> * tcp/80", ends, "D A D")
    }
  }

  @Test("both ends must allow, each by policies of its own dialect")
  func bothEnds() throws {
    try WorldFixture.cilium(
      policy(
        "shop/p",
        "podSelector: {matchLabels: {app: db}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 80}]}]"),
      cnp(
        "shop/q",
        "{endpointSelector: {matchLabels: {app: web}}, ingress: [{toPorts: [{ports: [{port: \"80\", protocol: UDP}]}]}]}"
      )
    ).expect(
      """
      shop/db -> shop/web tcp/80 denied allowed denied
      shop/db -> shop/web udp/80 denied denied allowed
      """)
  }

  // MARK: - Equal priority

  private static let db = "{pods: {podSelector: {matchLabels: {app: db}}}}"
  private static let job = "{pods: {podSelector: {matchLabels: {app: job}}}}"

  @Test("of two policies of one priority the one that denies wins, then the one that allows")
  func equalPriority() throws {
    func two(_ first: String, _ second: String) -> WorldFixture {
      .cilium(
        clusterPolicy("a", "Admin", 5, "ingress: [{action: \(first), from: [\(Self.db)]}]"),
        clusterPolicy("b", "Admin", 5, "ingress: [{action: \(second), from: [\(Self.db)]}]"),
        policy("shop/p", "podSelector: {}"))
    }
    for (first, second, letter) in [("Accept", "Deny", "D"), ("Pass", "Deny", "D"), ("Accept", "Pass", "A")] {
      try two(first, second).expect("* -> shop/web tcp/80", ["shop/db"], letter)
      try two(second, first).expect("* -> shop/web tcp/80", ["shop/db"], letter)
    }
  }

  @Test(
    "their rules are compared place by place: an earlier rule goes before a later one of the other policy")
  func places() throws {
    try WorldFixture.cilium(
      clusterPolicy("a", "Admin", 5, "ingress: [{action: Accept, from: [\(Self.db)]}]"),
      clusterPolicy(
        "b", "Admin", 5,
        "ingress: [{action: Accept, from: [\(Self.job)]}, {action: Deny, from: [\(Self.db)]}]")
    ).expect("* -> shop/web tcp/80", ["shop/db", "data/job"], "A A")
  }

  @Test("another priority decides alone")
  func priorities() throws {
    try WorldFixture.cilium(
      clusterPolicy("a", "Admin", 6, "ingress: [{action: Deny, from: [\(Self.db)]}]"),
      clusterPolicy("b", "Admin", 5, "ingress: [{action: Accept, from: [\(Self.db)]}]")
    ).expect("* -> shop/web tcp/80", ["shop/db"], "A")
  }

  // MARK: - What Cilium does not enforce

  @Test("AdminNetworkPolicy and BaselineAdminNetworkPolicy are not enforced")
  func adminNetworkPolicy() throws {
    let deny = "subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]"
    let documents = [
      "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\nspec: {priority: 1, \(deny)}",
      "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec: {\(deny)}",
    ]
    try WorldFixture.shop(documents, profile: .cilium).expect("shop/db -> shop/web tcp/80 allowed")
    try WorldFixture.shop(documents, profile: .kubernetes).expect("shop/db -> shop/web tcp/80 denied")
  }

  @Test("Calico's policies are not enforced")
  func calico() throws {
    try WorldFixture.cilium(
      "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec: {types: [Ingress]}"
    ).expect("shop/db -> shop/web tcp/80 allowed")
  }

  // MARK: - domainNames

  private static let dns = pod(
    "kube-system/dns", "k8s-app: kube-dns", ip: "10.3.0.1", on: "n2",
    "containers: [{name: c, image: i, ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53}]}]"
  )

  @Test("domainNames bring a DNS rule with them")
  func domainNames() throws {
    let closed = cnp("shop/p", "{endpointSelector: {}, egress: [{}]}")
    let fixture = WorldFixture.cilium(
      Self.dns, closed,
      clusterPolicy("top", "Admin", 1, "egress: [{action: Accept, to: [{domainNames: [\"*.example.com\"]}]}]")
    )
    try fixture.expect("shop/web -> kube-system/dns *", ["udp/53", "tcp/53", "udp/54"], "A A D")
    try fixture.expect("shop/web -> * tcp/443", ["a.example.com", "a.b.example.com", "example.com"], "A A D")
    try WorldFixture.cilium(Self.dns, closed).expect("shop/web -> kube-system/dns udp/53 denied")
  }

  @Test("domainNames in a rule that does not accept: the whole policy is ignored")
  func deniedNames() throws {
    try WorldFixture.cilium(
      clusterPolicy(
        "top", "Admin", 1,
        "ingress: [{action: Deny, \(Self.fromAll)}], egress: [{action: Deny, to: [{domainNames: [example.com]}]}]"
      )
    ).expect(
      """
      shop/db -> shop/web tcp/80 allowed
      shop/web -> example.com tcp/443 allowed
      """)
  }

  // MARK: - policyTypes

  @Test(
    "rules of a direction that policyTypes does not list are enforced, unless that deviation is taken out")
  func unlistedTypes() throws {
    let egress = policy(
      "shop/p", "podSelector: {}\npolicyTypes: [Ingress]\negress: [{to: [{podSelector: {}}]}]")
    try WorldFixture.cilium(egress).expect("shop/web -> * tcp/80", ["203.0.113.5"], "D")
    try WorldFixture.cilium(egress, deviations: []).expect("shop/web -> * tcp/80", ["203.0.113.5"], "A")
    let ingress = policy(
      "shop/p", "podSelector: {}\npolicyTypes: [Egress]\ningress: [{from: [{podSelector: {}}]}]")
    try WorldFixture.cilium(ingress).expect("* -> shop/web tcp/80", ["data/job"], "D")
    try WorldFixture.cilium(ingress, deviations: []).expect("* -> shop/web tcp/80", ["data/job"], "A")
    let none = policy("shop/p", "podSelector: {}\npolicyTypes: [Ingress]\negress: []")
    try WorldFixture.cilium(none).expect("shop/web -> * tcp/80", ["203.0.113.5"], "A")
  }
}
