import PolicyEngine
import Testing

/// SEMANTICS.md §2.3.
@Suite("AdminNetworkPolicy and BaselineAdminNetworkPolicy")
struct AdminNetworkPolicyTests {
  private func ingress(_ action: String, _ more: String = "") -> String {
    "ingress: [{action: \(action), from: [{namespaces: {}}]\(more)}]"
  }

  private let closed = policy("shop/closed", "podSelector: {}")
  private let open = policy("shop/open", "podSelector: {}\ningress: [{}]")

  @Test("AdminNetworkPolicies by priority, then NetworkPolicy, then the baseline, then allow")
  func order() throws {
    try WorldFixture.shop(adminPolicy("a", ingress("Allow")), closed).expect(
      "shop/web -> shop/db tcp/80 allowed")
    try WorldFixture.shop(adminPolicy("a", ingress("Deny")), open).expect("shop/web -> shop/db tcp/80 denied")
    try WorldFixture.shop(
      adminPolicy("a", priority: 1, ingress("Allow")), adminPolicy("b", priority: 0, ingress("Deny"))
    ).expect("shop/web -> shop/db tcp/80 denied")
    try WorldFixture.shop(open, baselinePolicy(ingress("Deny"))).expect("shop/web -> shop/db tcp/80 allowed")
    try WorldFixture.shop(closed, baselinePolicy(ingress("Allow"))).expect(
      "shop/web -> shop/db tcp/80 denied")
    try WorldFixture.shop(baselinePolicy(ingress("Deny"))).expect("shop/web -> shop/db tcp/80 denied")
    try WorldFixture.shop(baselinePolicy(ingress("Allow"))).expect("shop/web -> shop/db tcp/80 allowed")
  }

  @Test("Pass hands over to NetworkPolicy and the baseline")
  func pass() throws {
    let pass = adminPolicy("a", priority: 1, ingress("Pass"))
    let deny = adminPolicy("b", priority: 2, ingress("Deny"))
    try WorldFixture.shop(pass, deny).expect("shop/web -> shop/db tcp/80 allowed")
    try WorldFixture.shop(pass, deny, baselinePolicy(ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 denied")
  }

  @Test("equal priorities are undefined here too")
  func tie() throws {
    try WorldFixture.shop(adminPolicy("a", ingress("Allow")), adminPolicy("b", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 undefined")
  }

  @Test("ports: a number, a range, a name; the protocol is TCP unless written")
  func ports() throws {
    let server = pod(
      "shop/api", "app: api", ip: "10.1.0.9",
      "containers: [{ports: [{name: dns, containerPort: 53, protocol: UDP}]}]")
    func world(_ port: String) -> WorldFixture {
      .shop(server, adminPolicy("a", ingress("Deny", ", ports: [\(port)]")))
    }
    try world("{portNumber: {port: 80}}").expect(
      """
      shop/web -> shop/api tcp/80 denied
      shop/web -> shop/api udp/80 allowed
      shop/web -> shop/api icmp/8 allowed
      """)
    try world("{portRange: {protocol: UDP, start: 80, end: 81}}").expect(
      """
      shop/web -> shop/api udp/81 denied
      shop/web -> shop/api tcp/81 allowed
      """)
    try world("{namedPort: dns}").expect(
      """
      shop/web -> shop/api udp/53 denied
      shop/web -> shop/api tcp/53 allowed
      """)
  }

  @Test("entries that servers admit and that match nothing: an unknown protocol, an empty range")
  func unmatchablePorts() throws {
    for port in ["{portNumber: {protocol: tcp, port: 80}}", "{portRange: {start: 90, end: 80}}"] {
      try WorldFixture.shop(adminPolicy("a", ingress("Deny", ", ports: [\(port)]"))).expect(
        "shop/web -> shop/db tcp/80 allowed")
    }
  }

  @Test("egress peers: networks, nodes and domain names")
  func egressPeers() throws {
    func world(_ peer: String) -> WorldFixture {
      .shop(adminPolicy("a", "egress: [{action: Deny, to: [{\(peer)}]}]"))
    }
    try world("networks: [10.2.0.0/16]").expect(
      """
      shop/web -> data/job tcp/80 denied
      shop/web -> shop/db tcp/80 allowed
      """)
    try world("nodes: {}").expect("shop/web -> node/n2 tcp/80 denied")
    let allow = adminPolicy(
      "a",
      "egress: [{action: Allow, to: [{domainNames: ['*.example.com']}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]"
    )
    try WorldFixture.shop(allow).expect(
      """
      shop/web -> api.example.com tcp/443 allowed
      shop/web -> example.com tcp/443 denied
      """)
  }

  @Test("both versions share a tier, and their priorities one order")
  func bothVersions() throws {
    try WorldFixture.shop(
      adminPolicy("a", priority: 5, ingress("Allow")),
      clusterPolicy("b", priority: 4, "ingress: [{action: Deny, from: [{namespaces: {}}]}]")
    ).expect("shop/web -> shop/db tcp/80 denied")
  }
}
