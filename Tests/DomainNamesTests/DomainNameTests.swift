import DomainNames
import Testing

@Suite("Domain names")
struct DomainNameTests {
  static let longestLabel = String(repeating: "a", count: 63)

  @Test(
    "text is read, and written without the final dot",
    arguments: [
      ("example.com", "example.com"), ("example.com.", "example.com"), ("WWW.Example.com", "WWW.Example.com"),
      (".", "."), ("com", "com"), (#"a\.b.com"#, #"a\.b.com"#), (#"a\\b.com"#, #"a\\b.com"#),
      (#"\000\255\032.com"#, #"\000\255\032.com"#), (#"\097.com"#, "a.com"), ("*._tcp.com", "*._tcp.com"),
      ("\(longestLabel).com", "\(longestLabel).com"), ("bücher.de", #"b\195\188cher.de"#),
    ])
  func text(text: String, written: String) throws {
    let name = try #require(DomainName(text))
    #expect(name.description == written)
    #expect(try #require(DomainName(written)).isWrittenAs(name))
  }

  @Test(
    "what is no name is none",
    arguments: ["", "..", "a..b", ".com", "\(longestLabel)a.com", #"a\"#, #"a\25"#, #"a\256"#, #"\0x1"#])
  func noText(text: String) { #expect(DomainName(text) == nil) }

  @Test("a name has at most 255 bytes with the lengths of its labels and the root")
  func longest() {
    let three = [Self.longestLabel, Self.longestLabel, Self.longestLabel].joined(separator: ".")
    let name = DomainName("\(three).\(String(repeating: "b", count: 61))")
    #expect(name?.wire.count == DomainName.longest)
    #expect(DomainName("\(three).\(String(repeating: "b", count: 62))") == nil)
  }

  @Test("names are equal in any case of ASCII letters, and only so")
  func equality() throws {
    let small = try #require(DomainName("www.example.com"))
    let large = try #require(DomainName("WWW.eXample.COM"))
    #expect(small == large && Set([small, large]).count == 1)
    #expect(!small.isWrittenAs(large))
    #expect(DomainName("a@.com") != DomainName("a`.com"))
    #expect(DomainName("[.com") != DomainName("{.com"))
    #expect(DomainName(#"a\.b.com"#) != DomainName("a.b.com"))
    #expect(DomainName("a.com") != DomainName("a.com.b"))
    #expect(small.labels.map { String(decoding: $0, as: UTF8.self) } == ["www", "example", "com"])
    #expect(DomainName.root.labels.isEmpty)
  }
}
