import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.3: how far selectors of rules look.
@Suite("Calico: scope of rule selectors")
struct CalicoScopeTests {
  private let sets = [
    calico("NetworkSet", "shop/partners", "app: web, role: partner", "nets: [198.51.100.0/24]"),
    calico("NetworkSet", "data/lab", "role: lab", "nets: [198.51.101.0/24]"),
    calico("GlobalNetworkSet", "vpn", "role: vpn", "nets: [198.51.102.0/24, 2001:db8::/32]"),
    node("n9", "192.168.0.9"),
    calico(
      "HostEndpoint", "h9", "role: host",
      "node: n9\ninterfaceName: '*'\nexpectedIPs: [192.168.0.9]\nprofiles: [projectcalico-default-allow]"),
  ]

  /// What reaches `shop/db` under an ingress rule of a policy there.
  private func expect(
    _ end: String, in kind: String, _ table: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let name = kind == "NetworkPolicy" ? "shop/p" : "p"
    try WorldFixture(
      [
        namespace("shop"), namespace("data", "team: data"),
        pod("shop/web", "app: web", ip: "10.1.0.1", on: "n1"),
        pod("shop/db", "app: db", ip: "10.1.0.2", on: "n2"),
        pod("data/job", "app: job", ip: "10.2.0.1", on: "n2"),
        calico(kind, name, "selector: app == 'db'\ningress: [{action: Allow, source: {\(end)}}]"),
      ] + sets, profile: .calico
    ).expect(
      table.split(separator: "\n").map { row in
        let words = row.split(separator: " ")
        return "\(words[0]) -> shop/db tcp/80 \(words[1])"
      }.joined(separator: "\n"), sourceLocation: sourceLocation)
  }

  @Test("namespaced, selector: endpoints and NetworkSets of the own namespace only")
  func namespacedSelector() throws {
    try expect(
      "selector: all()", in: "NetworkPolicy",
      """
      shop/web allowed
      198.51.100.1 allowed
      data/job denied
      198.51.101.1 denied
      198.51.102.1 denied
      192.168.0.9 denied
      203.0.113.1 denied
      """)
    try expect("selector: role == 'partner'", in: "NetworkPolicy", "198.51.100.1 allowed\nshop/web denied")
  }

  @Test("namespaced, only notSelector: still the own namespace only")
  func namespacedNotSelector() throws {
    try expect(
      "notSelector: role == 'partner'", in: "NetworkPolicy",
      """
      shop/web allowed
      198.51.100.1 denied
      data/job denied
      203.0.113.1 denied
      """)
  }

  @Test("namespaced, only serviceAccounts: the own namespace only")
  func namespacedServiceAccounts() throws {
    try expect(
      "serviceAccounts: {names: [default]}", in: "NetworkPolicy",
      "shop/web allowed\n198.51.100.1 denied\ndata/job denied")
  }

  @Test("namespaced, only nets, ports or nothing: not limited to the namespace")
  func namespacedNets() throws {
    try expect("nets: [10.0.0.0/8]", in: "NetworkPolicy", "data/job allowed\n203.0.113.1 denied")
    try expect(
      "notNets: [10.1.0.0/16]", in: "NetworkPolicy",
      "data/job allowed\n203.0.113.1 allowed\nshop/web denied\n2001:db8::1 denied")
    try expect("", in: "NetworkPolicy", "data/job allowed\n203.0.113.1 allowed\n192.168.0.9 allowed")
  }

  @Test("namespaceSelector looks into other namespaces", arguments: ["NetworkPolicy", "GlobalNetworkPolicy"])
  func namespaceSelector(_ kind: String) throws {
    try expect(
      "namespaceSelector: team == 'data'", in: kind,
      "data/job allowed\n198.51.101.1 allowed\nshop/web denied\n198.51.102.1 denied")
    try expect(
      "namespaceSelector: projectcalico.org/name == 'data', selector: role == 'lab'", in: kind,
      "198.51.101.1 allowed\ndata/job denied")
    try expect(
      "namespaceSelector: projectcalico.org/name == 'data', notSelector: role == 'lab'", in: kind,
      "data/job allowed\n198.51.101.1 denied\nshop/web denied\n203.0.113.1 denied")
  }

