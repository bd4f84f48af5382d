import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

extension ClusterFacts {
  /// Where pods get their addresses from.
  static func pods(_ blocks: String...) -> ClusterFacts {
    var facts = ClusterFacts.none
    facts.podBlocks = blocks.compactMap { ParsedCIDR($0)?.cidr }
    return facts
  }
}

/// SEMANTICS.md §4.2 and §4.4: an address of the pods' range that no known pod has.
@Suite("Cilium: pods that are not in the input")
struct CiliumUnlistedPodTests {
  private static let facts = ClusterFacts.pods("10.1.0.0/16")
  /// A pod that is not in the input, one that is, and an outside address.
  private static let ends = ["10.1.0.77", "shop/db", "203.0.113.5"]

  private func ingress(_ rule: String) -> WorldFixture {
    .cilium(ccnp("p", "{endpointSelector: {}, ingress: [\(rule)]}"), facts: Self.facts)
  }

  @Test(
    "entities and selectors that match every pod match it; what labels say of it is not known",
    arguments: [
      ("{fromEntities: [cluster]}", "A A D"), ("{fromEntities: [world]}", "D D A"),
      ("{fromEntities: [all]}", "A A A"), ("{fromEntities: [remote-node]}", "D D D"),
      ("{fromEndpoints: [{}]}", "A A D"), ("{fromEndpoints: [{matchLabels: {app: db}}]}", "U A D"),
      ("{fromEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: \"81\"}]}]}", "D D D"),
      ("{fromCIDR: [10.0.0.0/8, 203.0.113.0/24]}", "D D A"),
      ("{fromEndpoints: [{matchLabels: {reserved:world: \"\"}}]}", "D D A"),
      ("{toPorts: [{ports: [{port: \"80\"}]}]}", "A A A"),
    ])
  func peers(_ rule: String, _ letters: String) throws {
    try ingress(rule).expect("* -> shop/web tcp/80", Self.ends, letters)
  }

  @Test("as a destination it has port names that nobody knows")
  func destination() throws {
    func egress(_ rule: String) -> WorldFixture {
      .cilium(cnp("shop/p", "{endpointSelector: {}, egress: [\(rule)]}"), facts: Self.facts)
    }
    try egress("{toEntities: [cluster]}").expect("shop/web -> * tcp/80", Self.ends, "A A D")
    try egress("{toEntities: [cluster], toPorts: [{ports: [{port: http}]}]}")
      .expect("shop/web -> * tcp/80", Self.ends, "U D D")
    try egress("{toEntities: [cluster], toPorts: [{ports: [{port: http, protocol: UDP}]}]}")
      .expect("shop/web -> * tcp/80", Self.ends, "D D D")
    try egress("{toEndpoints: [{matchLabels: {app: db}}]}").expect("shop/web -> * tcp/80", Self.ends, "U A D")
  }

  @Test(
    "each rule may match it or not: a denial and an allowance by labels leave it open, a certain denial does not"
  )
  func severalRules() throws {
    func world(_ denied: String) -> WorldFixture {
      .cilium(
        cnp(
          "shop/p",
          "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: a}}]}], ingressDeny: [{\(denied)}]}"
        ),
        facts: Self.facts)
    }
    try world("fromEndpoints: [{matchLabels: {app: b}}]").expect("10.1.0.77 -> shop/web tcp/80 undefined")
    try world("fromEntities: [cluster]").expect("10.1.0.77 -> shop/web tcp/80 denied")
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEntities: [cluster]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: b}}]}]}"
      ), facts: Self.facts
    ).expect("10.1.0.77 -> shop/web tcp/80 undefined")
  }

  @Test("a known API server's address is no pod's")
  func apiServer() throws {
    var facts = Self.facts
    facts.apiServerAddresses = [try #require(IPAddress("10.1.0.77"))]
    let world = WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}]}]}"),
      facts: facts)
    try world.expect("10.1.0.77 -> shop/web tcp/80 denied")
  }

  @Test("without CIDRs of pods, and to engines that go by addresses, it is an address")
  func otherwise() throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEntities: [world]}]}"))
      .expect("10.1.0.77 -> shop/web tcp/80 allowed")
    for profile in [EngineProfile.kubernetes, .calico] {
      try WorldFixture.shop(
        [policy("shop/p", "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]")], profile: profile,
        facts: Self.facts
      ).expect("10.1.0.77 -> shop/web tcp/80 denied")
    }
  }
}
