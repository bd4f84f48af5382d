import Glibc
import Netlink
import Testing

extension RealNamespaces {
  @Suite("What is seen of rules")
  struct RulesEventsTests {
    static let ruleset = """
      table inet gate {
        counter allowed { packets 3 bytes 300 }
        counter denied { packets 5 bytes 500 }
        set members { type ipv4_addr; flags timeout; }
      }
      """

    @Test("each change is a new generation; a transaction that expects another one changes nothing")
    func generations() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      let first = try connection.generation()
      #expect(try connection.generation() == first)
      var transaction = TableTransaction(table: "gate")
      transaction.add(.ipv4(1), to: "members")
      try connection.commit(transaction, expecting: first)
      #expect(try connection.generation() == first + 1)
      transaction.removeAll()
      transaction.add(.ipv4(2), to: "members")
      let error = try #require(throws: NetlinkError.self) {
        try connection.commit(transaction, expecting: first)
      }
      #expect(error.reason == .changed)
      #expect(try connection.elements(of: "members", in: "gate").map(\.key) == [.ipv4(1)])
      #expect(try connection.generation() == first + 1)
    }

    @Test("thousands of refusals are one error")
    func refusals() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      for number: UInt32 in 0..<20_000 { transaction.delete(.ipv4(number), from: "none-\(number % 2)") }
      let error = try #require(throws: NetlinkError.self) { try connection.commit(transaction) }
      #expect(error.reason == .missing && error.operation == "delete from set gate none-0")
      transaction.removeAll()
      transaction.add(.ipv4(1), to: "members")
      try connection.commit(transaction)
    }

    @Test("named counters are listed, and set to zero on request")
    func counters() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      let all = [
        CounterReading("allowed", packets: 3, bytes: 300), CounterReading("denied", packets: 5, bytes: 500),
      ]
      #expect(try connection.counters(of: "gate").sorted { $0.name < $1.name } == all)
      #expect(try connection.counters(of: "gate", areReset: true).sorted { $0.name < $1.name } == all)
      #expect(try connection.counters(of: "gate").allSatisfy { $0.packets == 0 && $0.bytes == 0 })
    }

    @Test("a packet that a rule logs is read with its prefix, place, link, mark and bytes")
    func log() throws {
      let pair = try NamespacePair()
      try pair.second.nft(
        ["-f", "-"],
        input: """
          table inet gate {
            chain in {
              type filter hook input priority 0;
              udp dport 53 meta mark set 0x17 log group 5 prefix "v=deny r=3"
              udp dport 54 log group 6
            }
          }
          """)
      var log = try pair.second.namespace.run { (_) throws(NetlinkError) in try PacketLog(group: 5) }
      #expect(try log.read().isEmpty)
      try pair.send("question", port: 54)
      try pair.send("question", port: 53)
      var packets: [LoggedPacket] = []
      var event = pollfd(fd: log.descriptor, events: Int16(POLLIN), revents: 0)
      while packets.isEmpty, poll(&event, 1, 5000) > 0 { packets += try log.read() }
      let packet = try #require(packets.first)
      #expect(packets.count == 1)
      #expect(packet.prefix == "v=deny r=3")
      #expect(packet.hook == .input)
      #expect(packet.inputInterface == 7 && packet.outputInterface == nil)
      #expect(packet.mark == 0x17)
      #expect(packet.payload.first == 0x45)
      #expect(String(decoding: packet.payload.suffix(8), as: UTF8.self) == "question")
    }

    @Test("a group has one reader")
    func oneReader() throws {
      let namespace = try TestNamespace()
      try namespace.namespace.run { (_) throws(NetlinkError) in
        let first = try PacketLog(group: 9)
        #expect(throws: NetlinkError.self) { _ = try PacketLog(group: 9) }
        _ = first.group
      }
    }
  }
}

/// Two namespaces with a pair of links: 10.9.0.1 and fd00:9::1 here, 10.9.0.2 and fd00:9::2 there.
struct NamespacePair {
  let first: TestNamespace
  let second: TestNamespace

  init() throws {
    first = try TestNamespace()
    second = try TestNamespace()
    let there = second.namespace
    try first.namespace.run { (_) throws(NetlinkError) in
      var routing = try RoutingConnection()
      try routing.addPair(LinkEnd("here", index: 5), LinkEnd("there", index: 7), in: there)
      try Self.configure(&routing, link: 5, number: 1)
    }
    try there.run { (_) throws(NetlinkError) in
      var routing = try RoutingConnection()
      try Self.configure(&routing, link: 7, number: 2)
      // The first end learns of the second a moment later.
    }
    let clock = ContinuousClock()
    let start = clock.now
    while clock.now - start < .seconds(5) {
      let isReady = try first.namespace.run { (_) throws(NetlinkError) in
        var routing = try RoutingConnection()
        return try routing.link(named: "here")?.isOperational == true
      }
      if isReady { return }
    }
  }

  private static func configure(
    _ routing: inout RoutingConnection, link: Int32, number: UInt32
  ) throws(NetlinkError) {
    try routing.addAddress(.v4(0x0A09_0000 + number), prefixLength: 24, to: link)
    try routing.addAddress(.v6(0xFD00_0009 << 96 + UInt128(number)), prefixLength: 64, to: link)
    try routing.setUp(link)
  }

  /// Sends a datagram from the first to the second.
  func send(_ text: String, port: UInt16, to address: String = "10.9.0.2") throws {
    let address = try #require(NetworkAddress(address))
    let count = try first.namespace.run { (_) throws(NetlinkError) in
      let sender = Descriptor(owning: socket(address.family, Int32(SOCK_DGRAM.rawValue), 0))
      let bytes = Array(text.utf8)
      return address.withSocketAddress(port: port) { sendto(sender.number, bytes, bytes.count, 0, $0, $1) }
    }
    #expect(count == text.utf8.count)
  }
}
