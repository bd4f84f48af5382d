import DomainNames
import Kubernetes
import Testing

@Suite("Addresses of an answer")
struct AnsweredAddressesTests {
  /// An answer for `a.com`, of records as `a.com is b.com` and `b.com 60 192.0.2.1`.
  static func answer(_ records: [String]) throws -> DNSMessage {
    var message = DNSMessage(DNSHeader(id: 1), DNSQuestion(try #require(DomainName("a.com")), .a))
    message.answers = try records.map { text in
      let words = text.split(separator: " ").map(String.init)
      let owner = try #require(DomainName(words[0]))
      if words[1] == "is" {
        let target = try #require(DomainName(words[2]))
        return ResourceRecord(owner, .cname, timeToLive: 1, .canonicalName(target))
      }
      let address = try #require(IPAddress(words[2]))
      return ResourceRecord(
        owner, address.family == .ipv4 ? .a : .aaaa, timeToLive: try #require(UInt32(words[1])),
        .address(address))
    }
    return message
  }

  @Test(
    "are those of the name, and of the names that it is another name for",
    arguments: [
      (["a.com 60 192.0.2.1", "a.com 5 2001:db8::1"], ["192.0.2.1 60", "2001:db8::1 5"], []),
      (["A.COM 60 192.0.2.1"], ["192.0.2.1 60"], []),
      (["a.com is b.com", "b.com is c.org", "c.org 1 192.0.2.1"], ["192.0.2.1 1"], []),
      (["c.org 1 192.0.2.1", "b.com is C.org", "a.com is B.com"], ["192.0.2.1 1"], []),
      (
        ["a.com is b.com", "a.com is c.com", "b.com 1 192.0.2.1", "c.com 2 192.0.2.2"],
        ["192.0.2.1 1", "192.0.2.2 2"], []
      ),
      (["a.com is b.com", "b.com is a.com", "a.com 1 192.0.2.1"], ["192.0.2.1 1"], []),
      (["a.com is a.com"], [], []),
      (["b.com 1 192.0.2.1"], [], ["b.com"]),
      (["a.com 1 192.0.2.1", "x.com is a.com", "x.com 1 192.0.2.2"], ["192.0.2.1 1"], ["x.com"]),
      (["www.a.com 1 192.0.2.1", "com 1 192.0.2.2"], [], ["www.a.com", "com"]),
      ([], [], []),
    ] as [([String], [String], [String])])
  func addresses(records: [String], addresses: [String], unrelated: [String]) throws {
    let found = try Self.answer(records).addresses()
    #expect(found.ofTheName.map { "\($0.address) \($0.lifetime.components.seconds)" } == addresses)
    #expect(found.unrelatedOwners.map(\.description) == unrelated)
  }

  @Test("those of other sections and classes are not seen")
  func otherSections() throws {
    let message = try DNSMessage(reading: Wire.answer)
    #expect(
      message.addresses().ofTheName.map(\.address.description) == ["192.0.2.1", "2001:db8::1"])
    #expect(message.addresses().unrelatedOwners.isEmpty)
  }

  @Test("a lifetime with the highest bit is none")
  func lifetimes() throws {
    let records = ["a.com 2147483647 192.0.2.1", "a.com 2147483648 192.0.2.2", "a.com 4294967295 192.0.2.3"]
    #expect(
      try Self.answer(records).addresses().ofTheName.map(\.lifetime)
        == [.seconds(2_147_483_647), .zero, .zero])
  }
}