  @Test(
    "labels of the namespace are labels of what is in it",
    arguments: ["pcns.team == 'data'", "projectcalico.org/namespace == 'data'"])
  func namespaceLabels(_ selector: String) throws {
    try expect(
      "selector: \(selector)", in: "GlobalNetworkPolicy",
      """
      data/job allowed
      198.51.101.1 allowed
      shop/web denied
      198.51.100.1 denied
      198.51.102.1 denied
      192.168.0.9 denied
      """)
  }

  @Test(
    "namespaceSelector all() means: has a namespace", arguments: ["NetworkPolicy", "GlobalNetworkPolicy"])
  func allNamespaces(_ kind: String) throws {
    try expect(
      "namespaceSelector: all()", in: kind,
      """
      shop/web allowed
      data/job allowed
      198.51.101.1 allowed
      198.51.102.1 denied
      192.168.0.9 denied
      203.0.113.1 denied
      """)
  }

  @Test(
    "namespaceSelector global() means: host endpoints and GlobalNetworkSets",
    arguments: ["NetworkPolicy", "GlobalNetworkPolicy"])
  func global(_ kind: String) throws {
    try expect(
      "namespaceSelector: global()", in: kind,
      """
      198.51.102.1 allowed
      2001:db8::1 allowed
      192.168.0.9 allowed
      shop/web denied
      198.51.100.1 denied
      203.0.113.1 denied
      """)
    try expect(
      "namespaceSelector: global(), selector: role == 'vpn'", in: kind,
      "198.51.102.1 allowed\n192.168.0.9 denied")
  }

  @Test("a negative namespaceSelector matches what has no namespace too")
  func negativeNamespaceSelector() throws {
    try expect(
      "namespaceSelector: team != 'data'", in: "GlobalNetworkPolicy",
      """
      shop/web allowed
      198.51.102.1 allowed
      192.168.0.9 allowed
      data/job denied
      203.0.113.1 denied
      """)
    try expect(
      "namespaceSelector: has(projectcalico.org/name) && team != 'data'", in: "GlobalNetworkPolicy",
      "shop/web allowed\n198.51.102.1 denied\n192.168.0.9 denied")
  }

  @Test("global, selector: any endpoint or set with the labels, and no other address")
  func globalSelector() throws {
    try expect(
      "selector: has(role)", in: "GlobalNetworkPolicy",
      """
      198.51.100.1 allowed
      198.51.101.1 allowed
      198.51.102.1 allowed
      192.168.0.9 allowed
      shop/web denied
      203.0.113.1 denied
      """)
    try expect("selector: all()", in: "GlobalNetworkPolicy", "data/job allowed\n203.0.113.1 denied")
  }

  @Test("global, only notSelector: everything else, outside addresses too")
  func globalNotSelector() throws {
    try expect(
      "notSelector: has(role)", in: "GlobalNetworkPolicy",
      """
      shop/web allowed
      203.0.113.1 allowed
      198.51.100.1 denied
      192.168.0.9 denied
      """)
  }

  @Test("sets have neither orchestrator nor service account")
  func setsAreNoPods() throws {
    try expect(
      "selector: projectcalico.org/orchestrator == 'k8s'", in: "GlobalNetworkPolicy",
      "data/job allowed\n198.51.100.1 denied\n192.168.0.9 denied")
    try expect(
      "serviceAccounts: {names: [default]}", in: "GlobalNetworkPolicy",
      "data/job allowed\n198.51.102.1 denied")
  }

  @Test("a set that covers pods and nodes matches them by their addresses")
  func setsOfPods() throws {
    try WorldFixture.shop(
      profile: .calico,
      calico("GlobalNetworkSet", "pods", "role: pods", "nets: [10.2.0.0/16]"),
      calico(
        "NetworkPolicy", "shop/p",
        "ingress: [{action: Allow, source: {namespaceSelector: global(), selector: role == 'pods'}}]")
    ).expect("data/job -> shop/db tcp/80 allowed\nshop/web -> shop/db tcp/80 denied")
  }

  @Test("all criteria of an end must hold together")
  func together() throws {
    try expect(
      "selector: has(app), nets: [10.1.0.0/16, 198.51.100.0/25], notNets: [198.51.100.7/32], notSelector: app == 'job'",
      in: "GlobalNetworkPolicy",
      """
      shop/web allowed
      198.51.100.1 allowed
      198.51.100.7 denied
      198.51.100.200 denied
      data/job denied
      """)
  }
}
