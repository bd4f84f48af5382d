internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import Testing

@Suite("Texts of programs")
struct ProgramTextTests {
  @Test("parts are by name, chains after what they go to, elements in order")
  func text() {
    #expect(
      Self.gate.text == """
        table inet gate {
          counter denied_1 {
          }

          set lease {
            type mark
            flags timeout
            size 16
            elements = { 0x00000001 timeout 30s, 0x00000002 timeout 30s }
          }

          map dispatch {
            type ipv4_addr : verdict
            elements = { 10.0.0.9 : goto class_1, 10.0.0.10 : goto class_2 }
          }

          chain denied {
            counter name denied_1
            meta l4proto tcp reject with tcp reset
            reject with icmpx admin-prohibited
          }

          # what shop/web may do
          chain class_1 {
            meta l4proto tcp th dport { 80, 443 } accept comment "r=1"
            goto denied
          }

          chain class_2 {
            goto denied
          }

          chain forward {
            type filter hook forward priority 0; policy drop;
            ct state invalid drop
            ip saddr vmap @dispatch
            goto denied
          }
        }

        """)
  }

  @Test("nft accepts it", .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func accepted() {
    #expect(Nft.refusal(of: Self.gate.text) == nil)
    #expect(Nft.refusal(ofLoading: [NftablesTransaction(replacing: nil, with: Self.gate).text]) == nil)
  }

  @Test(
    "nft refuses what is no program",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed")
  )
  func refused() {
    #expect(Nft.refusal(of: "table inet gate { chain a { jump nowhere; }; }")?.isEmpty == false)
  }

  @Test("a program does not depend on the order of its parts")
  func order() {
    let gate = Self.gate
    let other = NftablesProgram(
      table: gate.table, counters: gate.counters.reversed(), sets: gate.sets.reversed(),
      maps: gate.maps.reversed(), chains: gate.chains.reversed())
    #expect(other == gate)
    #expect(other.text == gate.text)
  }

  @Test("long lists of elements have a line each")
  func longLists() {
    let addresses = (1...20).map { NamedSet.Element([.address(IPAddress(.ipv4, bits: 0x0A00_0000 + $0))]) }
    let program = NftablesProgram(
      table: "gate", sets: [NamedSet("pods", KeyStorage([.ipv4Address]), addresses.reversed())], chains: [])
    #expect(program.text.contains("    elements = {\n      10.0.0.1,\n      10.0.0.2,\n"))
  }

  static let gate = NftablesProgram(
    table: "gate", counters: [NamedCounter("denied_1")],
    sets: [
      NamedSet(
        "lease", KeyStorage([.mark], hasTimeouts: true, size: 16),
        [2, 1].map { NamedSet.Element([.one(.mark($0))], timeout: .seconds(30)) })
    ],
    maps: [
      VerdictMap(
        "dispatch", KeyStorage([.ipv4Address]),
        [
          VerdictMap.Element([.address(IPAddress(.ipv4, bits: 0x0A00_000A))], .goto("class_2")),
          VerdictMap.Element([.address(IPAddress(.ipv4, bits: 0x0A00_0009))], .goto("class_1")),
        ])
    ],
    chains: [
      Chain(
        "class_1",
        [
          Rule(
            [.transport(6), .field(.port(.destination), .oneOf, [.port(443), .port(80)])], [], .accept,
            note: "r=1"),
          Rule([.verdict(.goto("denied"))]),
        ], note: "what shop/web may do"),
      Chain("class_2", [Rule([.verdict(.goto("denied"))])]),
      Chain(
        "denied",
        [
          Rule([.countIn("denied_1")]), Rule([.transport(6)], [.reject(.tcpReset)]),
          Rule([.reject(.administrativelyProhibited)]),
        ]),
      Chain(
        "forward", base: Chain.Base(.forward, policy: .drop),
        [
          Rule([.connection(.oneOf, [.invalid])], [], .drop),
          Rule([.verdictMap([.address(.ipv4, .source)], "dispatch")]), Rule([.verdict(.goto("denied"))]),
        ]),
    ])
}
