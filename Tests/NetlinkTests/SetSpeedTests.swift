import Glibc
import Netlink
import Testing

extension RealNamespaces {
  @Suite("100,000 elements", .serialized)
  struct SetSpeedTests {
    static let count = 100_000
    static let ruleset = """
      table inet gate {
        chain one { accept; }
        set members { type ipv4_addr; flags timeout; }
        map cls { type ipv4_addr : verdict; flags timeout; }
        map marks { type ipv4_addr : mark; flags timeout; }
      }
      """
    /// What elements of maps have, and its text.
    static let values: [String: (MapValue?, String)] = [
      "cls": (.verdict(.goto("one")), " : goto one"), "marks": (.mark(7), " : 0x00000007"),
    ]
    #if DEBUG
      static let slowness = 4.0
    #else
      static let slowness = 1.0
    #endif

    @Test(
      "are one transaction, which costs less than a CPU-second and less than nft takes",
      arguments: ["members", "cls", "marks"])
    func load(set: String) throws {
      let (value, text) = Self.values[set] ?? (nil, "")
      var best = Duration.seconds(1000)
      // The kernel's table grows when the machine has time for it, and is slow until then: what counts is the best of three.
      for _ in 0..<3 {
        let namespace = try TestNamespace(Self.ruleset)
        var connection = try namespace.connection()
        let before = try connection.generation()
        var transaction = TableTransaction(table: "gate")
        let encoding = cost {
          for number in 0..<Self.count {
            transaction.add(
              .ipv4(0x0A00_0000 + UInt32(number)), to: set, value: value, timeout: .seconds(600))
          }
        }
        let total = try encoding + cost { try connection.commit(transaction) }
        #expect(try connection.generation() == before + 1)
        var listed = 0
        let listing = try cost { listed = try connection.elements(of: set, in: "gate").count }
        #expect(listed == Self.count)
        let reference = try nftCost(set, value: text)
        print(
          "100,000 elements of \(set): \(milliseconds(total)) ms CPU, of which \(milliseconds(encoding)) encoding;",
          "nft -f \(milliseconds(reference)) ms; ratio \(total / reference);",
          "listing \(milliseconds(listing)) ms")
        best = min(best, total)
        if best < .seconds(Self.slowness), best / reference < Self.slowness { return }
      }
      Issue.record("the best of three is \(milliseconds(best)) ms")
    }

    @Test(
      "one change of them costs what one change costs",
      arguments: [("members", 1), ("members", 100), ("members", 1000), ("marks", 1), ("marks", 100)])
    func changes(set: String, size: Int) throws {
      let value = Self.values[set]?.0
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      for number in 0..<Self.count {
        transaction.add(.ipv4(UInt32(number)), to: set, value: value, timeout: .seconds(600))
      }
      try connection.commit(transaction)
      let rounds = max(20, 2000 / size)
      let total = try cost {
        for _ in 0..<rounds {
          transaction.removeAll()
          for number in 0..<size {
            transaction.add(
              .ipv4(0x0B00_0000 + UInt32(number)), to: set, value: value, timeout: .seconds(60))
          }
          try connection.commit(transaction)
          transaction.removeAll()
          for number in 0..<size { transaction.delete(.ipv4(0x0B00_0000 + UInt32(number)), from: set) }
          try connection.commit(transaction)
        }
      }
      let each = total / Double(2 * rounds)
      print("a transaction of \(size) operations on \(set): \(each / .microseconds(1)) µs CPU")
      #expect(each / Double(size) < .microseconds(100 * Self.slowness))
    }

    /// CPU time of this thread, in which the kernel works on what it sends.
    private func cost(_ body: () throws -> Void) rethrows -> Duration {
      func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
      }
      let start = now()
      try body()
      return now() - start
    }

    /// CPU time that the program `nft` takes for as many elements.
    private func nftCost(_ set: String, value: String) throws -> Duration {
      let namespace = try TestNamespace(Self.ruleset)
      let elements = (0..<Self.count).map { number in
        "10.\(number >> 16).\(number >> 8 & 255).\(number & 255) timeout 600s\(value)"
      }.joined(separator: ", ")
      return try namespace.namespace.run { (thread) throws(NetlinkError) in
        let result = try thread.run(
          "nft", ["-f", "-"], input: "add element inet gate \(set) { \(elements) }")
        #expect(result.code == 0)
        return result.processorTime
      }
    }

    private func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
  }
}
