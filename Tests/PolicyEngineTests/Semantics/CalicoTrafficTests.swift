import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.2: what a rule asks of protocols, ports and families.
@Suite("Calico: protocols and ports")
struct CalicoTrafficTests {
  private let ports =
    "containers:\n- ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]"

  /// What reaches `shop/db` from `shop/web` under one ingress rule that allows.
  private func expect(
    _ rule: String, _ table: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try WorldFixture(
      profile: .calico, namespace("shop"),
      pod("shop/web", "app: web", ip: "10.1.0.1 fd00::1"),
      pod("shop/db", "app: db", ip: "10.1.0.2 fd00::2", ports),
      calico("NetworkPolicy", "shop/p", "selector: app == 'db'\ningress: [{action: Allow\(rule)}]")
    ).expect(
      table.split(separator: "\n").map { row in
        let words = row.split(separator: " ")
        return "10.1.0.1 -> 10.1.0.2 \(words[0]) \(words[1])"
      }.joined(separator: "\n"), sourceLocation: sourceLocation)
  }

  @Test("without protocol: everything, ICMP included")
  func anyProtocol() throws {
    try expect("", "tcp/1 allowed\nudp/1 allowed\nsctp/1 allowed\nicmp/8 allowed\nprotocol/47 allowed")
  }

  @Test(
    "protocol by name or by number",
    arguments: [
      ("TCP", "tcp/80"), ("6", "tcp/80"), ("UDP", "udp/80"), ("SCTP", "sctp/80"), ("132", "sctp/80"),
      ("ICMP", "icmp/8"), ("1", "icmp/8"), ("UDPLite", "udplite"), ("47", "protocol/47"),
    ])
  func protocols(_ name: String, _ matched: String) throws {
    for other in ["tcp/80", "udp/80", "sctp/80", "icmp/8", "udplite", "protocol/47"] {
      try expect(", protocol: \(name)", "\(other) \(other == matched ? "allowed" : "denied")")
    }
  }

  @Test("notProtocol: every other protocol")
  func notProtocol() throws {
    try expect(", notProtocol: TCP", "tcp/80 denied\nudp/80 allowed\nicmp/8 allowed\nprotocol/47 allowed")
    try expect(", notProtocol: ICMP", "tcp/80 allowed\nicmp/8 denied\nprotocol/47 allowed")
    try expect(", notProtocol: 47", "tcp/80 allowed\nicmp/8 allowed\nprotocol/47 denied")
    try expect(", protocol: TCP, notProtocol: TCP", "tcp/80 denied\nudp/80 denied")
    try expect(", protocol: TCP, notProtocol: UDP", "tcp/80 allowed\nudp/80 denied")
  }

  @Test("icmp: a type, and perhaps a code")
  func icmp() throws {
    try expect(", protocol: ICMP, icmp: {type: 8}", "icmp/8 allowed\nicmp/8/1 allowed\nicmp/0 denied")
    try expect(", protocol: ICMP, icmp: {type: 3, code: 4}", "icmp/3/4 allowed\nicmp/3/1 denied")
    try expect(", protocol: ICMP, icmp: {type: 8}", "icmp undefined")
  }

  @Test("ICMPv6 is another protocol than ICMP, with types of its own", arguments: ["ICMPv6", "58"])
  func icmpv6(_ name: String) throws {
    try WorldFixture(
      profile: .calico, namespace("shop"),
      pod("shop/web", "app: web", ip: "10.1.0.1 fd00::1"),
      pod("shop/db", "app: db", ip: "10.1.0.2 fd00::2"),
      calico(
        "NetworkPolicy", "shop/p",
        "selector: app == 'db'\ningress: [{action: Allow, protocol: \(name), icmp: {type: 128}}]")
    ).expect(
      """
      fd00::1 -> fd00::2 icmpv6/128 allowed
      fd00::1 -> fd00::2 icmpv6/129 denied
      10.1.0.1 -> 10.1.0.2 icmp/128 denied
      fd00::1 -> fd00::2 tcp/128 denied
      """)
  }

