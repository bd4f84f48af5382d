import Netlink
import Testing

extension RealNamespaces {
  @Suite("Elements of sets")
  struct SetElementTests {
    static let ruleset = """
      table inet gate {
        chain one { accept; }
        chain two { drop; }
        set v4 { type ipv4_addr; flags timeout; }
        set v6 { type ipv6_addr; flags timeout; }
        set live { type ipv4_addr . mark; flags timeout; }
        set live6 { type ipv6_addr . mark; flags timeout; }
        set fqdn { type ipv6_addr . ipv6_addr . inet_service; flags timeout; }
        set lease { type mark; flags timeout; }
        set fam { type nf_proto; flags timeout; }
        set svc { type inet_proto . inet_service; }
        map cls { type ipv4_addr : verdict; flags timeout; }
        map cls6 { type ipv6_addr : verdict; flags timeout; }
        map marks { type ipv4_addr : mark; }
        map marks6 { type ipv6_addr : mark; flags timeout; }
      }
      """

    static let four = SetKey.ipv4(0x0A00_0001)
    static let six = SetKey.ipv6(0x2001_0db8_0000_0000_0000_0000_0000_0001)

    @Test(
      "what is added is what nft lists, and what is listed",
      arguments: [
        ("v4", four, "10.0.0.1"), ("v6", six, "2001:db8::1"),
        ("live", four.then(.mark(0x10001)), "10.0.0.1 . 0x00010001"),
        ("live6", six.then(.mark(16)), "2001:db8::1 . 0x00000010"),
        ("fqdn", six.then(six).then(.port(443)), "2001:db8::1 . 2001:db8::1 . 443"),
        ("lease", .mark(7), "0x00000007"), ("fam", .byte(2), "ipv4"),
        ("svc", .byte(6).then(.port(80)), "tcp . 80"),
      ])
    func keys(set: String, key: SetKey, text: String) throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      transaction.add(key, to: set)
      try connection.commit(transaction)
      let listed = try namespace.nft(["list", "set", "inet", "gate", set])
      #expect(listed.contains("elements = { \(text) }"), "\(listed)")
      #expect(try connection.elements(of: set, in: "gate").map(\.key) == [key])
      #expect(try connection.element(key, of: set, in: "gate")?.key == key)
      transaction.removeAll()
      transaction.delete(key, from: set)
      try connection.commit(transaction)
      #expect(try connection.elements(of: set, in: "gate").isEmpty)
      #expect(try connection.element(key, of: set, in: "gate") == nil)
    }

