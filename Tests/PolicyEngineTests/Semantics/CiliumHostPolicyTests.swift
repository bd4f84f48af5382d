import PolicyEngine
import Testing

/// SEMANTICS.md §4.1 and §4.2: `nodeSelector`, `fromNodes` and `toNodes`.
@Suite("Cilium: nodes")
struct CiliumHostPolicyTests {
  private let edge = labelledNode("n3", "pool: edge", "192.168.0.3")
  private let local = pod("shop/local", "app: local", ip: "10.1.0.3", on: "n3")
  private let agent = pod("shop/agent", "app: agent", ip: "192.168.0.3", on: "n3", "hostNetwork: true")

  private func host(_ fields: String, selector: String = "{matchLabels: {pool: edge}}") -> WorldFixture {
    .cilium(edge, local, agent, ccnp("p", "{nodeSelector: \(selector), \(fields)}"))
  }

  @Test(
    "a host policy polices the selected nodes and the host-network pods on them",
    arguments: [
      "{matchLabels: {pool: edge}}", "{matchLabels: {k8s:pool: edge}}", "{matchLabels: {node:pool: edge}}",
    ])
  func subject(_ selector: String) throws {
    let fixture = host("ingress: [{}]", selector: selector)
    try fixture.expect(
      "203.0.113.5 -> * tcp/22", ["node/n3", "192.168.0.3", "shop/agent", "node/n1", "shop/local"],
      "D D D A A")
    try host("ingress: [{}]", selector: "{}").expect(
      "203.0.113.5 -> * tcp/22", ["node/n3", "node/n1"], "D D")
    try host("ingress: [{}]", selector: "{matchLabels: {reserved:host: \"\"}}")
      .expect("203.0.113.5 -> * tcp/22", ["node/n3", "node/n1"], "D D")
  }

  @Test(
    "ingress of a host",
    arguments: [
      ("{fromEntities: [remote-node]}", "D D A D"), ("{fromEntities: [world]}", "D D D A"),
      ("{fromEntities: [cluster]}", "A A A D"), ("{fromEntities: [host]}", "D D D D"),
      ("{fromEndpoints: [{matchLabels: {app: web}}]}", "D A D D"),
      ("{toPorts: [{ports: [{port: \"22\", protocol: TCP}]}]}", "A A A A"),
      ("{fromCIDR: [203.0.113.0/24, 10.0.0.0/8, 192.168.0.0/16]}", "D D D A"),
    ])
  func ingress(_ rule: String, _ letters: String) throws {
    let fixture = host("ingress: [\(rule)]")
    for destination in ["node/n3", "shop/agent"] {
      try fixture.expect(
        "* -> \(destination) tcp/22", ["shop/local", "shop/web", "node/n1", "203.0.113.5"], letters)
    }
  }

  @Test("egress of a host, to its own pods too")
  func egress() throws {
    let fixture = host("egress: [{toEntities: [world]}]")
    for source in ["node/n3", "shop/agent"] {
      try fixture.expect(
        "\(source) -> * tcp/80", ["203.0.113.5", "shop/web", "shop/local", "node/n1"], "A D D D")
    }
    try fixture.expect("node/n1 -> * tcp/80", ["203.0.113.5", "shop/web"], "A A")
  }

  @Test("endpoint policies do not police nodes, host policies do not police endpoints")
  func kinds() throws {
    try WorldFixture.cilium(edge, agent, ccnp("p", "{endpointSelector: {}, ingress: [{}]}")).expect(
      "203.0.113.5 -> * tcp/22", ["node/n3", "shop/agent", "shop/web"], "A A D")
  }

  @Test("host-network pods that may run on any node may be policed")
  func unknownNode() throws {
    let daemon = workload("DaemonSet", "shop/daemon", "app: d", "hostNetwork: true\ncontainers: []")
    try WorldFixture.cilium(
      edge, daemon, ccnp("p", "{nodeSelector: {matchLabels: {pool: edge}}, ingress: [{}]}")
    ).expect("203.0.113.5 -> * tcp/22", ["shop/daemon"], "U")
    try WorldFixture.cilium(edge, daemon, ccnp("p", "{nodeSelector: {}, ingress: [{}]}")).expect(
      "203.0.113.5 -> * tcp/22", ["shop/daemon"], "D")
  }

  @Test("deny beats allow at hosts")
  func deny() throws {
    try host("ingress: [{fromEntities: [all]}], ingressDeny: [{fromEntities: [world]}]").expect(
      "* -> node/n3 tcp/22", ["203.0.113.5", "shop/web"], "D A")
  }

  @Test("fromNodes and toNodes are nodes by labels, but not the own one")
  func nodes() throws {
    let peers = "[{matchLabels: {pool: edge}}]"
    let fixture = WorldFixture.cilium(
      edge, local,
      cnp("shop/p", "{endpointSelector: {}, egress: [{toNodes: \(peers)}], ingress: [{fromNodes: \(peers)}]}")
    )
    try fixture.expect("shop/web -> * tcp/80", ["node/n3", "node/n2", "node/n1", "203.0.113.5"], "A D D D")
    try fixture.expect("* -> shop/web tcp/80", ["node/n3", "node/n2", "node/n1", "data/job"], "A D A D")
    try fixture.expect("shop/local -> * tcp/80", ["node/n3", "node/n2"], "D D")
  }

  @Test("`nodes` of a ClusterNetworkPolicy, as well")
  func clusterNetworkPolicy() throws {
    try WorldFixture.cilium(
      edge, local,
      clusterPolicy("p", "Admin", 1, "egress: [{action: Deny, to: [{nodes: {matchLabels: {pool: edge}}}]}]")
    ).expect("* -> node/n3 tcp/80", ["shop/web", "shop/local"], "D A")
  }
}
