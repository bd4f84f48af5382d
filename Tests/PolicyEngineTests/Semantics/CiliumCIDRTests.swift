import PolicyEngine
import Testing

/// SEMANTICS.md §4.5.
@Suite("Cilium: CIDRs")
struct CiliumCIDRTests {
  private func egress(_ rule: String) -> String {
    cnp("shop/p", "{endpointSelector: {}, egress: [{\(rule)}]}")
  }

  @Test("0.0.0.0/0 is IPv4 outside the cluster: no pods, no nodes, no IPv6")
  func everything() throws {
    try WorldFixture.cilium(egress("toCIDR: [0.0.0.0/0]")).expect(
      "shop/web -> * tcp/80",
      ["203.0.113.5", "10.77.0.1", "2001:db8::1", "shop/db", "10.1.0.2", "node/n1", "192.168.0.2"],
      "A A D D D D D")
    try WorldFixture.cilium(egress("toCIDR: [0.0.0.0/0, \"::/0\"]")).expect(
      "shop/web -> * tcp/80", ["203.0.113.5", "2001:db8::1", "shop/db"], "A A D")
  }

  @Test("the API server is matched when it is outside")
  func apiServer() throws {
    try WorldFixture.cilium(egress("toCIDR: [0.0.0.0/0]")).expect(
      "shop/web -> entity/kube-apiserver tcp/6443 undefined")
    try WorldFixture.cilium(egress("toCIDR: [0.0.0.0/0]"), egress("toEntities: [kube-apiserver]"))
      .expect("shop/web -> entity/kube-apiserver tcp/6443 allowed")
  }

  @Test("as sources, too")
  func sources() throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromCIDR: [203.0.113.0/24, 10.0.0.0/8, 192.168.0.0/16]}]}")
    ).expect(
      "* -> shop/web tcp/80", ["203.0.113.5", "198.51.100.1", "10.77.0.1", "shop/db", "node/n2"], "A D A D D")
  }

  @Test("`except` is a hole in its own element only")
  func except() throws {
    let hole = "{cidr: 203.0.113.0/24, except: [203.0.113.128/25]}"
    try WorldFixture.cilium(egress("toCIDRSet: [\(hole)]")).expect(
      "shop/web -> * tcp/80", ["203.0.113.5", "203.0.113.200"], "A D")
    try WorldFixture.cilium(egress("toCIDRSet: [\(hole), {cidr: 203.0.113.200/32}]")).expect(
      "shop/web -> * tcp/80", ["203.0.113.5", "203.0.113.200", "203.0.113.201"], "A A D")
    try WorldFixture.cilium(egress("toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.0/24]}]")).expect(
      "shop/web -> * tcp/80", ["203.0.113.5"], "D")
  }

  private let groups = """
    apiVersion: cilium.io/v2
    kind: CiliumCIDRGroup
    metadata: {name: partners, labels: {zone: eu}}
    spec: {externalCIDRs: [198.51.100.0/24, 203.0.113.7/32]}
    ---
    apiVersion: cilium.io/v2alpha1
    kind: CiliumCIDRGroup
    metadata: {name: others, labels: {zone: us}}
    spec: {externalCIDRs: [192.0.2.0/24]}
    """

  @Test(
    "groups by name and by labels, with holes",
    arguments: [
      ("{cidrGroupRef: partners}", "A A A D"),
      ("{cidrGroupRef: others}", "D D D A"),
      ("{cidrGroupRef: nobody}", "D D D D"),
      ("{cidrGroupRef: partners, except: [198.51.100.128/25]}", "A D A D"),
      ("{cidrGroupSelector: {matchLabels: {zone: eu}}}", "A A A D"),
      ("{cidrGroupSelector: {matchLabels: {zone: asia}}}", "D D D D"),
      (
        "{cidrGroupSelector: {matchExpressions: [{key: zone, operator: Exists}]}, except: [192.0.2.0/24]}",
        "A A A D"
      ),
    ])
  func groups(_ element: String, _ letters: String) throws {
    try WorldFixture.cilium(groups, egress("toCIDRSet: [\(element)]")).expect(
      "shop/web -> * tcp/80", ["198.51.100.1", "198.51.100.200", "203.0.113.7", "192.0.2.1"], letters)
  }

  @Test("deny rules with CIDRs spare pods and nodes as well")
  func deny() throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p", "{endpointSelector: {}, egress: [{toEntities: [all]}], egressDeny: [{toCIDR: [0.0.0.0/0]}]}"
      )
    ).expect("shop/web -> * tcp/80", ["203.0.113.5", "shop/db", "node/n2"], "D A A")
  }

  @Test("blocks of other dialects spare pods and nodes, too")
  func otherDialects() throws {
    try WorldFixture.cilium(
      policy(
        "shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")
    )
    .expect("shop/web -> * tcp/80", ["203.0.113.5", "shop/db", "node/n2"], "A D D")
    try WorldFixture.cilium(
      clusterPolicy("p", "Admin", 1, "egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]")
    ).expect("shop/web -> * tcp/80", ["203.0.113.5", "shop/db", "node/n2"], "D A A")
  }
}