  @Test("notICMP: every other message")
  func notICMP() throws {
    try expect(", protocol: ICMP, notICMP: {type: 8}", "icmp/8 denied\nicmp/0 allowed")
    try expect(", protocol: ICMP, notICMP: {type: 3, code: 4}", "icmp/3/4 denied\nicmp/3/1 allowed")
    try expect(
      ", protocol: ICMP, icmp: {type: 3}, notICMP: {type: 3, code: 4}",
      "icmp/3/4 denied\nicmp/3/0 allowed\nicmp/8 denied")
    try expect(", protocol: ICMP, icmp: {type: 3}, notICMP: {type: 8}", "icmp/3/4 allowed\nicmp/8 denied")
    try expect(", protocol: ICMP, icmp: {type: 3}, notICMP: {type: 3}", "icmp/3/4 denied")
  }

  @Test("ports: numbers, ranges and names")
  func destinationPorts() throws {
    try expect(
      ", protocol: TCP, destination: {ports: [80, '90:92', http]}",
      """
      tcp/80 allowed
      tcp/91 allowed
      tcp/93 denied
      tcp/8080 allowed
      udp/80 denied
      icmp/8 denied
      """)
  }

  @Test("notPorts: every other port")
  func notPorts() throws {
    try expect(
      ", protocol: TCP, destination: {notPorts: [80, http]}",
      "tcp/80 denied\ntcp/8080 denied\ntcp/81 allowed\nudp/81 denied")
    try expect(
      ", protocol: TCP, destination: {ports: ['80:90'], notPorts: [85]}",
      "tcp/80 allowed\ntcp/85 denied\ntcp/91 denied")
  }

  @Test("port names without a protocol take it from the endpoint's port")
  func namesWithoutProtocol() throws {
    try expect(
      ", destination: {ports: [http, dns]}",
      "tcp/8080 allowed\nudp/53 allowed\ntcp/53 denied\nudp/8080 denied\nicmp/8 denied")
    try expect(
      ", destination: {notPorts: [http]}", "tcp/8080 denied\nudp/8080 allowed\nicmp/8 allowed")
  }

  @Test("a port name that nobody defines matches nothing")
  func unknownName() throws {
    try expect(", protocol: TCP, destination: {ports: [metrics]}", "tcp/8080 denied\ntcp/9090 denied")
  }

  @Test("source ports")
  func sourcePorts() throws {
    try expect(
      ", protocol: TCP, source: {ports: ['1000:2000']}, destination: {ports: [80]}",
      "tcp/80 undefined\ntcp/81 denied\nudp/80 denied")
    try expect(", protocol: TCP, source: {notPorts: [53]}", "tcp/80 undefined\nudp/80 denied")
    try expect(", protocol: TCP, source: {ports: ['1:65535']}", "tcp/80 allowed\nicmp/8 denied")
  }

  @Test("names of source ports are those of the source")
  func sourcePortNames() throws {
    let shop = { (rule: String) in
      WorldFixture(
        profile: .calico, namespace("shop"),
        pod(
          "shop/web", "app: web", ip: "10.1.0.1", "containers: [{ports: [{name: http, containerPort: 8080}]}]"
        ),
        pod("shop/db", "app: db", ip: "10.1.0.2"),
        calico("GlobalNetworkPolicy", "p", rule))
    }
    for direction in ["egress", "ingress"] {
      try shop("\(direction): [{action: Allow, source: {ports: [http]}}]").expect(
        "shop/web -> shop/db tcp/80 undefined\nshop/db -> shop/web tcp/80 denied")
      try shop("\(direction): [{action: Allow, source: {notPorts: [http]}}]").expect(
        "shop/web -> shop/db tcp/80 undefined\nshop/db -> shop/web tcp/80 allowed")
    }
  }

