import PolicyEngine
import Testing

/// SEMANTICS.md §1.3, ports.
@Suite("Ports")
struct PortTests {
  private func ingress(_ ports: String, _ more: String...) -> WorldFixture {
    let rule = policy("shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{ports: \(ports)}]")
    return .shop(([rule] + more).joined(separator: "\n---\n"))
  }

  /// A rule for `shop/server` by name, and the server.
  private func named(_ server: String, _ port: String = "{port: http}") -> WorldFixture {
    .shop(
      policy("shop/p", "podSelector: {matchLabels: {app: server}}\ningress: [{ports: [\(port)]}]"),
      pod("shop/server", "app: server", ip: "10.1.0.5", server))
  }

  @Test("no port: all ports of the protocol")
  func noPort() throws {
    try ingress("[{protocol: UDP}]").expect(
      """
      shop/web -> shop/db udp/1 allowed
      shop/web -> shop/db udp/65535 allowed
      shop/web -> shop/db tcp/1 denied
      """)
  }

  @Test("protocol absent: TCP")
  func noProtocol() throws {
    try ingress("[{port: 5432}]").expect(
      """
      shop/web -> shop/db tcp/5432 allowed
      shop/web -> shop/db udp/5432 denied
      shop/web -> shop/db sctp/5432 denied
      """)
  }

  @Test("number = destination port")
  func number() throws {
    try ingress("[{port: 5432}]").expect(
      """
      shop/web -> shop/db tcp/5431 denied
      shop/web -> shop/db tcp/5433 denied
      """)
  }

  @Test("port ≤ destination port ≤ endPort")
  func endPort() throws {
    try ingress("[{port: 8000, endPort: 8010}, {port: 9000, endPort: 9000}, {port: 65535, endPort: 65535}]")
      .expect(
        """
        shop/web -> shop/db tcp/7999 denied
        shop/web -> shop/db tcp/8000 allowed
        shop/web -> shop/db tcp/8005 allowed
        shop/web -> shop/db tcp/8010 allowed
        shop/web -> shop/db tcp/8011 denied
        shop/web -> shop/db udp/8005 denied
        shop/web -> shop/db tcp/9000 allowed
        shop/web -> shop/db tcp/9001 denied
        shop/web -> shop/db tcp/65535 allowed
        """)
  }

  @Test("entries of ports: OR")
  func entries() throws {
    try ingress("[{port: 80}, {port: 53, protocol: UDP}, {protocol: SCTP}]").expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> shop/db udp/53 allowed
      shop/web -> shop/db sctp/7 allowed
      shop/web -> shop/db udp/80 denied
      shop/web -> shop/db tcp/53 denied
      """)
  }

  @Test("SCTP is not TCP")
  func sctp() throws {
    try ingress("[{port: 80, protocol: SCTP}]").expect(
      """
      shop/web -> shop/db sctp/80 allowed
      shop/web -> shop/db tcp/80 denied
      shop/web -> shop/db udp/80 denied
      """)
    try WorldFixture.shop(policy("shop/p", "podSelector: {}")).expect("shop/web -> shop/db sctp/80 denied")
  }

  @Test("a name is a containerPort of the destination with that name and protocol")
  func name() throws {
    try named("containers: [{ports: [{name: http, containerPort: 8080}]}]").expect(
      """
      shop/web -> shop/server tcp/8080 allowed
      shop/web -> shop/server tcp/80 denied
      shop/web -> shop/server udp/8080 denied
      """)
  }

  @Test("the same name may have another number for another protocol")
  func nameAndProtocol() throws {
    let server = """
      containers:
      - ports: [{name: dns, containerPort: 5353, protocol: UDP}, {name: dns, containerPort: 5300}]
      """
    try named(server, "{port: dns, protocol: UDP}").expect(
      """
      shop/web -> shop/server udp/5353 allowed
      shop/web -> shop/server udp/5300 denied
      shop/web -> shop/server tcp/5300 denied
      """)
    try named(server, "{port: dns}").expect(
      """
      shop/web -> shop/server tcp/5300 allowed
      shop/web -> shop/server udp/5353 denied
      """)
  }

  @Test("a name that the destination does not declare matches nothing")
  func missingName() throws {
    for server in ["", "containers: [{ports: [{containerPort: 80}, {name: https, containerPort: 443}]}]"] {
      try named(server).expect("shop/web -> shop/server tcp/80 denied")
    }
    // Declared, but for another protocol.
    try named("containers: [{ports: [{name: http, containerPort: 80, protocol: UDP}]}]").expect(
      """
      shop/web -> shop/server udp/80 denied
      shop/web -> shop/server tcp/80 denied
      """)
  }

  @Test("at egress a name is resolved on each destination: it may mean different numbers")
  func perDestination() throws {
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{ports: [{port: http}]}]"),
      pod("data/one", "", ip: "10.2.0.2", "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
      pod("data/two", "", ip: "10.2.0.3", "containers: [{ports: [{name: http, containerPort: 9090}]}]")
    ).expect(
      """
      shop/web -> data/one tcp/8080 allowed
      shop/web -> data/one tcp/9090 denied
      shop/web -> data/two tcp/9090 allowed
      shop/web -> data/two tcp/8080 denied
      """)
  }

  @Test("at egress a name matches no outside address and no node, whatever the block says")
  func nameWithoutPod() throws {
    let rule = "{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}, {port: 443}]}"
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [\(rule)]"),
      pod("data/one", "", ip: "10.2.0.2", "containers: [{ports: [{name: http, containerPort: 80}]}]")
    ).expect(
      """
      shop/web -> 203.0.113.5 tcp/80 denied
      shop/web -> 203.0.113.5 tcp/443 allowed
      shop/web -> node/n2 tcp/80 denied
      shop/web -> data/one tcp/80 allowed
      """)
  }

  @Test("one name in two containers with two numbers: undefined where the first and all differ")
  func duplicateName() throws {
    let containers = """
      containers:
      - ports: [{name: http, containerPort: 8080}]
      - ports: [{name: http, containerPort: 9090}]
      """
    try named(containers).expect(
      """
      shop/web -> shop/server tcp/8080 allowed
      shop/web -> shop/server tcp/9090 undefined
      shop/web -> shop/server tcp/80 denied
      """)
  }

  @Test("one name twice with one number is no question")
  func sameNumberTwice() throws {
    let containers = """
      containers:
      - ports: [{name: http, containerPort: 8080}]
      - ports: [{name: http, containerPort: 8080}]
      """
    try named(containers).expect("shop/web -> shop/server tcp/8080 allowed")
  }

  @Test("ports of sidecars count, those of other init containers are undefined")
  func initContainers() throws {
    let ports = "ports: [{name: http, containerPort: 8080}]"
    try named("initContainers: [{restartPolicy: Always, \(ports)}]\ncontainers: []").expect(
      "shop/web -> shop/server tcp/8080 allowed")
    try named("initContainers: [{\(ports)}]\ncontainers: []").expect(
      "shop/web -> shop/server tcp/8080 undefined")
  }

  @Test("names are resolved on the destination, not on the source")
  func notOnSource() throws {
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: http}]}]"),
      pod("shop/client", "", ip: "10.1.0.7", "containers: [{ports: [{name: http, containerPort: 80}]}]")
    ).expect("shop/client -> shop/db tcp/80 denied")
  }
}
