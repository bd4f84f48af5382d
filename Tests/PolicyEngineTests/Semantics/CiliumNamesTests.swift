import PolicyEngine
import Testing

/// SEMANTICS.md §4.7.
@Suite("Cilium: toFQDNs")
struct CiliumNamesTests {
  private func fixture(_ rule: String) -> WorldFixture {
    .cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{\(rule)}]}"))
  }

  @Test(
    "patterns",
    arguments: [
      ("matchName: a.cilium.io", "A D D D D"),
      ("matchName: A.Cilium.IO.", "A D D D D"),
      ("matchPattern: \"*.cilium.io\"", "A D D D D"),
      ("matchPattern: \"*cilium.io\"", "D A A D D"),
      ("matchPattern: \"**.cilium.io\"", "A D D A D"),
      ("matchPattern: \"*\"", "A A A A A"),
      ("matchPattern: \"a.**.io\"", "A D D D D"),
    ])
  func patterns(_ selector: String, _ letters: String) throws {
    try fixture("toFQDNs: [{\(selector)}]").expect(
      "shop/web -> * tcp/443", ["a.cilium.io", "cilium.io", "subcilium.io", "a.b.cilium.io", "example.com"],
      letters)
  }

  @Test("ports restrict, and nothing but names is allowed")
  func ports() throws {
    let rule = "toFQDNs: [{matchName: a.cilium.io}], toPorts: [{ports: [{port: \"443\", protocol: TCP}]}]"
    try fixture(rule).expect("shop/web -> a.cilium.io *", ["tcp/443", "tcp/80", "udp/443"], "A D D")
    try fixture(rule).expect(
      "shop/web -> * tcp/443", ["203.0.113.5", "shop/db", "node/n2", "entity/world"], "D D D D")
  }

  @Test("a rule set with names closes egress: questions for them must be let through as well")
  func questions() throws {
    let resolver = pod("kube-system/dns", "k8s-app: kube-dns", ip: "10.3.0.1", on: "n2")
    let names = "{toFQDNs: [{matchName: a.cilium.io}]}"
    let questions =
      "{toEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}], toPorts: [{ports: [{port: \"53\"}], rules: {dns: [{matchPattern: \"*\"}]}}]}"
    for (rules, letters) in [(names, "D A"), ("\(names), \(questions)", "A A")] {
      let fixture = WorldFixture.cilium(
        resolver, cnp("shop/p", "{endpointSelector: {}, egress: [\(rules)]}"))
      try fixture.expect("shop/web -> *", ["kube-system/dns udp/53", "a.cilium.io tcp/443"], letters)
    }
  }

  @Test("a name that resolves to a pod or to a Service's backend is not covered")
  func namesOfPods() throws {
    let rule = "toFQDNs: [{matchPattern: \"*\"}]"
    try WorldFixture.cilium(
      service("shop/db", "selector: {app: db}\nports: [{port: 80}]"),
      cnp("shop/p", "{endpointSelector: {}, egress: [{\(rule)}]}")
    ).expect("shop/web -> * tcp/80", ["shop/db", "service/shop/db", "data/job", "node/n2"], "D D D D")
  }

  @Test("names are part of the world, and their addresses may be in a block")
  func otherPeers() throws {
    try fixture("toEntities: [world]").expect("shop/web -> a.cilium.io tcp/443 allowed")
    try fixture("toCIDR: [0.0.0.0/0]").expect("shop/web -> a.cilium.io tcp/443 allowed")
    try fixture("toCIDR: [203.0.113.0/24]").expect("shop/web -> a.cilium.io tcp/443 undefined")
    try fixture("toEntities: [cluster]").expect("shop/web -> a.cilium.io tcp/443 denied")
  }

  @Test("deny beats a name")
  func deny() throws {
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, egress: [{toFQDNs: [{matchName: a.cilium.io}]}], egressDeny: [{toEntities: [world], toPorts: [{ports: [{port: \"80\", protocol: TCP}]}]}]}"
      )
    ).expect("shop/web -> a.cilium.io *", ["tcp/443", "tcp/80"], "A D")
  }
}