  @Test("ipVersion, and nets of one family, make a rule for that family only")
  func families() throws {
    let both = { (rule: String, v4: String, v6: String) in
      try WorldFixture(
        profile: .calico, namespace("shop"),
        pod("shop/web", "app: web", ip: "10.1.0.1 fd00::1"),
        pod("shop/db", "app: db", ip: "10.1.0.2 fd00::2"),
        calico("NetworkPolicy", "shop/p", "selector: app == 'db'\ningress: [{action: Allow, \(rule)}]")
      ).expect("10.1.0.1 -> 10.1.0.2 tcp/80 \(v4)\nfd00::1 -> fd00::2 tcp/80 \(v6)")
    }
    try both("ipVersion: 4", "allowed", "denied")
    try both("ipVersion: 6", "denied", "allowed")
    try both("source: {selector: app == 'web'}", "allowed", "allowed")
    try both("ipVersion: 6, source: {selector: app == 'web'}", "denied", "allowed")
    try both("source: {notNets: [192.0.2.0/24]}", "allowed", "denied")
    try both("source: {notNets: ['2001:db8::/32']}", "denied", "allowed")
    try both("destination: {notNets: [192.0.2.0/24]}", "allowed", "denied")
    try both("source: {nets: [10.0.0.0/8]}, destination: {notNets: [10.1.0.2/32]}", "denied", "denied")
  }

  @Test("criteria of the subject's own end count")
  func ownEnd() throws {
    let shop = { (rule: String) in
      WorldFixture.shop(
        profile: .calico, calico("GlobalNetworkPolicy", "p", "ingress: [{action: Allow, \(rule)}]"))
    }
    try shop("destination: {selector: app == 'db'}").expect(
      "shop/web -> shop/db tcp/80 allowed\nshop/db -> shop/web tcp/80 denied")
    try shop("destination: {nets: [10.1.0.2/32]}").expect(
      "shop/web -> shop/db tcp/80 allowed\nshop/db -> shop/web tcp/80 denied")
    try shop("destination: {notSelector: app == 'db'}").expect(
      "shop/web -> shop/db tcp/80 denied\nshop/db -> shop/web tcp/80 allowed")
    try WorldFixture.shop(
      profile: .calico,
      calico(
        "NetworkPolicy", "shop/p", "egress: [{action: Allow, source: {selector: app == 'web'}}]")
    ).expect("shop/web -> 203.0.113.1 tcp/80 allowed\nshop/db -> 203.0.113.1 tcp/80 denied")
  }

  @Test(
    "what both directions ask of the source's address or port is asked of one address and one port",
    arguments: [
      ("source: {nets: [10.0.0.0/8]}", "source: {notNets: [10.0.0.0/8]}"),
      ("protocol: TCP, source: {ports: ['1:99']}", "protocol: TCP, source: {ports: ['100:65535']}"),
    ])
  func sharedUnknowns(_ egress: String, _ ingress: String) throws {
    let world = WorldFixture(
      profile: .calico, namespace("shop"), workload("Deployment", "shop/api", "app: api"),
      pod("shop/db", "app: db", ip: "10.1.0.2"),
      calico("NetworkPolicy", "shop/out", "selector: app == 'api'\negress: [{action: Allow, \(egress)}]"),
      calico("NetworkPolicy", "shop/in", "selector: app == 'db'\ningress: [{action: Allow, \(ingress)}]"))
    let line = "shop/api -> shop/db tcp/80"
    let verdict = try world.verdict(line)
    #expect([verdict.outcome, verdict.egress, verdict.ingress] == [.denied, .undefined, .undefined])
    #expect(VerdictTable(world.compiled).verdict(try world.parser.parse(line)) == nil)
  }

  @Test("http is checked after the ports: the connection is decided without it")
  func http() throws {
    try expect(
      ", protocol: TCP, http: {methods: [GET], paths: [{prefix: /api}]}", "tcp/80 allowed\nudp/80 denied")
  }
}
