import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §4.4.
@Suite("Cilium: entities")
struct CiliumEntityTests {
  private let ends = [
    "node/n1", "node/n2", "shop/db", "data/job", "203.0.113.5", "entity/world", "entity/kube-apiserver",
    "entity/health", "entity/ingress", "entity/init", "entity/unmanaged",
  ]

  /// The pod asked about runs on n1. An API server may be outside, on n1 or on another node. Nothing lets an endpoint
  /// without labels send or receive.
  @Test(
    "as destinations",
    arguments: [
      ("all", "A A A A A A A A A D A"),
      ("world", "D D D D A A U D D D D"),
      ("cluster", "A A A A D D A A A D A"),
      ("host", "A D D D D D U D D D D"),
      ("remote-node", "D A D D D D U D D D D"),
      ("kube-apiserver", "D D D D D D A D D D D"),
      ("health", "D D D D D D D A D D D"),
      ("ingress", "D D D D D D D D A D D"),
      ("init", "D D D D D D D D D D D"),
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
      ("all", "A A A A A A A A A D A"),
      ("world", "A D D D A A U D D D D"),
      ("cluster", "A A A A D D A A A D A"),
      ("host", "A D D D D D U D D D D"),
      ("remote-node", "A A D D D D U D D D D"),
      ("kube-apiserver", "A D D D D D A D D D D"),
      ("health", "A D D D D D U A D D D"),
      ("ingress", "A D D D D D U D A D D"),
      ("init", "A D D D D D U D D D D"),
      ("unmanaged", "A D D D D D U D D D A"),
      ("none", "A D D D D D U D D D D"),
    ])
  func sources(_ entity: String, _ letters: String) throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEntities: [\(entity)]}]}"))
      .expect("* -> shop/web tcp/443", ends, letters)
  }

  @Test(
    "an endpoint without labels is closed in both directions unless clusterwide policies about it open it",
    arguments: [
      ("{}", "A A", "A A"), ("{matchLabels: {reserved:init: \"\"}}", "A A", "A A"),
      ("{matchLabels: {init: \"\"}}", "A A", "A A"), ("{matchLabels: {k8s:init: \"\"}}", "D D", "D U"),
      ("{matchLabels: {reserved:health: \"\"}}", "D D", "D U"), ("{matchLabels: {app: web}}", "D D", "D U"),
      ("{matchExpressions: [{key: app, operator: DoesNotExist}]}", "A A", "A A"),
    ])
  func initializing(_ selector: String, _ sent: String, _ received: String) throws {
    let open = "ingress: [{fromEntities: [all]}], egress: [{toEntities: [all]}]"
    let world = WorldFixture.cilium(ccnp("p", "{endpointSelector: \(selector), \(open)}"))
    try world.expect("entity/init -> * tcp/53", ["203.0.113.5", "node/n1"], sent)
    // Its own node reaches it, and which one that is nobody knows.
    try world.expect("* -> entity/init tcp/80", ["203.0.113.5", "node/n1"], received)
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, \(open)}"))
      .expect("entity/init -> 203.0.113.5 tcp/53 denied denied allowed")
  }

  @Test("a denial of its own closes it to its node, too")
  func initializingDenied() throws {
    try WorldFixture.cilium(ccnp("p", "{endpointSelector: {}, ingressDeny: [{fromEntities: [all]}]}"))
      .expect("* -> entity/init tcp/80", ["203.0.113.5", "node/n1", "shop/web"], "D D D")
    // Nothing opens it without a rule that allows, whatever `enableDefaultDeny` says.
    try WorldFixture.cilium(
      ccnp(
        "p",
        "{endpointSelector: {}, enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [world]}]}")
    ).expect("* -> entity/init tcp/80", ["203.0.113.5", "shop/web"], "D D")
  }

  @Test("other engines police no entity")
  func initializingElsewhere() throws {
    try WorldFixture.shop([], profile: .kubernetes).expect("entity/init -> shop/web tcp/80 allowed")
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
