internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import Testing

@Suite("Faults of programs")
struct ProgramFaultTests {
  struct Sample: Sendable, CustomStringConvertible {
    let name: String
    let program: NftablesProgram
    let faults: [ProgramFault]
    var description: String { name }

    init(
      _ name: String, _ faults: [ProgramFault], sets: [NamedSet] = [], maps: [VerdictMap] = [],
      markMaps: [MarkMap] = [], _ chains: Chain...
    ) {
      self.name = name
      self.faults = faults
      program = NftablesProgram(table: "gate", sets: sets, maps: maps, markMaps: markMaps, chains: chains)
    }
  }

  @Test("a program without faults has none")
  func none() { #expect(ProgramTextTests.gate.faults.isEmpty) }

  @Test("each fault is found", arguments: samples)
  func found(_ sample: Sample) {
    #expect(sample.program.faults == sample.faults, "\(sample.name)")
  }

  @Test(
    "nft refuses what has a fault",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"),
    arguments: samples)
  func refused(_ sample: Sample) {
    #expect(Nft.refusal(ofLoading: [sample.program.text]) != nil, "\(sample.name)")
  }

  private static let base = Chain.Base(.forward, policy: .drop)
  private static let address = IPAddress(.ipv4, bits: 0x0A00_0001)

  static let samples: [Sample] = [
    Sample("no such chain", [.missing("b", in: "a")], Chain("a", [Rule([.verdict(.goto("b"))])])),
    Sample("no such set", [.missing("s", in: "a")], Chain("a", [Rule([.lookup([.mark], .oneOf, "s")])])),
    Sample("no such map", [.missing("m", in: "a")], Chain("a", [Rule([.verdictMap([.mark], "m")])])),
    Sample(
      "no such map of marks", [.missing("m", in: "a")], Chain("a", [Rule([.markPacketBy([.mark], "m")])])),
    Sample(
      "marks of a map of verdicts", [.wrongValue("m", in: "a")], maps: [VerdictMap("m", KeyStorage([.mark]))],
      Chain("a", [Rule([.markPacketBy([.mark], "m")])])),
    Sample(
      "verdicts of a map of marks", [.wrongValue("m", in: "a")],
      markMaps: [MarkMap("m", KeyStorage([.mark]))],
      Chain("a", [Rule([.verdictMap([.mark], "m")])])),
    Sample(
      "a key of another type for a mark", [.wrongKey(in: "a")],
      markMaps: [MarkMap("m", KeyStorage([.ipv4Address]))],
      Chain("a", [Rule([.markPacketBy([.address(.ipv6, .source)], "m")])])),
    Sample(
      "an element of another type with a mark", [.wrongElement(in: "m")],
      markMaps: [MarkMap("m", KeyStorage([.ipv6Address]), [MarkMap.Element([.address(address)], 1)])],
      Chain("a", [])),
    Sample(
      "a name of a map of each kind", [.duplicateName("m")], maps: [VerdictMap("m", KeyStorage([.mark]))],
      markMaps: [MarkMap("m", KeyStorage([.mark]))], Chain("a", [])),
    Sample("no such counter", [.missing("c", in: "a")], Chain("a", [Rule([.countIn("c")])])),
    Sample(
      "a jump to a base chain", [.entersBaseChain("b", in: "a")], Chain("a", [Rule([.verdict(.jump("b"))])]),
      Chain("b", base: base, [])),
    Sample(
      "a loop", [.loop("b")], Chain("a", [Rule([.verdict(.jump("b"))])]),
      Chain("b", [Rule([.verdict(.jump("a"))])]),
      Chain("entry", base: base, [Rule([.verdict(.jump("a"))])])),
    Sample(
      "a key of another type", [.wrongKey(in: "a")],
      sets: [NamedSet("s", KeyStorage([.mark, .port]))],
      Chain("a", [Rule([.lookup([.address(.ipv4, .source), .mark], .oneOf, "s")])])),
    Sample(
      "a value of another type", [.wrongKey(in: "a")],
      Chain("a", [Rule([.field(.address(.ipv6, .source), .oneOf, [.address(address)])])])),
    Sample(
      "a range where there are none", [.wrongElement(in: "s")],
      sets: [
        NamedSet(
          "s", KeyStorage([.ipv4Address]), [NamedSet.Element([.block(CIDR(address, prefixLength: 8))])])
      ], Chain("a", [])),
    Sample(
      "an element of another type", [.wrongElement(in: "m")],
      maps: [
        VerdictMap("m", KeyStorage([.ipv6Address]), [VerdictMap.Element([.address(address)], .drop)])
      ], Chain("a", [])),
    Sample(
      "a name twice", [.duplicateName("s")], sets: [NamedSet("s", KeyStorage([.mark]))],
      maps: [VerdictMap("s", KeyStorage([.ipv4Address]))], Chain("a", [])),
    Sample(
      "a set that rules cannot fill", [.notDynamic("s")],
      sets: [NamedSet("s", KeyStorage([.ipv4Address], hasIntervals: true))],
      Chain("a", [Rule([.update("s", [.address(.ipv4, .source)], timeout: nil)])])),
  ]
}
