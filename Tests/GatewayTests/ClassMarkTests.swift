import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@Suite("Marks of classes")
struct ClassMarkTests {
  @Test("are the same for the same hash, never 0, and never given twice")
  func marks() {
    var (marks, others) = (ClassMarks(), ClassMarks())
    #expect(marks.take(0x8000_0001_0000_0007) == 0x8000_0006)
    #expect(others.take(0x8000_0001_0000_0008) == 0x8000_0009)
    #expect(others.take(0x8000_0001_0000_0007) == 0x8000_0006)
    // The same mark, 0 by itself, and 0 as what comes after the last.
    let hashes: [UInt64] = [
      0x8000_0006, 0x8000_0006, 0, 0x7_0000_0007, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFE_0000_0001,
    ]
    let given = hashes.map { marks.take($0) }
    #expect(Set(given).count == hashes.count)
    #expect(!given.contains(0) && !given.contains(0x8000_0006))
  }

  private static func policy(port: Int) throws -> SourceGroupPolicy {
    try Gateways.policy(
      "{id: web, priority: 1, sources: [{\(Gateways.everyPod)}], rules: [{id: r, action: allow, to: {anywhere: true}, traffic: [{protocol: TCP, port: \(port)}]}]}"
    )
  }

  private static let members = [Gateways.key("web"): ["10.1.0.7"]]

  @Test("stay when rules are edited, and lead to the chain of the class")
  func edits() throws {
    let gateway = Gateways.gateway(try Self.policy(port: 443), members: Self.members)
    let other = Gateways.gateway(try Self.policy(port: 80), members: Self.members)
    #expect(gateway.program.markMaps == other.program.markMaps)
    let mark = try #require(gateway.program.markMaps.first?.elements.first?.mark)
    let dispatch = try #require(gateway.program.maps.first)
    #expect(dispatch.name == GatewayTable.classes)
    #expect(dispatch.elements.contains { $0.key == [.one(.mark(mark))] })
    #expect(Set(dispatch.elements.map(\.verdict)).count == dispatch.elements.count)
  }

  @Test("are put on packets by their senders alone, whatever mark a packet comes with")
  func owner() throws {
    let gateway = Gateways.gateway(try Self.policy(port: 443), members: Self.members)
    let mark = try #require(gateway.program.markMaps.first?.elements.first?.mark)
    let kernel = Kernel(gateway)
    for (sender, known) in [("10.1.0.7", mark), ("10.1.0.8", 0)] {
      var packet = Connection(sender, "192.0.2.1", Connection.content("tcp/443")).opening
      for forged in [0, mark, 1] {
        packet.mark = forged
        let outcome = kernel.interpreter.outcome(of: packet, at: .forward)
        #expect(outcome.mark == known)
        #expect(outcome.isAccepted == (known != 0))
        #expect(outcome.faults == [])
      }
    }
  }

  @Test("are part of what the marker of a structure tells")
  func marker() throws {
    let gateway = Gateways.gateway(try Self.policy(port: 443), members: Self.members)
    var other = Gateways.gateway(try Self.policy(port: 443))
    #expect(gateway.marker != other.marker)
    let update = other.update([SourceChange(Gateways.key("web"), joined: [ip("10.1.0.7")])])
    #expect(gateway.marker == other.marker)
    let elements = update.structure?.commands.filter { $0.contains("element") }
    #expect(elements?.count == 1)
    #expect(elements?.first?.hasPrefix("add element inet merlon classes {") == true)
  }
}
