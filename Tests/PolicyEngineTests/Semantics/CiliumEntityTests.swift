import PolicyEngine
import Testing

/// SEMANTICS.md §4.4.
@Suite("Cilium: entities")
struct CiliumEntityTests {
  private let ends = [
    "node/n1", "node/n2", "shop/db", "data/job", "203.0.113.5", "entity/world", "entity/kube-apiserver",
    "entity/health", "entity/ingress", "entity/init", "entity/unmanaged",
  ]

  /// The pod asked about runs on n1. An API server may be outside, on n1 or on another node.
  @Test(
    "as destinations",
    arguments: [
      ("all", "A A A A A A A A A A A"),
      ("world", "D D D D A A U D D D D"),
      ("cluster", "A A A A D D A A A A A"),
      ("host", "A D D D D D U D D D D"),
      ("remote-node", "D A D D D D U D D D D"),
      ("kube-apiserver", "D D D D D D A D D D D"),
      ("health", "D D D D D D D A D D D"),
      ("ingress", "D D D D D D D D A D D"),
      ("init", "D D D D D D D D D A D"),
      ("unmanaged", "D D D D D D D D D D A"),
      ("none", "D D D D D D D D D D D"),
    ])
  func destinations(_ entity: String, _ letters: String) throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{toEntities: [\(entity)]}]}"))
      .expect("shop/web -> * tcp/443", ends, letters)
  }

  /// The own node is allowed without any rule, and so is an API server on it.
  @Test(
    "as sources",
    arguments: [
      ("all", "A A A A A A A A A A A"),
      ("world", "A D D D A A U D D D D"),
      ("cluster", "A A A A D D A A A A A"),
      ("host", "A D D D D D U D D D D"),
      ("remote-node", "A A D D D D U D D D D"),
      ("kube-apiserver", "A D D D D D A D D D D"),
      ("health", "A D D D D D U A D D D"),
      ("ingress", "A D D D D D U D A D D"),
      ("init", "A D D D D D U D D A D"),
      ("unmanaged", "A D D D D D U D D D A"),
      ("none", "A D D D D D U D D D D"),
    ])
  func sources(_ entity: String, _ letters: String) throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEntities: [\(entity)]}]}"))
      .expect("* -> shop/web tcp/443", ends, letters)
  }

  @Test("several entities are alternatives")
  func alternatives() throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{toEntities: [host, world]}]}"))
      .expect("shop/web -> * tcp/443", ["node/n1", "node/n2", "203.0.113.5", "shop/db"], "A D A D")
  }

  private let agent = pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true")

  @Test("host-network pods are the host of pods on their node, and a remote node to others")
  func hostNetwork() throws {
    for (entity, letters) in [("host", "A D"), ("remote-node", "D A"), ("cluster", "A A"), ("world", "D D")] {
      let fixture = WorldFixture.cilium(
        agent, cnp("shop/p", "{endpointSelector: {}, egress: [{toEntities: [\(entity)]}]}"))
      try fixture.expect("* -> shop/agent tcp/80", ["shop/web", "shop/db"], letters)
    }
  }

  @Test("host-network pods are no endpoints: neither selected nor policed")
  func hostNetworkIsNoEndpoint() throws {
    try WorldFixture.cilium(
      agent,
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: agent}}]}]}")
    ).expect(
      """
      shop/agent -> shop/db tcp/80 denied
      shop/agent -> shop/web tcp/80 allowed
      203.0.113.5 -> shop/agent tcp/80 allowed
      """)
  }

  @Test("a pod that may run on any node may have any node as host")
  func unknownNode() throws {
    try WorldFixture.cilium(
      pod("shop/lost", "", ip: "10.1.0.9"),
      cnp("shop/p", "{endpointSelector: {}, egress: [{toEntities: [host]}]}")
    ).expect("shop/lost -> * tcp/80", ["node/n1", "node/n2", "shop/db"], "U U D")
  }

  @Test("private addresses of nothing known are the world")
  func privateAddresses() throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{toEntities: [world]}]}"))
      .expect("shop/web -> * tcp/80", ["10.77.0.1", "172.16.0.9", "2001:db8::1"], "A A A")
  }
}
