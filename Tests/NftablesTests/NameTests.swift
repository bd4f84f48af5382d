internal import Nftables
internal import NftablesSemantics
internal import Testing

@Suite("Names and texts")
struct NameTests {
  @Test("names are letters, digits and underscores", arguments: ["forward", "cls_101", "A", "in_00ff"])
  func names(_ text: String) {
    #expect(ChainName(text)?.text == text)
  }

  @Test(
    "nothing else is a name",
    arguments: [
      "", "1a", "_a", "a-b", "a b", "a\"", "a;drop", "a}", "ä", "a\n", "drop", "ip", "tcp", "accept",
      "policy",
      String(repeating: "a", count: 64),
    ])
  func notNames(_ text: String) {
    #expect(ChainName(text) == nil)
  }

  @Test("hashes and numbers end a name, and long stems are cut")
  func endings() {
    #expect(ChainName("cls", hash: 0xff).text == "cls_00000000000000ff")
    #expect(ChainName("class", number: 7).text == "class_7")
    let long: ChainName = "a23456789_123456789_123456789_123456789_123456789_123456789_123"
    #expect(ChainName(long, hash: .max).text.utf8.count == 63)
    #expect(ChainName(long, number: .max).text.utf8.count <= 63)
  }

  @Test("texts cannot end their quotes", arguments: ["a\"b", "a\\", "a\nb", "é", "a;b", "{", "$x", "a*"])
  func unsafe(_ text: String) {
    #expect(SafeText(text) == nil)
    #expect(
      SafeText(adapting: text).text.utf8.allSatisfy { $0 != UInt8(ascii: "\"") && $0 >= 32 && $0 < 127 })
  }

  @Test("texts have at most 127 bytes")
  func longTexts() {
    #expect(SafeText(String(repeating: "a", count: 127)) != nil)
    #expect(SafeText(String(repeating: "a", count: 128)) == nil)
  }

  @Test(
    "a device is never a pattern", arguments: ["eth*", "", "a/b", "sixteen_bytes_16", "a b", "..", "a\""])
  func devices(_ text: String) {
    #expect(InterfaceName(text) == nil)
  }

  @Test(
    "nft accepts names of all kinds",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func accepted() {
    let names = [
      "forward_1", "denied", "gate", "group", "live", "lease", "egress", "pod", "pods", "from", "peers",
      "allowed", "x",
      "blocked", "main", "base", "web", "db", "stage", "allow", "deny", "pass", "nets", "hosts", "dispatch",
      "zone_a",
      "egress_peers", "classes", "routes", "any_1", "node", "nodes", "Drop", "TCP", "f00", "e1", "a0b1c2d3",
      "abcdef",
    ].filter { ChainName($0) != nil }
    let program = NftablesProgram(
      table: "merlon", counters: names.compactMap(CounterName.init).map(NamedCounter.init),
      sets: names.compactMap(SetName.init).map { NamedSet($0, KeyStorage([.mark])) },
      maps: names.compactMap { MapName($0 + "_map") }.map { VerdictMap($0, KeyStorage([.ipv6Address])) },
      chains: names.compactMap(ChainName.init).map { Chain($0, [Rule([], [.count], .drop)]) }
        + [
          Chain(
            "entry", base: Chain.Base(.forward, policy: .drop),
            names.compactMap(ChainName.init).map { Rule([.verdict(.jump($0))]) }
              + names.compactMap(SetName.init).map { Rule([.lookup([.mark], .oneOf, $0)], [], .drop) })
        ])
    #expect(names.count > 30)
    #expect(Nft.refusal(of: program.text) == nil)
  }
}
