import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@Suite("What a gateway lets through")
struct VerdictTests {
  /// Pods may ask 10.96.0.10 and look at the bank, but not at metadata; the office may ping.
  private static let groups = [
    """
    {id: web, priority: 1, sources: [{\(Gateways.everyPod)}], rules: [
      {id: metadata, action: deny, to: {addresses: [169.254.169.254]}, traffic: [{protocol: any}]},
      {id: dns, action: allow, to: {addresses: [10.96.0.10]}, traffic: [{protocol: UDP, port: 53}]},
      {id: watch, action: deny, mode: audit, to: {cidrs: [203.0.113.0/24]}, traffic: [{protocol: any}]},
      {id: bank, action: allow, to: {domainNames: [api.bank.example]}, traffic: [{protocol: TCP, port: 443}]}]}
    """,
    """
    {id: office, priority: 2, sources: [{cidrs: [192.168.0.0/16], zone: inside}], rules: [
      {id: ping, action: allow, to: {anywhere: true}, traffic: [{protocol: ICMP, type: 8}]}]}
    """,
  ]

  private func gateway(_ settings: GatewaySettings = Gateways.settings) throws -> Gateway {
    Gateways.gateway(
      try Gateways.policy(Self.groups[0], Self.groups[1]),
      members: [Gateways.key("web"): ["10.1.0.7", "fd00::7"]],
      settings: settings)
  }

  @Test(
    "is what the first matching rule says, for packets of both directions and errors about them",
    arguments: [
      ("10.1.0.7", "10.96.0.10", "udp/53", true), ("10.1.0.7", "10.96.0.10", "udp/54", false),
      ("10.1.0.7", "10.96.0.10", "tcp/53", false), ("10.1.0.7", "169.254.169.254", "tcp/80", false),
      ("10.1.0.8", "10.96.0.10", "udp/53", false), ("10.96.0.10", "10.1.0.7", "udp/53", false),
      ("fd00::7", "fd00::10", "udp/53", false),
    ])
  func firstMatch(from: String, to: String, content: String, passes: Bool) throws {
    #expect(try gateway().passes(from, to, content) == passes)
  }

  @Test("a packet that belongs to no connection is dropped, whoever sends it")
  func unconnected() throws {
    let kernel = Kernel(try gateway())
    for state in [ConnectionState.invalid, .untracked] {
      var packet = Connection("10.1.0.7", "10.96.0.10", Connection.content("udp/53")).opening
      packet.connection?.state = state
      let outcome = kernel.interpreter.outcome(of: packet, at: .forward)
      #expect(outcome.fate == .dropped)
      #expect(outcome.counters == [GatewayTable.unconnected: 1])
    }
  }

  @Test(
    "a zone is where packets come in, and where answers leave", arguments: ["eth1", "eth2", "eth3", "eth0"])
  func zones(device: InterfaceName) throws {
    var connection = Connection("192.168.0.9", "192.0.2.1", Connection.content("icmp/8"))
    connection.device = device
    #expect(Kernel(try gateway()).passes(connection) == ["eth1", "eth2"].contains(device))
  }

  @Test("nothing comes in through a zone without devices")
  func zoneWithoutDevices() throws {
    let settings = GatewaySettings()
    #expect(settings.zonesWithoutDevices(in: try gateway(settings).policy) == ["inside"])
    #expect(try gateway(settings).passes("192.168.0.9", "192.0.2.1", "icmp/8") == false)
  }

  @Test("an address that is translated to a denied one is denied")
  func translated() throws {
    var connection = Connection("10.1.0.7", "169.254.169.254", Connection.content("udp/53"))
    connection.written = ip("10.96.0.10")
    #expect(Kernel(try gateway()).passes(connection) == false)
  }

  @Test("a name opens the ports of its rule, for those who were told its address")
  func names() throws {
    let gateway = try gateway()
    var kernel = Kernel(gateway)
    let entries = gateway.namesTable.entries(
      about: "API.bank.example.", for: Set(gateway.groups(of: ip("10.1.0.7"))))
    #expect(entries.map(\.rule) == ["bank"])
    #expect(gateway.namesTable.entries(about: "bank.example", for: ["web"]).isEmpty)
    let set = try #require(entries.first?.sets[.ipv4])
    kernel.interpreter.members[set] = [[.address(ip("10.1.0.7")), .address(ip("198.51.100.7"))]]
    #expect(kernel.passes(Connection("10.1.0.7", "198.51.100.7", Connection.content("tcp/443"))) == true)
    #expect(kernel.passes(Connection("10.1.0.7", "198.51.100.7", Connection.content("tcp/22"))) == false)
    #expect(kernel.passes(Connection("10.1.0.8", "198.51.100.7", Connection.content("tcp/443"))) == false)
  }

  @Test("a denial is counted for its rule and its group, logged with their identifiers, and answered")
  func denial() throws {
    let gateway = try gateway()
    let outcome = Kernel(gateway).outcome(
      Connection("10.1.0.7", "169.254.169.254", Connection.content("tcp/80")))
    #expect(outcome.fate == .rejected(.tcpReset))
    #expect(outcome.counters.values.sorted() == [1, 1])
    let reading = outcome.logs.first?.prefix.flatMap { gateway.names.reading(prefix: $0.text) }
    #expect(reading == LogReading(kind: .deny, rule: ProgramNames.Rule(group: "web", name: "rule metadata")))
    let udp = Kernel(gateway).outcome(Connection("10.1.0.7", "169.254.169.254", Connection.content("udp/80")))
    #expect(udp.fate == .rejected(.administrativelyProhibited))
  }

  @Test("a denial can be silent, and goes on without log entries when there are too many")
  func silence() throws {
    var kernel = Kernel(try gateway(GatewaySettings(refusal: .drop)))
    kernel.interpreter.hasTokens = false
    let outcome = kernel.outcome(Connection("10.1.0.7", "169.254.169.254", Connection.content("tcp/80")))
    #expect(outcome.fate == .dropped)
    #expect(outcome.logs.isEmpty)
  }

  @Test("what is only audited is noted once, and the next rule is asked", arguments: [true, false])
  func audit(hasTokens: Bool) throws {
    let gateway = try gateway()
    var kernel = Kernel(gateway)
    kernel.interpreter.hasTokens = hasTokens
    let outcome = kernel.outcome(Connection("10.1.0.7", "203.0.113.9", Connection.content("tcp/443")))
    let readings = outcome.logs.compactMap { $0.prefix.flatMap { gateway.names.reading(prefix: $0.text) } }
    let watch = ProgramNames.Rule(group: "web", name: "rule watch")
    #expect(
      readings
        == (hasTokens ? [.init(kind: .audit, rule: watch), .init(kind: .deny, rule: .defaultPolicy)] : []))
    let identifier = try #require(gateway.names.rules.first { $0.value == watch }?.key)
    #expect(outcome.counters[GatewayTable.counter(rule: identifier)] == 1)
  }

  @Test("nothing passes a gateway without a document")
  func nothing() {
    #expect(Gateway(Gateways.settings).passes("10.1.0.7", "10.96.0.10", "udp/53") == false)
  }
}
