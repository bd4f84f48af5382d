import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.5: host endpoints.
@Suite("Calico: host endpoints")
struct CalicoHostTests {
  private func host(_ node: String, _ address: String, _ labels: String = "", _ more: String = "") -> String {
    calico(
      "HostEndpoint", "h-\(node)", labels,
      "node: \(node)\ninterfaceName: '*'\nexpectedIPs: [\(address)]\n\(more)")
  }

  private func global(_ spec: String) -> String { calico("GlobalNetworkPolicy", "p", spec) }

  private func shop(_ documents: String...) -> WorldFixture {
    WorldFixture(
      [
        namespace("shop"), node("n1", "192.168.0.1"), node("n2", "192.168.0.2"),
        pod("shop/web", "app: web", ip: "10.1.0.1", on: "n1"),
        pod("shop/db", "app: db", ip: "10.1.0.2", on: "n2"),
      ] + documents, profile: .calico)
  }

  private let open = "profiles: [projectcalico-default-allow]"

  @Test("a node without host endpoint is not policed")
  func withoutHostEndpoint() throws {
    try shop(global("types: [Ingress, Egress]")).expect(
      """
      203.0.113.1 -> node/n1 tcp/80 allowed
      node/n1 -> 203.0.113.1 tcp/80 allowed
      """)
  }

  @Test("a host endpoint without profile and policy denies, but for failsafe ports")
  func withoutProfile() throws {
    try shop(host("n1", "192.168.0.1")).expect(
      """
      203.0.113.1 -> node/n1 tcp/80 denied
      203.0.113.1 -> node/n1 tcp/22 allowed
      203.0.113.1 -> node/n1 tcp/6443 allowed
      node/n1 -> 203.0.113.1 tcp/22 denied
      node/n1 -> 203.0.113.1 udp/53 allowed
      203.0.113.1 -> node/n2 tcp/80 allowed
      """)
  }

  @Test("the profile of automatic host endpoints allows")
  func withProfile() throws {
    try shop(host("n1", "192.168.0.1", "", open)).expect(
      """
      203.0.113.1 -> node/n1 tcp/80 allowed
      node/n1 -> 203.0.113.1 icmp/8 allowed
      """)
  }

