import PolicyEngine
import Testing

/// Flows to a Service: its port is translated to the pods' ports (SEMANTICS.md §1.4, NAT and hairpin).
@Suite("Services")
struct ServiceTests {
  private let selector = "selector: {app: api}"

  /// Two backends that name their port differently, and a Service in front.
  private func world(_ spec: String, _ policies: String...) -> WorldFixture {
    .shop(
      ([
        pod(
          "shop/api-1", "app: api", ip: "10.1.0.11",
          "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
        pod(
          "shop/api-2", "app: api", ip: "10.1.0.12",
          "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
        service("shop/api", spec),
      ] + policies).joined(separator: "\n---\n"))
  }

  private func ingress(_ port: String) -> String {
    policy("shop/p", "podSelector: {matchLabels: {app: api}}\ningress: [{ports: [{port: \(port)}]}]")
  }

  @Test("a numeric targetPort is the port that policies see")
  func numericTarget() throws {
    let spec = "\(selector)\nports: [{port: 80, targetPort: 8080}]"
    try world(spec, ingress("8080")).expect("shop/web -> service/shop/api tcp/80 allowed")
    try world(spec, ingress("80")).expect("shop/web -> service/shop/api tcp/80 denied")
  }

  @Test("without targetPort the Service's own port is the pods'")
  func noTarget() throws {
    for target in ["", ", targetPort: 0"] {
      let spec = "\(selector)\nports: [{port: 80\(target)}]"
      try world(spec, ingress("80")).expect("shop/web -> service/shop/api tcp/80 allowed")
      try world(spec, ingress("8080")).expect("shop/web -> service/shop/api tcp/80 denied")
    }
  }

  @Test("a named targetPort is resolved on each backend")
  func namedTarget() throws {
    let other = pod(
      "shop/api-3", "app: api", ip: "10.1.0.13", "containers: [{ports: [{name: http, containerPort: 9090}]}]")
    let spec = "\(selector)\nports: [{port: 80, targetPort: http}]"
    try world(spec, ingress("8080")).expect("shop/web -> service/shop/api tcp/80 allowed")
    try world(spec, ingress("http"), other).expect("shop/web -> service/shop/api tcp/80 allowed")
    try world(spec, ingress("8080"), other).expect("shop/web -> service/shop/api tcp/80 undefined")
    try world(spec, ingress("80"), other).expect("shop/web -> service/shop/api tcp/80 denied")
  }

  @Test("a backend without the named port gets no traffic")
  func backendWithoutPort() throws {
    let spec = "\(selector)\nports: [{port: 80, targetPort: http}]"
    try world(spec, ingress("8080"), pod("shop/api-3", "app: api", ip: "10.1.0.13")).expect(
      "shop/web -> service/shop/api tcp/80 allowed")
  }

  @Test("the protocol of the Service's port counts")
  func transport() throws {
    let spec =
      "\(selector)\nports: [{name: a, port: 53, protocol: UDP, targetPort: 5353}, {name: b, port: 53, targetPort: 5300}]"
    let rule = policy(
      "shop/p", "podSelector: {matchLabels: {app: api}}\ningress: [{ports: [{port: 5353, protocol: UDP}]}]")
    try world(spec, rule).expect(
      """
      shop/web -> service/shop/api udp/53 allowed
      shop/web -> service/shop/api tcp/53 denied
      """)
  }

  @Test("the ClusterIP means the Service")
  func clusterIP() throws {
    let spec = "clusterIP: 10.96.0.10\n\(selector)\nports: [{port: 80, targetPort: 8080}]"
    try world(spec, ingress("8080")).expect("shop/web -> 10.96.0.10 tcp/80 allowed")
    try world(spec, ingress("80")).expect("shop/web -> 10.96.0.10 tcp/80 denied")
  }

  @Test("a backend that is closed among open ones: undefined")
  func mixedBackends() throws {
    try world(
      "\(selector)\nports: [{port: 8080}]",
      pod("shop/api-3", "app: api, closed: 'true'", ip: "10.1.0.13"),
      policy("shop/p", "podSelector: {matchLabels: {closed: 'true'}}")
    ).expect("shop/web -> service/shop/api tcp/8080 undefined allowed undefined")
  }

  @Test("finished pods and pods without an address are no backends")
  func absentBackends() throws {
    let closed = policy("shop/p", "podSelector: {matchLabels: {closed: 'true'}}")
    let spec = "\(selector)\nports: [{port: 8080}]"
    for state in ["phase: Failed, podIPs: [{ip: 10.1.0.13}]", "phase: Pending"] {
      let absent = pod("shop/api-3", "app: api, closed: 'true'", status: state)
      try world(spec, closed, absent).expect("shop/web -> service/shop/api tcp/8080 allowed")
      let world = WorldFixture.shop(service("shop/api", spec), absent)
      #expect(
        world.complaint("shop/web -> service/shop/api tcp/8080")?.contains("no pod behind port") == true)
    }
  }

  // MARK: - NAT

  private func egress(_ peers: String, ports: String) -> String {
    policy(
      "shop/p",
      "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{to: \(peers), ports: \(ports)}]"
    )
  }

  private let virtual = "clusterIP: 10.96.0.10\nselector: {app: api}\nports: [{port: 80, targetPort: 8080}]"

  @Test("NAT: selectors see the backend and its port, never the Service's")
  func natSelectors() throws {
    let peers = "[{podSelector: {matchLabels: {app: api}}}]"
    try world(virtual, egress(peers, ports: "[{port: 8080}]")).expect(
      "shop/web -> service/shop/api tcp/80 allowed")
    try world(virtual, egress(peers, ports: "[{port: 80}]")).expect(
      "shop/web -> service/shop/api tcp/80 denied")
  }

  @Test("NAT before or after policy is undefined for an ipBlock")
  func natBlocks() throws {
    func expect(_ cidr: String, _ ports: String, _ verdict: String) throws {
      try world(virtual, egress("[{ipBlock: {cidr: \(cidr)}}]", ports: ports)).expect(
        "shop/web -> service/shop/api tcp/80 \(verdict)")
    }
    try expect("10.1.0.0/16", "[{port: 8080}]", "undefined")
    try expect("10.96.0.0/16", "[{port: 80}]", "undefined")
    try expect("10.0.0.0/8", "[{port: 8080}]", "undefined")
    try expect("10.0.0.0/8", "[{port: 80}, {port: 8080}]", "allowed")
    try expect("10.1.0.0/16", "[{port: 80}]", "denied")
    try expect("172.16.0.0/12", "[{port: 80}, {port: 8080}]", "denied")
  }

  @Test("NAT: a rule with a selector and a block that both match allows by either")
  func natMixedPeers() throws {
    let peers = "[{podSelector: {matchLabels: {app: api}}}, {ipBlock: {cidr: 10.0.0.0/8}}]"
    try world(virtual, egress(peers, ports: "[{port: 8080}]")).expect(
      "shop/web -> service/shop/api tcp/80 allowed")
    try world(virtual, egress(peers, ports: "[{port: 80}]")).expect(
      "shop/web -> service/shop/api tcp/80 undefined")
  }

  @Test("NAT: the backend's own ingress never sees the Service")
  func natIngress() throws {
    let rule = policy(
      "shop/in",
      "podSelector: {matchLabels: {app: api}}\ningress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 8080}]}]"
    )
    let open = egress("[{ipBlock: {cidr: 0.0.0.0/0}}]", ports: "[{}]")
    try world(virtual, rule, open).expect("shop/web -> service/shop/api tcp/80 allowed allowed allowed")
    try world(virtual, rule).expect("shop/web -> service/shop/api tcp/80 allowed allowed allowed")
  }

  @Test("NAT: a Service that has no address yet will have some")
  func natWithoutAddress() throws {
    let spec = "selector: {app: api}\nports: [{port: 8080}]"
    let some = egress("[{ipBlock: {cidr: 10.1.0.0/16}}]", ports: "[{port: 8080}]")
    try world(spec, some).expect("shop/web -> service/shop/api tcp/8080 undefined")
    let all = egress("[{ipBlock: {cidr: 0.0.0.0/0}}]", ports: "[{port: 8080}]")
    try world(spec, all).expect("shop/web -> service/shop/api tcp/8080 allowed")
  }

  @Test("a headless Service has no address of its own: clients talk to the pods")
  func headless() throws {
    let spec = "clusterIP: None\nselector: {app: api}\nports: [{port: 8080}]"
    try world(spec, egress("[{ipBlock: {cidr: 10.1.0.0/16}}]", ports: "[{port: 8080}]")).expect(
      "shop/web -> service/shop/api tcp/8080 allowed")
  }

  @Test("dual stack: an IPv6 address of a Service leads to IPv6 backends")
  func dualStack() throws {
    try WorldFixture.shop(
      pod("shop/client", "app: client", ip: "10.1.0.20 fd00::20"),
      pod("shop/api-1", "app: api", ip: "10.1.0.11 fd00::11"),
      service("shop/api", "clusterIPs: [10.96.0.10, 'fd96::10']\nselector: {app: api}\nports: [{port: 80}]"),
      policy(
        "shop/p", "podSelector: {matchLabels: {app: api}}\ningress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")
    ).expect(
      """
      shop/client -> 10.96.0.10 tcp/80 allowed
      shop/client -> fd96::10 tcp/80 denied
      shop/client -> service/shop/api tcp/80 undefined
      """)
  }

  // MARK: - Hairpin

  @Test("hairpin: a pod that its own Service leads back to itself is undefined when isolated")
  func hairpin() throws {
    let own = service("shop/db", "selector: {app: db}\nports: [{port: 80}]")
    let closed = policy("shop/p", "podSelector: {}\npolicyTypes: [Ingress, Egress]")
    try WorldFixture.shop(own).expect("shop/db -> service/shop/db tcp/80 allowed")
    try WorldFixture.shop(own, closed).expect(
      """
      shop/db -> service/shop/db tcp/80 undefined
      shop/db -> self tcp/80 allowed
      shop/web -> service/shop/db tcp/80 denied
      """)
  }

  @Test("hairpin: of several backends one may be the source itself")
  func hairpinAmongOthers() throws {
    let closed = policy("shop/p", "podSelector: {matchLabels: {app: api}}")
    let own = policy(
      "shop/q",
      "podSelector: {matchLabels: {app: api}}\ningress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]")
    try world("\(selector)\nports: [{port: 80}]", closed).expect(
      "shop/api-2 -> service/shop/api tcp/80 undefined")
    try world("\(selector)\nports: [{port: 80}]", own).expect(
      """
      shop/api-2 -> service/shop/api tcp/80 undefined
      shop/api-2 -> shop/api-1 tcp/80 allowed
      """)
  }

  @Test("hairpin: a replica of a template may reach itself or another one")
  func hairpinOfTemplate() throws {
    try WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"), service("shop/api", "\(selector)\nports: [{port: 80}]"),
      policy("shop/p", "podSelector: {matchLabels: {app: api}}")
    ).expect("shop/api -> service/shop/api tcp/80 undefined")
  }
}
