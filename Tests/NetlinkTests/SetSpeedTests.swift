import Netlink
import NetlinkTestSupport
import Testing

extension RealNamespaces {
  @Suite("100,000 elements")
  struct SetSpeedTests {
    static let count = 100_000
    static let ruleset = """
      table inet gate {
        chain one { accept; }
        set members { type ipv4_addr; flags timeout; }
        map cls { type ipv4_addr : verdict; flags timeout; }
      }
      """

    @Test(
      "are one transaction, cost less than a CPU-second, and less than nft takes",
      arguments: ["members", "cls"])
    func load(set: String) throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      let verdict: MapVerdict? = set == "cls" ? .goto("one") : nil
      let start = processorTime()
      var transaction = NftablesTransaction(table: "gate")
      for number in 0..<Self.count {
        transaction.add(
          .ipv4(0x0A00_0000 + UInt32(number)), to: set, verdict: verdict, timeout: .seconds(600))
      }
      let encoded = processorTime()
      let before = try connection.generation()
      try connection.commit(transaction)
      let cost = processorTime() - start
      #expect(try connection.generation() == before + 1)
      let listing = processorTime()
      #expect(try connection.elements(of: set, in: "gate").count == Self.count)
      let listed = processorTime() - listing

      let other = try TestNamespace(Self.ruleset)
      let lines = (0..<Self.count).map { number in
        "10.\(number >> 16).\(number >> 8 & 255).\(number & 255) timeout 600s"
          + (verdict == nil ? "" : " : goto one")
      }
      let children = processorTime(ofChildren: true)
      try other.nft(["-f", "-"], input: "add element inet gate \(set) { \(lines.joined(separator: ", ")) }")
      let reference = processorTime(ofChildren: true) - children
      print(
        "100,000 elements of \(set): \(milliseconds(cost)) ms CPU (encoding \(milliseconds(encoded - start))); nft -f "
          + "\(milliseconds(reference)); ratio \(milliseconds(cost * 100 / reference)) %; listing \(milliseconds(listed)) ms"
      )
      #expect(cost < 1)
      #expect(cost < reference)
    }

    @Test("one change of them costs what one change costs", arguments: [1, 100, 1000])
    func changes(size: Int) throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = NftablesTransaction(table: "gate")
      for number in 0..<Self.count {
        transaction.add(.ipv4(UInt32(number)), to: "members", timeout: .seconds(600))
      }
      try connection.commit(transaction)
      let rounds = max(20, 2000 / size)
      let start = processorTime()
      for _ in 0..<rounds {
        transaction.removeAll()
        for number in 0..<size {
          transaction.add(.ipv4(0x0B00_0000 + UInt32(number)), to: "members", timeout: .seconds(60))
        }
        try connection.commit(transaction)
        transaction.removeAll()
        for number in 0..<size { transaction.delete(.ipv4(0x0B00_0000 + UInt32(number)), from: "members") }
        try connection.commit(transaction)
      }
      let cost = (processorTime() - start) / Double(2 * rounds)
      print(
        "a transaction of \(size) operations: \(Int(cost * 1_000_000)) µs CPU, \(cost * 1_000_000 / Double(size)) each"
      )
      #expect(cost / Double(size) < 0.000_2)
    }

    private func milliseconds(_ seconds: Double) -> Int { Int(seconds * 1000) }
  }
}
