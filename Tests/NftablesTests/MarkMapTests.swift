internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import Testing

@Suite("Maps of marks")
struct MarkMapTests {
  @Test("are written among the maps by name, elements in order")
  func text() {
    #expect(
      Self.program([10: 0x1_0001, 9: 7]).text == """
        table inet gate {
          map classes {
            type mark : verdict
            elements = { 0x00000007 : goto seven }
          }

          map sources {
            type ipv4_addr : mark
            elements = { 10.0.0.9 : 0x00000007, 10.0.0.10 : 0x00010001 }
          }

          chain seven {
            accept
          }

          chain forward {
            type filter hook forward priority 0; policy drop;
            meta mark set 0x00000000
            meta mark set ip saddr map @sources
            meta mark vmap @classes
          }
        }

        """)
    #expect(Self.program([9: 7]).faults == [])
  }

  @Test(
    "are accepted by nft, and listed with the same elements",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func accepted() {
    let program = Self.program([10: 0x1_0001, 9: 7])
    #expect(Nft.refusal(of: program.text) == nil)
    let listing = Nft.listing(afterLoading: [program.text])
    for part in ["10.0.0.9 : 0x00000007", "10.0.0.10 : 0x00010001", "meta mark set ip saddr map @sources"] {
      #expect(listing.contains(part), "\(listing)")
    }
  }

  @Test("elements are changed in place: others stay, and no chain is written again")
  func changes() {
    #expect(
      NftablesTransaction(
        replacing: Self.program([1: 7, 2: 7, 3: 7]), with: Self.program([2: 8, 3: 7, 4: 9])
      )
      .commands == [
        "add element inet gate sources { 10.0.0.4 : 0x00000009 }",
        "delete element inet gate sources { 10.0.0.1, 10.0.0.2 }",
        "add element inet gate sources { 10.0.0.2 : 0x00000008 }",
      ])
  }

  @Test("a map that gets values of another kind is made anew, with the rules that ask it")
  func kinds() {
    let commands = NftablesTransaction(replacing: Self.verdicts, with: Self.program([1: 7])).commands
    #expect(commands.filter { $0.hasPrefix("delete") } == ["delete map inet gate sources"])
    #expect(commands.contains("add map inet gate sources { type ipv4_addr : mark; }"))
    #expect(commands.contains("flush chain inet gate forward"))
  }

  @Test(
    "give a packet the mark of its key; one without keeps its mark, and the next rule is asked",
    arguments: [(9, 7, true), (10, 8, false), (11, 0, false)] as [(UInt128, UInt32, Bool)])
  func packets(source: UInt128, mark: UInt32, isAccepted: Bool) {
    let interpreter = ProgramInterpreter(Self.program([9: 7, 10: 8]))
    var packet = TracedPacket.opening(
      Self.address(source), Self.address(1), .udp(sourcePort: 1, destinationPort: 53))
    packet.mark = 5
    let outcome = interpreter.outcome(of: packet, at: .forward)
    #expect(outcome.faults == [])
    #expect(outcome.mark == mark)
    #expect(outcome.isAccepted == isAccepted)
  }

  @Test("without a rule before that sets it, a packet that misses has the mark that it came with")
  func miss() {
    let program = NftablesProgram(
      table: "gate", markMaps: [MarkMap("sources", KeyStorage([.ipv4Address]))],
      chains: [
        Chain(
          "forward", base: Chain.Base(.forward, policy: .accept),
          [Rule([.markPacketBy([.address(.ipv4, .source)], "sources"), .verdict(.drop)])])
      ])
    var packet = TracedPacket.opening(Self.address(1), Self.address(2), .other(47))
    packet.mark = 5
    let outcome = ProgramInterpreter(program).outcome(of: packet, at: .forward)
    #expect(outcome.mark == 5)
    #expect(outcome.isAccepted)
  }

  /// Sources with their marks, of which 7 goes on.
  static func program(_ marks: [UInt128: UInt32]) -> NftablesProgram {
    NftablesProgram(
      table: "gate",
      maps: [
        VerdictMap("classes", KeyStorage([.mark]), [VerdictMap.Element([.one(.mark(7))], .goto("seven"))])
      ],
      markMaps: [
        MarkMap(
          "sources", KeyStorage([.ipv4Address]),
          marks.map { MarkMap.Element([.address(address($0.key))], $0.value) })
      ],
      chains: [
        Chain("seven", [Rule([], [], .accept)]),
        Chain(
          "forward", base: Chain.Base(.forward, policy: .drop),
          [
            Rule([.markPacket(0)]), Rule([.markPacketBy([.address(.ipv4, .source)], "sources")]),
            Rule([.verdictMap([.mark], "classes")]),
          ]),
      ])
  }

  /// The map of the same name with verdicts.
  static let verdicts = NftablesProgram(
    table: "gate",
    maps: [
      VerdictMap(
        "sources", KeyStorage([.ipv4Address]), [VerdictMap.Element([.address(address(1))], .goto("seven"))])
    ],
    chains: [
      Chain("seven", [Rule([], [], .accept)]),
      Chain(
        "forward", base: Chain.Base(.forward, policy: .drop),
        [Rule([.verdictMap([.address(.ipv4, .source)], "sources")])]),
    ])

  private static func address(_ number: UInt128) -> IPAddress { IPAddress(.ipv4, bits: 0x0A00_0000 + number) }
}
