import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@Suite("Leases")
struct LeaseTests {
  private static func policy(_ onStale: StaleAction) throws -> SourceGroupPolicy {
    try Gateways.policy(
      "{id: any, priority: 1, sources: [{cidrs: [10.1.0.8/32]}], defaultAction: allow}",
      "{id: web, priority: 2, sources: [{\(Gateways.everyPod), onStale: \(onStale.rawValue)}], defaultAction: allow}"
    )
  }

  private static let members = [Gateways.key("web"): ["10.1.0.7", "10.1.0.8"]]

  @Test(
    "when it runs out, members are what their source says, and nothing else",
    arguments: [(StaleAction.clear, false, true), (.keep, true, true), (.deny, false, false)])
  func runOut(onStale: StaleAction, member: Bool, memberOfBoth: Bool) throws {
    var gateway = Gateways.gateway(try Self.policy(onStale), members: Self.members)
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "tcp/443") == true)
    #expect(gateway.wantedLeases == (onStale == .keep ? [] : [Gateways.lease]))
    _ = gateway.renew([Gateways.lease: .zero])
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "tcp/443") == member)
    #expect(gateway.passes("10.1.0.8", "192.0.2.1", "tcp/443") == memberOfBoth)
    _ = gateway.renew([Gateways.lease: .seconds(10)])
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "tcp/443") == true)
  }

  @Test("is renewed whether or not it has run out")
  func renewal() throws {
    var gateway = Gateways.gateway(try Self.policy(.clear), members: Self.members)
    let update = gateway.renew([Gateways.lease: .seconds(200)])
    #expect(update.structure == nil)
    let set = "element inet merlon lease_5ea0abef5bc1ec86"
    #expect(
      update.elements.map(\.text) == [
        "add \(set) { ipv4 timeout 1s }", "add \(set) { ipv6 timeout 1s }", "delete \(set) { ipv4 }",
        "delete \(set) { ipv6 }", "add \(set) { ipv4 timeout 200s }", "add \(set) { ipv6 timeout 200s }",
      ])
  }

  @Test("does not run for sources that are known to be stale, and ends when they become so")
  func stale() throws {
    var gateway = Gateways.gateway(try Self.policy(.deny), members: Self.members)
    let update = gateway.update([SourceChange(Gateways.key("web"), status: SourceStatus(.denied))])
    #expect(update.elements.count == 4)
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "tcp/443") == false)
    #expect(gateway.renew([Gateways.lease: .seconds(300)]).isEmpty)
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "tcp/443") == false)
  }

  @Test("is given no time that was not said to be left")
  func notExtended() throws {
    let policy = try Gateways.policy(
      "{id: web, priority: 1, sources: [{\(Gateways.everyPod), onStale: clear}], defaultAction: allow}",
      "{id: edge, priority: 2, sources: [{\(Gateways.pods(of: "edge")), onStale: keep}], defaultAction: deny}"
    )
    var gateway = Gateways.gateway(policy, members: [Gateways.key("web"): ["10.1.0.7"]])
    let edge = Gateways.key("edge")
    let updates = [
      gateway.update([SourceChange(edge, status: SourceStatus(.waiting, isUnresolved: true))]),
      gateway.update([SourceChange(edge, status: SourceStatus(.following), joined: [ip("10.2.0.1")])]),
      gateway.edit(gateway.policy),
    ]
    for update in updates {
      let update = try #require(update)
      let text = update.structure?.text ?? ""
      #expect(!text.contains("timeout"))
      #expect(!update.elements.contains { $0.text.contains("lease") })
    }
    #expect(!gateway.replacement([:]).text.contains("timeout 300s"))
    #expect(gateway.replacement([Gateways.lease: .seconds(7)]).text.contains("ipv4 timeout 7s"))
  }

  @Test("denials of members that nobody knows yet are for everybody, and allow nobody")
  func unresolved() throws {
    let policy = try Gateways.policy(
      defaultPolicy: "allow",
      "{id: web, priority: 1, sources: [{\(Gateways.everyPod)}], rules: [{id: db, action: deny, to: {addresses: [10.9.0.1]}, traffic: [{protocol: any}]}, {id: dns, action: allow, to: {anywhere: true}, traffic: [{protocol: UDP, port: 53}]}], defaultAction: deny}"
    )
    let waiting = SourceIdentities(SourceStatus(.waiting, isUnresolved: true))
    var gateway = Gateway(policy, [Gateways.key("web"): waiting], leases: [:], Gateways.settings)
    #expect(gateway.passes("10.5.0.1", "192.0.2.1", "udp/53") == false)
    let update = gateway.update(
      [SourceChange(Gateways.key("web"), status: SourceStatus(.following), joined: [ip("10.1.0.7")])])
    #expect(update.structure != nil)
    #expect(gateway.passes("10.5.0.1", "10.9.0.1", "tcp/1") == true)
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "udp/53") == true)
    #expect(gateway.passes("10.1.0.7", "192.0.2.1", "udp/54") == false)
  }

  @Test(
    "where nobody knows the members of one source, those of another are asked about with all rules, and others with denials",
    arguments: [
      ("eth1", "tcp/1", true), ("eth0", "tcp/1", false), ("eth1", "udp/53", true), ("eth0", "udp/53", true),
      ("eth1", "udp/54", false), ("eth0", "udp/54", false),
    ] as [(InterfaceName, String, Bool)])
  func unresolvedBesideOthers(device: InterfaceName, content: String, passes: Bool) throws {
    let policy = try Gateways.policy(
      """
      {id: web, priority: 1, sources: [{cidrs: [10.1.0.0/24], zone: inside}, {\(Gateways.everyPod)}], rules: [
        {id: open, action: allow, to: {anywhere: true}, traffic: [{protocol: TCP}]},
        {id: shut, action: deny, to: {anywhere: true}, traffic: [{protocol: UDP, port: 54}]}]}
      """,
      """
      {id: rest, priority: 2, sources: [{cidrs: [10.0.0.0/8]}], rules: [
        {id: udp, action: allow, to: {anywhere: true}, traffic: [{protocol: UDP}]}]}
      """)
    let waiting = SourceIdentities(SourceStatus(.waiting, isUnresolved: true))
    let gateway = Gateway(policy, [Gateways.key("web", 1): waiting], leases: [:], Gateways.settings)
    let connection = Connection(ip("10.1.0.7"), ip("192.0.2.1"), Connection.content(content), device: device)
    #expect(Kernel(gateway).passes(connection) == passes)
  }
}