    @Test(
      "a map has a verdict for each key",
      arguments: [
        (MapVerdict.goto("one"), "goto one"), (.jump("two"), "jump two"), (.accept, "accept"),
        (.drop, "drop"),
        (.return, "return"), (.continue, "continue"),
      ])
    func verdicts(verdict: MapVerdict, text: String) throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      transaction.add(Self.four, to: "cls", value: .verdict(verdict))
      transaction.add(Self.six, to: "cls6", value: .verdict(verdict))
      try connection.commit(transaction)
      #expect(try namespace.nft(["list", "map", "inet", "gate", "cls"]).contains("{ 10.0.0.1 : \(text) }"))
      #expect(
        try namespace.nft(["list", "map", "inet", "gate", "cls6"]).contains("{ 2001:db8::1 : \(text) }"))
      #expect(
        try connection.elements(of: "cls", in: "gate") == [SetElement(Self.four, value: .verdict(verdict))])
    }

    @Test("a map has a mark for each key", arguments: [(1, "0x00000001"), (0xFEDC_BA98, "0xfedcba98")])
    func marks(mark: UInt32, text: String) throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      transaction.add(Self.four, to: "marks", value: .mark(mark))
      transaction.add(Self.six, to: "marks6", value: .mark(mark), timeout: .seconds(600))
      try connection.commit(transaction)
      #expect(try namespace.nft(["list", "map", "inet", "gate", "marks"]).contains("{ 10.0.0.1 : \(text) }"))
      #expect(try connection.elements(of: "marks", in: "gate") == [SetElement(Self.four, value: .mark(mark))])
      let six = try #require(try connection.element(Self.six, of: "marks6", in: "gate"))
      #expect(six.value == .mark(mark) && six.timeout == .seconds(600))
    }

    @Test("another mark is no addition; deleted and added in one batch it takes the place of the one before")
    func otherMarks() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      for number in 1...100 { transaction.add(.ipv4(UInt32(number)), to: "marks", value: .mark(7)) }
      try connection.commit(transaction)
      transaction.removeAll()
      transaction.add(.ipv4(5), to: "marks", value: .mark(8))
      #expect(throws: NetlinkError.self) { try connection.commit(transaction) }
      transaction.removeAll()
      transaction.delete(.ipv4(5), from: "marks")
      transaction.add(.ipv4(5), to: "marks", value: .mark(8))
      try connection.commit(transaction)
      #expect(try connection.element(.ipv4(5), of: "marks", in: "gate")?.value == .mark(8))
      #expect(try connection.elements(of: "marks", in: "gate").filter { $0.value == .mark(7) }.count == 99)
    }

    @Test("a value of another kind is refused, and nothing is done")
    func otherKinds() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      for (set, value) in [
        ("marks", MapValue.verdict(.goto("one"))), ("cls", .mark(1)), ("v4", .mark(1)), ("marks", nil),
      ] {
        var transaction = TableTransaction(table: "gate")
        transaction.add(Self.four, to: set, value: value)
        #expect(throws: NetlinkError.self, "\(set)") { try connection.commit(transaction) }
        #expect(try connection.elements(of: set, in: "gate").isEmpty)
      }
    }

    @Test("a transaction is done as a whole or not at all, and the error names the element")
    func atomicity() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      transaction.add(Self.six, to: "v6")
      for number in 1...20 { transaction.add(.ipv4(UInt32(number)), to: "v4") }
      transaction.delete(.ipv4(7), from: "v4")
      transaction.delete(.ipv4(99), from: "v4")
      let error = try #require(throws: NetlinkError.self) { try connection.commit(transaction) }
      #expect(error.reason == .missing)
      #expect(error.operation == "delete from set gate v4")
      #expect(error.element == .ipv4(99))
      #expect(try connection.elements(of: "v6", in: "gate").isEmpty)
      #expect(try connection.elements(of: "v4", in: "gate").isEmpty)
    }

    @Test("adding again is no error; creating again is, and so is another verdict")
    func presence() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      transaction.add(Self.four, to: "cls", value: .verdict(.goto("one")))
      try connection.commit(transaction)
      try connection.commit(transaction)
      transaction.removeAll()
      transaction.create(Self.four, in: "cls", value: .verdict(.goto("one")))
      let created = try #require(throws: NetlinkError.self) { try connection.commit(transaction) }
      #expect(created.reason == .present && created.element == Self.four)
      transaction.removeAll()
      transaction.add(Self.four, to: "cls", value: .verdict(.goto("two")))
      #expect(throws: NetlinkError.self) { try connection.commit(transaction) }
      transaction.removeAll()
      transaction.delete(Self.four, from: "cls")
      transaction.add(Self.four, to: "cls", value: .verdict(.goto("two")))
      try connection.commit(transaction)
      #expect(try connection.element(Self.four, of: "cls", in: "gate")?.value == .verdict(.goto("two")))
    }

    @Test("what need not be there is destroyed by kernels that can, and a set is flushed")
    func absence() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      if try connection.hasDestroy() {
        transaction.destroy(Self.four, from: "cls")
        transaction.add(Self.four, to: "cls", value: .verdict(.accept))
        try connection.commit(transaction)
        try connection.commit(transaction)
        #expect(try connection.elements(of: "cls", in: "gate").count == 1)
      }
      transaction.removeAll()
      for number in 1...5000 { transaction.add(.ipv4(UInt32(number)), to: "v4") }
      try connection.commit(transaction)
      #expect(Set(try connection.elements(of: "v4", in: "gate").map(\.key)).count == 5000)
      transaction.removeAll()
      transaction.flush("v4")
      transaction.add(.ipv4(1), to: "v4")
      try connection.commit(transaction)
      #expect(try connection.elements(of: "v4", in: "gate").map(\.key) == [.ipv4(1)])
    }

    @Test("an element leaves when its timeout is over, and not before")
    func timeouts() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      transaction.add(Self.four, to: "v4", timeout: .milliseconds(300))
      transaction.add(.ipv4(2), to: "v4", timeout: .seconds(3600))
      transaction.add(.ipv4(3), to: "v4")
      let clock = ContinuousClock()
      let start = clock.now
      try connection.commit(transaction)
      let other = try #require(try connection.element(.ipv4(2), of: "v4", in: "gate"))
      #expect(other.timeout == .seconds(3600))
      #expect(try #require(other.expiresIn) > .seconds(3590) && #require(other.expiresIn) <= .seconds(3600))
      #expect(try connection.element(.ipv4(3), of: "v4", in: "gate")?.timeout == nil)
      var hasLeft = false
      while !hasLeft, clock.now - start < .seconds(10) {
        hasLeft = try connection.element(Self.four, of: "v4", in: "gate") == nil
      }
      #expect(hasLeft)
      #expect(clock.now - start >= .milliseconds(290))
      #expect(try connection.elements(of: "v4", in: "gate").count == 2)
    }

    @Test("a timeout is renewed, whether the element is there or not")
    func renewal() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      var transaction = TableTransaction(table: "gate")
      for timeout in [Duration.seconds(60), .seconds(3600), .seconds(600)] {
        transaction.removeAll()
        transaction.renew(.mark(1), in: "lease", timeout: timeout)
        transaction.renew(Self.four, in: "cls", value: .verdict(.goto("one")), timeout: timeout)
        try connection.commit(transaction)
        for (set, key) in [("lease", SetKey.mark(1)), ("cls", Self.four)] {
          let left = try #require(try connection.element(key, of: set, in: "gate")?.expiresIn)
          #expect(left <= timeout && left > timeout - .seconds(10))
        }
      }
    }

    @Test("what is not there is missed by name")
    func missing() throws {
      let namespace = try TestNamespace(Self.ruleset)
      var connection = try namespace.connection()
      #expect(try connection.hasTable("gate"))
      #expect(try !connection.hasTable("other"))
      let noSet = try #require(throws: NetlinkError.self) { try connection.elements(of: "none", in: "gate") }
      #expect(noSet.reason == .missing && noSet.operation == "list set gate none")
      let noElement = try #require(throws: NetlinkError.self) {
        try connection.element(Self.four, of: "none", in: "gate")
      }
      #expect(noElement.reason == .missing)
      var transaction = TableTransaction(table: "other")
      transaction.add(Self.four, to: "v4")
      let noTable = try #require(throws: NetlinkError.self) { try connection.commit(transaction) }
      #expect(noTable.reason == .missing && noTable.operation == "add to set other v4")
    }
  }
}
