import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@Suite("Changes of a gateway")
struct UpdateTests {
  private static func group(_ id: String, _ priority: Int, port: Int = 443) -> String {
    "{id: \(id), priority: \(priority), sources: [{\(Gateways.everyPod)}], rules: [{id: r, action: allow, to: {anywhere: true}, traffic: [{protocol: TCP, port: \(port)}]}]}"
  }

  private static func gateway(_ members: [SourceKey: [String]]) throws -> Gateway {
    Gateways.gateway(try Gateways.policy(group("a", 1), group("b", 2, port: 80)), members: members)
  }

  private let both = [Gateways.key("a"): ["10.1.0.1", "10.1.0.2"], Gateways.key("b"): ["10.1.0.1"]]

  @Test("a member that comes to a class with a chain is one element, and so is one that leaves")
  func elements() throws {
    var gateway = try Self.gateway(both)
    let joined = gateway.update([SourceChange(Gateways.key("a"), joined: [ip("10.1.0.3")])])
    #expect(joined.structure == nil)
    #expect(
      joined.elements.map(\.text) == ["add element inet merlon sources4 { 10.1.0.3 : \(Self.markA) }"])
    let left = gateway.update([SourceChange(Gateways.key("a"), left: [ip("10.1.0.3")])])
    #expect(left.elements.map(\.text) == ["delete element inet merlon sources4 { 10.1.0.3 }"])
    #expect(gateway.passes("10.1.0.3", "192.0.2.1", "tcp/443") == false)
  }

  @Test("who moves to another class is taken out and put back in one batch, after whoever came and left")
  func moves() throws {
    var gateway = try Self.gateway(both)
    let update = gateway.update([
      SourceChange(Gateways.key("b"), left: [ip("10.1.0.1")]),
      SourceChange(Gateways.key("a"), joined: [ip("10.1.0.4")], left: [ip("10.1.0.2")]),
    ])
    #expect(
      update.elements.map(\.text) == [
        "add element inet merlon sources4 { 10.1.0.4 : \(Self.markA) }",
        "delete element inet merlon sources4 { 10.1.0.2 }",
        "delete element inet merlon sources4 { 10.1.0.1 }",
        "add element inet merlon sources4 { 10.1.0.1 : \(Self.markA) }",
      ])
    #expect(gateway.passes("10.1.0.1", "192.0.2.1", "tcp/80") == false)
  }

  @Test("an address stays as long as any member has it")
  func sharedAddresses() throws {
    var gateway = try Self.gateway([Gateways.key("a"): ["10.1.0.1", "10.1.0.1"]])
    let address = [ip("10.1.0.1")]
    #expect(gateway.update([SourceChange(Gateways.key("a"), left: address)]).isEmpty)
    #expect(gateway.update([SourceChange(Gateways.key("a"), joined: address, left: address)]).isEmpty)
    #expect(gateway.update([SourceChange(Gateways.key("a"), left: address)]).elements.count == 1)
    #expect(gateway.update([SourceChange(Gateways.key("a"), left: address)]).isEmpty)
  }

  @Test(
    "the first member of a class brings its chain with it, and has its mark before, which means nothing then")
  func newClass() throws {
    var gateway = try Self.gateway(both)
    let marker = gateway.marker
    let update = gateway.update([SourceChange(Gateways.key("b"), joined: [ip("10.1.0.9")])])
    #expect(update.elements.isEmpty)
    let commands = try #require(update.structure?.commands)
    let dispatch = commands.filter { $0.contains("element") }
    #expect(dispatch.count == 1)
    let mark = try #require(dispatch.first?.split(separator: " ").first { $0.hasPrefix("0x") })
    #expect(dispatch.first?.hasPrefix("add element inet merlon classes { \(mark) : goto class_") == true)
    #expect(update.preparation.map(\.text) == ["add element inet merlon sources4 { 10.1.0.9 : \(mark) }"])
    #expect(commands.filter { $0.hasPrefix("add chain") }.count == 2)
    #expect(commands.contains("delete chain inet merlon \(marker)"))
    #expect(gateway.passes("10.1.0.9", "192.0.2.1", "tcp/80") == true)
  }

  @Test("an edit of a rule writes the chain of its group again, and moves nobody")
  func edit() throws {
    var gateway = try Self.gateway(both)
    let policy = try Gateways.policy(Self.group("a", 1, port: 8443), Self.group("b", 2, port: 80))
    let update = gateway.edit(policy)
    let commands = try #require(update?.structure?.commands)
    #expect(commands.filter { $0.hasPrefix("flush chain") }.count == 2)
    #expect(
      !commands.contains { $0.contains("element") || $0.contains("class_") || $0.contains("counter inet") })
    #expect(gateway.passes("10.1.0.1", "192.0.2.1", "tcp/8443") == true)
    #expect(gateway.passes("10.1.0.1", "192.0.2.1", "tcp/443") == false)
  }

  @Test("other sources are no edit")
  func noEdit() throws {
    var gateway = try Self.gateway(both)
    let update = gateway.edit(try Gateways.policy(Self.group("a", 1)))
    #expect(update?.isEmpty == nil)
    #expect(gateway.policy.groups.count == 2)
  }

  @Test("the same document again changes nothing but leases")
  func nothing() throws {
    var gateway = try Self.gateway(both)
    let update = gateway.follow(
      gateway.policy, Gateways.identities(of: gateway.policy, both),
      leases: Gateways.leases(of: gateway.policy))
    #expect(update.structure == nil)
    #expect(update.elements.allSatisfy { $0.text.contains("lease_") })
  }

  @Test("chains without senders stay until they are swept, or the structure changes")
  func sweep() throws {
    var gateway = try Self.gateway(both)
    let update = gateway.update([SourceChange(Gateways.key("b"), left: [ip("10.1.0.1")])])
    #expect(update.structure == nil)
    let swept = try #require(gateway.sweep().structure?.commands)
    #expect(swept.filter { $0.hasPrefix("delete chain") }.count == 2)
    #expect(gateway.sweep().isEmpty)
  }

  /// The mark of those who are members of `a` alone, whose chain is `class_6ba6de4b8d12b566`.
  private static let markA = "0xe6b46b2d"
}
