import PolicyEngine
import Testing

/// SEMANTICS.md §4.3, empty and nil.
@Suite("Cilium: empty and absent")
struct CiliumEmptyTests {
  private let ends = ["shop/db", "data/job", "node/n2", "203.0.113.5"]
  private static let port80 = "toPorts: [{ports: [{port: \"80\", protocol: TCP}]}]"

  @Test(
    "what ingress lists let through",
    arguments: [
      ("ingress: [{}]", "D D D D"),
      ("ingress: [{\(port80)}]", "A A A A"),
      ("ingress: [{}, {fromEntities: [world]}]", "D D D A"),
      ("ingress: [{fromEndpoints: [{}]}]", "A D D D"),
      ("ingress: [{fromEndpoints: []}]", "D D D D"),
      ("ingress: [{fromEndpoints: [], \(port80)}]", "D D D D"),
      ("ingress: [{fromEntities: []}]", "D D D D"),
      ("ingress: [{fromEntities: [], \(port80)}]", "D D D D"),
      ("ingress: [{fromCIDR: []}]", "D D D D"),
      ("ingress: [{fromCIDR: [], \(port80)}]", "D D D D"),
      ("ingress: [{fromCIDRSet: []}]", "D D D D"),
      ("ingress: [{fromCIDRSet: [], \(port80)}]", "D D D D"),
      ("ingress: [{fromNodes: [], \(port80)}]", "D D D D"),
      ("ingress: [{fromEntities: [all], toPorts: []}]", "A A A A"),
      ("ingress: [{fromEntities: [all], toPorts: [{}]}]", "D D D D"),
      ("ingress: [{toPorts: [{}]}]", "D D D D"),
      ("ingressDeny: [{}]", "D D D D"),
      ("ingressDeny: [{}], enableDefaultDeny: {ingress: false}", "A A A A"),
    ])
  func ingress(_ fields: String, _ letters: String) throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, \(fields)}"))
      .expect("* -> shop/web tcp/80", ends, letters)
  }

  @Test(
    "what egress lists let through",
    arguments: [
      ("egress: [{}]", "D D D D"),
      ("egress: [{\(port80)}]", "A A A A"),
      ("egress: [{}, {toEntities: [world]}]", "D D D A"),
      ("egress: [{toEndpoints: [{}]}]", "A D D D"),
      ("egress: [{toEndpoints: []}]", "D D D D"),
      ("egress: [{toEntities: [], \(port80)}]", "D D D D"),
      ("egress: [{toCIDR: []}]", "D D D D"),
      ("egress: [{toCIDRSet: [], \(port80)}]", "D D D D"),
      ("egress: [{toEntities: [all], toPorts: []}]", "A A A A"),
      ("egress: [{toEntities: [all], toPorts: [{}]}]", "D D D D"),
      ("egressDeny: [{}]", "D D D D"),
      ("egressDeny: [{}], enableDefaultDeny: {egress: false}", "A A A A"),
    ])
  func egress(_ fields: String, _ letters: String) throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, \(fields)}"))
      .expect("shop/web -> * tcp/80", ends, letters)
  }

  @Test("a clusterwide `fromEndpoints: [{}]` is all pods")
  func clusterwide() throws {
    try WorldFixture.cilium(ccnp("p", "{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}"))
      .expect("* -> shop/web tcp/80", ends, "A A D D")
  }

  @Test("`ingress: []` alone is not enforced")
  func emptyRuleSet() throws {
    let fixture = WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, ingress: []}"))
    #expect(fixture.problems.count == 1)
    #expect(try fixture.verdict("203.0.113.5 -> shop/web tcp/80").outcome == .allowed)
  }

  @Test("an empty `toFQDNs` beside ports is any destination")
  func emptyNames() throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{toFQDNs: [], \(Self.port80)}]}"))
      .expect("shop/web -> * tcp/80", ["shop/db", "data/job", "node/n2", "203.0.113.5"], "A A A A")
  }

  @Test("`ingressDeny: [{}]` denies nothing that is allowed elsewhere")
  func inertDeny() throws {
    try WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, ingressDeny: [{}]}"),
      cnp("shop/q", "{endpointSelector: {}, ingress: [{fromEntities: [cluster]}]}")
    ).expect("* -> shop/web tcp/80", ends, "A A A D")
  }

  @Test("`toPorts: []` is every protocol, `toPorts: [{}]` none")
  func portLists() throws {
    func fixture(_ ports: String) -> WorldFixture {
      .cilium(cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEntities: [all], \(ports)}]}"))
    }
    let traffic = ["tcp/1", "udp/53", "sctp/9", "icmp/8", "gre"]
    try fixture("toPorts: []").expect("shop/db -> shop/web *", traffic, "A A A A A")
    try fixture("toPorts: [{}]").expect("shop/db -> shop/web *", traffic, "D D D D D")
    try fixture("toPorts: [{ports: []}]").expect("shop/db -> shop/web *", traffic, "D D D D D")
  }

  @Test(
    "ports",
    arguments: [
      ("{port: \"0\", protocol: TCP}", "A A A D D D"),
      ("{port: \"80\"}", "D A D A A D"),
      ("{port: \"80\", protocol: ANY}", "D A D A A D"),
      ("{port: \"80\", protocol: UDP}", "D D D A D D"),
      ("{port: \"0\"}", "A A A A A D"),
      ("{port: \"80\", endPort: 90, protocol: TCP}", "D A A D D D"),
      ("{port: \"80\", endPort: 80, protocol: TCP}", "D A D D D D"),
      ("{port: \"80\", endPort: 70, protocol: TCP}", "D A D D D D"),
    ])
  func ports(_ port: String, _ letters: String) throws {
    try WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, ingress: [{toPorts: [{ports: [\(port)]}]}]}")
    ).expect(
      "shop/db -> shop/web *", ["tcp/1", "tcp/80", "tcp/85", "udp/80", "sctp/80", "icmp/8"], letters)
  }

  @Test("deny rules read empty lists the same way")
  func denyRules() throws {
    func fixture(_ deny: String) -> WorldFixture {
      .cilium(
        cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEntities: [all]}], ingressDeny: [\(deny)]}"))
    }
    try fixture("{}").expect("* -> shop/web tcp/80", ends, "A A A A")
    try fixture("{\(Self.port80)}").expect("* -> shop/web tcp/80", ends, "D D D D")
    try fixture("{\(Self.port80)}").expect("* -> shop/web tcp/81", ends, "A A A A")
    try fixture("{fromEndpoints: [], \(Self.port80)}").expect("* -> shop/web tcp/80", ends, "A A A A")
    try fixture("{fromEndpoints: [{}]}").expect("* -> shop/web tcp/80", ends, "D A A A")
    try fixture("{fromEntities: [all], toPorts: [{}]}").expect("* -> shop/web tcp/80", ends, "A A A A")
  }
}
