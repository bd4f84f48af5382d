import Testing

@testable import Kubernetes

@Suite("CIDRs")
struct CIDRTests {
  @Test(
    "canonical texts are read as they stand",
    arguments: ["0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "::/0", "fd00::/8", "2001:db8::1/128", "::/96"])
  func canonical(_ text: String) throws {
    let parsed = try #require(ParsedCIDR(text))
    #expect(parsed.cidr.description == text)
    #expect(parsed.legacyForms.isEmpty && parsed.isCanonical)
  }

  @Test(
    "legacy forms mean what servers before 1.36 read",
    arguments: [
      ("10.0.0.1/8", "10.0.0.0/8", [.hostBits]),
      ("fd00::1/8", "fd00::/8", [.hostBits]),
      ("010.0.0.0/8", "10.0.0.0/8", [.leadingZeros]),
      ("10.0.0.0/08", "10.0.0.0/8", [.leadingZeros]),
      ("010.00.0.1/08", "10.0.0.0/8", [.leadingZeros, .hostBits]),
      ("::ffff:10.0.0.0/104", "10.0.0.0/8", [.ipv4Mapped]),
      ("::ffff:a00:0/104", "10.0.0.0/8", [.ipv4Mapped]),
      ("::ffff:10.0.0.1/128", "10.0.0.1/32", [.ipv4Mapped]),
      ("::ffff:0.0.0.0/96", "0.0.0.0/0", [.ipv4Mapped]),
      ("::ffff:10.0.0.1/104", "10.0.0.0/8", [.ipv4Mapped, .hostBits]),
      ("::ffff:010.0.0.0/104", "10.0.0.0/8", [.ipv4Mapped, .leadingZeros]),
    ] as [(String, String, Set<ParsedCIDR.LegacyForm>)])
  func legacy(_ text: String, _ meaning: String, _ forms: Set<ParsedCIDR.LegacyForm>) throws {
    let parsed = try #require(ParsedCIDR(text))
    #expect(parsed.cidr.description == meaning)
    #expect(parsed.legacyForms == forms)
  }

  @Test(
    "IPv6 text that is not RFC 5952 is legal but not canonical",
    arguments: ["FD00:0::/8", "fd00:0:0:0:0:0:0:0/8", "FD00::/8"])
  func notCanonical(_ text: String) throws {
    let parsed = try #require(ParsedCIDR(text))
    #expect(!parsed.isCanonical && parsed.legacyForms.isEmpty)
    #expect(parsed.cidr.description == "fd00::/8")
  }

  @Test(
    "every server rejects",
    arguments: [
      "", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
      "10.0/8",
      "10/8", " 10.0.0.0/8", "10.0.0.0/8 ", "10.0.0.0 /8", "::/129", "::", "fe80::1%eth0/64",
      "10.0.0.0/255.0.0.0",
      "10.0.0.0/8a", "10.0.0.0/٨", "::ffff:10.0.0.0/129", "x/8", "10.0.0.256/8",
    ])
  func rejected(_ text: String) {
    #expect(ParsedCIDR(text) == nil)
  }

  @Test("first and last address")
  func edges() throws {
    let block = try #require(ParsedCIDR("10.1.2.128/25")).cidr
    #expect(block.first.description == "10.1.2.128" && block.last.description == "10.1.2.255")
    let all = try #require(ParsedCIDR("::/0")).cidr
    #expect(all.last.description == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    let one = try #require(ParsedCIDR("::1/128")).cidr
    #expect(one.first == one.last)
  }

  @Test("a block contains what has its prefix, of its family")
  func containment() throws {
    let ten = try #require(ParsedCIDR("10.0.0.0/8")).cidr
    let smaller = try #require(ParsedCIDR("10.1.0.0/16")).cidr
    let all4 = try #require(ParsedCIDR("0.0.0.0/0")).cidr
    let all6 = try #require(ParsedCIDR("::/0")).cidr
    #expect(ten.contains(smaller) && !smaller.contains(ten) && ten.contains(ten))
    #expect(all4.contains(ten) && !all6.contains(ten))
    #expect(try ten.contains(#require(IPAddress("10.255.0.1"))))
    #expect(try !all4.contains(#require(IPAddress("::1"))))
    #expect(try all4.contains(#require(IPAddress("::ffff:10.0.0.1"))))
  }
}