  @Test("other profiles are not evaluated, which is a warning")
  func unknownProfile() throws {
    let world = shop(host("n1", "192.168.0.1", "", "profiles: [mine]"))
    try world.expect("203.0.113.1 -> node/n1 tcp/80 denied")
    #expect(
      world.remarks == ["the rules of profile mine are not evaluated: it is taken to allow nothing"])
  }

  @Test("a global policy is about host endpoints with its labels too")
  func subject() throws {
    try shop(
      host("n1", "192.168.0.1", "role: edge", open), host("n2", "192.168.0.2", "role: core", open),
      global("selector: role == 'edge'\ntypes: [Ingress]")
    ).expect(
      """
      203.0.113.1 -> node/n1 tcp/80 denied
      203.0.113.1 -> node/n1 tcp/22 allowed
      203.0.113.1 -> node/n2 tcp/80 allowed
      203.0.113.1 -> shop/web tcp/80 allowed
      """)
  }

  @Test("a default deny with all() cuts off nodes; namespaces exclude them")
  func allMeansHostsToo() throws {
    let hosts = host("n1", "192.168.0.1", "", open)
    try shop(hosts, global("selector: all()\ntypes: [Ingress]")).expect(
      "203.0.113.1 -> node/n1 tcp/80 denied\n203.0.113.1 -> shop/web tcp/80 denied")
    for narrowed in [
      "selector: has(projectcalico.org/namespace)", "namespaceSelector: all()",
      "serviceAccountSelector: all()",
      "selector: projectcalico.org/orchestrator == 'k8s'",
    ] {
      try shop(hosts, global("\(narrowed)\ntypes: [Ingress]")).expect(
        "203.0.113.1 -> node/n1 tcp/80 allowed\n203.0.113.1 -> shop/web tcp/80 denied")
    }
    try shop(hosts, global("namespaceSelector: team != 'x'\ntypes: [Ingress]")).expect(
      "203.0.113.1 -> node/n1 tcp/80 denied")
  }

  @Test("namespaced policies and NetworkPolicies never police hosts")
  func namespaced() throws {
    try shop(
      host("n1", "192.168.0.1", "", open), calico("NetworkPolicy", "shop/p", "types: [Ingress]"),
      policy("shop/k", "podSelector: {}")
    ).expect("203.0.113.1 -> node/n1 tcp/80 allowed")
  }

  @Test("host-network pods are policed as their host")
  func hostNetwork() throws {
    try shop(
      host("n1", "192.168.0.1", "", open),
      pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true"),
      global("ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]")
    ).expect(
      """
      203.0.113.1 -> shop/agent tcp/80 allowed
      203.0.113.1 -> shop/agent tcp/81 denied
      """)
  }

  @Test("traffic between a host and its own pods meets no host policy")
  func ownPods() throws {
    try shop(host("n1", "192.168.0.1"), pod("shop/lost", "app: lost", ip: "10.1.0.9")).expect(
      """
      node/n1 -> shop/web tcp/80 allowed
      shop/web -> node/n1 tcp/80 allowed
      node/n1 -> shop/db tcp/80 denied
      shop/db -> node/n1 tcp/80 denied
      shop/lost -> node/n1 tcp/80 undefined
      """)
  }

  @Test("rules mean host endpoints by their expected addresses")
  func peers() throws {
    try shop(
      host("n1", "192.168.0.1", "role: edge", open),
      calico("HostEndpoint", "h-n2", "role: edge", "node: n2\ninterfaceName: '*'\n\(open)"),
      global("selector: app == 'db'\ningress: [{action: Allow, source: {selector: role == 'edge'}}]"),
      pod("shop/far", "app: db", ip: "10.1.0.9", on: "n3")
    ).expect("node/n1 -> shop/far tcp/80 allowed\nnode/n2 -> shop/far tcp/80 denied")
  }

  @Test("a host endpoint makes its node known, with its expected addresses")
  func unknownNode() throws {
    try WorldFixture(profile: .calico, host("n7", "192.168.0.7")).expect(
      "203.0.113.1 -> 192.168.0.7 tcp/80 denied\n203.0.113.1 -> node/n7 tcp/22 allowed")
  }

  @Test("tiers end for hosts as for pods")
  func tiers() throws {
    try shop(
      host("n1", "192.168.0.1"), calico("Tier", "t", "order: 1\ndefaultAction: Pass"),
      global("tier: t\ningress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]")
    ).expect("203.0.113.1 -> node/n1 tcp/80 allowed\n203.0.113.1 -> node/n1 tcp/81 denied")
  }

  @Test("doNotTrack and preDNAT go first, and close nothing", arguments: ["doNotTrack", "preDNAT"])
  func stages(_ stage: String) throws {
    let world = shop(
      host("n1", "192.168.0.1", "role: edge", open),
      calico(
        "GlobalNetworkPolicy", "early",
        """
        selector: role == 'edge'
        order: 9
        \(stage): true
        applyOnForward: true
        ingress:
        - {action: Allow, protocol: TCP, destination: {ports: [80]}}
        - {action: Deny, protocol: TCP, destination: {ports: [81]}}
        """),
      global(
        "selector: role == 'edge'\norder: 1\ningress: [{action: Allow, protocol: TCP, destination: {ports: [81, 82]}}]"
      )
    )
    try world.expect(
      """
      203.0.113.1 -> node/n1 tcp/80 allowed
      203.0.113.1 -> node/n1 tcp/81 denied
      203.0.113.1 -> node/n1 tcp/82 allowed
      203.0.113.1 -> node/n1 tcp/83 denied
      203.0.113.1 -> shop/web tcp/81 allowed
      """)
    #expect(world.remarks.count == 1)
    #expect(world.remarks.allSatisfy { $0.hasPrefix("`\(stage)` is evaluated for ") })
  }

  @Test("doNotTrack and preDNAT do not concern pods", arguments: ["doNotTrack", "preDNAT"])
  func stagesOfPods(_ stage: String) throws {
    try shop(global("\(stage): true\napplyOnForward: true\ningress: [{action: Deny}]")).expect(
      "203.0.113.1 -> shop/web tcp/80 allowed")
  }

  @Test("applyOnForward counts for local traffic; what hosts forward is a warning")
  func applyOnForward() throws {
    let world = shop(
      host("n1", "192.168.0.1", "role: edge", open),
      global("selector: role == 'edge'\napplyOnForward: true\ntypes: [Ingress]"))
    try world.expect("203.0.113.1 -> node/n1 tcp/80 denied\n203.0.113.1 -> shop/web tcp/80 allowed")
    #expect(
      world.remarks == [
        "`applyOnForward` is not evaluated: answers about what hosts forward, such as a pod's traffic, are without it"
      ])
  }

  @Test("one interface stands for all of a node, with a warning")
  func interfaces() throws {
    let world = shop(
      calico("HostEndpoint", "a", "node: n1\ninterfaceName: eth0\nexpectedIPs: [192.168.0.1]"),
      calico("HostEndpoint", "b", "node: n1\ninterfaceName: eth1\nexpectedIPs: [172.16.0.1]"))
    try world.expect("203.0.113.1 -> 172.16.0.1 tcp/80 denied")
    #expect(
      world.remarks == [
        "this host endpoint is eth0 of node n1: answers take all of the node's traffic to pass there",
        "node n1 has several host endpoints, such as a: answers do not tell its interfaces apart",
      ])
  }
}
