import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@testable import SourceGroupDocuments

@Suite("The preparation of a change")
struct PreparationTests {
  @Test(
    "changes nothing that is decided, counted or logged, whatever comes next",
    arguments: 0..<4 as Range<UInt64>)
  func meaning(seed: UInt64) throws {
    var generator = SplitMix64(seed: 7000 + seed)
    var prepared = 0
    for _ in 0..<8 {
      var state = try RandomState(.random(&generator), &generator)
      var gateway = state.gateway
      for _ in 0..<8 {
        let before = gateway
        // Renewals follow, which have no preparation.
        let updates = try UpdateAgreementTests.step(&state, &gateway, &generator)
        guard let update = updates.first, !update.preparation.isEmpty else { continue }
        prepared += update.preparation.count
        let kernels = (Kernel(before), Kernel(before, preparedFor: update))
        for sender in LiteralDocument.senders {
          for _ in 0..<4 { try compare(kernels, sender, state, &generator) }
        }
      }
    }
    #expect(prepared > 20)
  }

  private func compare(
    _ kernels: (Kernel, Kernel), _ sender: LiteralDocument.Sender, _ state: RandomState,
    _ generator: inout SplitMix64
  ) throws {
    let source = try #require(IPAddress(sender.address.text))
    let destination = try #require(
      state.literal.addresses(isIPv6: sender.address.isIPv6).randomElement(using: &generator)
        .flatMap { IPAddress($0.text) })
    let traffic = try #require(["tcp/443", "udp/53", "tcp/22", "47"].randomElement(using: &generator))
    let device = try #require(["eth0", "eth1", "eth3"].randomElement(using: &generator) as InterfaceName?)
    let connection = Connection(source, destination, Connection.content(traffic), device: device)
    for packet in [connection.opening, connection.answer, connection.error] {
      let (plain, prepared) = (
        kernels.0.interpreter.outcome(of: packet, at: .forward),
        kernels.1.interpreter.outcome(of: packet, at: .forward)
      )
      #expect(plain.fate == prepared.fate)
      #expect(plain.counters == prepared.counters)
      #expect(plain.logs == prepared.logs)
      #expect(plain.chains == prepared.chains)
      #expect(prepared.faults == [])
    }
  }

  private static func group(_ id: String, _ priority: Int) -> String {
    "{id: \(id), priority: \(priority), sources: [{\(Gateways.everyPod)}], defaultAction: allow}"
  }

  @Test("has the members of another document that no class has, and the text for nft does not grow with them")
  func follow() throws {
    let policy = try Gateways.policy(Self.group("a", 1), Self.group("b", 2))
    func update(_ count: Int) -> GatewayUpdate {
      var gateway = Gateway(Gateways.settings)
      let members = [
        Gateways.key("a"): (0..<count).map { "10.1.\($0 / 250).\($0 % 250)" },
        Gateways.key("b"): ["10.1.0.0", "fd00::1"],
      ]
      return gateway.follow(
        policy, Gateways.identities(of: policy, members), leases: Gateways.leases(of: policy))
    }
    let (small, large) = (update(2), update(2000))
    #expect(small.preparation.count == 3)
    #expect(large.preparation.count == 2001)
    #expect(small.structure == large.structure)
    #expect(large.elements.isEmpty)
    #expect(Set(large.preparation).count == 2001)
  }

  @Test("is sorted by address, so that the same change is the same text")
  func order() throws {
    let policy = try Gateways.policy(Self.group("a", 1))
    let update = { (addresses: [String]) in
      var gateway = Gateway(Gateways.settings)
      let identities = Gateways.identities(of: policy, [Gateways.key("a"): addresses])
      return gateway.follow(policy, identities, leases: [:]).preparation.map(\.text)
    }
    let texts = update(["10.1.0.20", "10.1.0.3", "fd00::1", "10.1.0.1"])
    #expect(texts == update(["fd00::1", "10.1.0.1", "10.1.0.3", "10.1.0.20"]))
    #expect(texts.map { $0.split(separator: " ")[6] } == ["10.1.0.1", "10.1.0.3", "10.1.0.20", "fd00::1"])
  }

  @Test("has nobody who has a class, and nobody of a class with a chain")
  func others() throws {
    let policy = try Gateways.policy(Self.group("a", 1), Self.group("b", 2))
    var gateway = Gateways.gateway(policy, members: [Gateways.key("a"): ["10.1.0.1", "10.1.0.2"]])
    // From the class of `a` to that of `b`, which is new.
    let moved = gateway.update([
      SourceChange(Gateways.key("a"), joined: [ip("10.1.0.3")], left: [ip("10.1.0.1")]),
      SourceChange(Gateways.key("b"), joined: [ip("10.1.0.1"), ip("10.1.0.9")]),
    ])
    #expect(moved.preparation.map(\.text).allSatisfy { $0.contains("{ 10.1.0.9 : ") })
    #expect(moved.preparation.count == 1)
    let elements = try #require(
      moved.structure?.commands.filter { $0.contains("element inet merlon sources4") })
    #expect(elements.count == 3)
    #expect(elements.allSatisfy { !$0.contains("10.1.0.9") })
    // To a chain that is left without senders, and stays for a while.
    _ = gateway.update([SourceChange(Gateways.key("b"), left: [ip("10.1.0.1"), ip("10.1.0.9")])])
    let back = gateway.update([SourceChange(Gateways.key("b"), joined: [ip("10.1.0.9")])])
    #expect(back.preparation.isEmpty && back.structure == nil && back.elements.count == 1)
  }
}
