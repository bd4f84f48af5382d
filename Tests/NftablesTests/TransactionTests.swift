internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import Testing

@Suite("Transactions")
struct TransactionTests {
  @Test("the same program needs nothing")
  func nothing() {
    #expect(NftablesTransaction(replacing: ProgramTextTests.gate, with: ProgramTextTests.gate).isEmpty)
  }

  @Test("what is new comes before what goes, and the base chain stays")
  func replacement() {
    let transaction = NftablesTransaction(
      replacing: Self.program(class: "class_1", port: 80), with: Self.program(class: "class_2", port: 443))
    #expect(
      transaction.text
        == """
        add chain inet gate class_2
        delete element inet gate dispatch { 10.0.0.1 }
        add element inet gate dispatch { 10.0.0.1 : goto class_2 }
        add rule inet gate class_2 meta l4proto tcp th dport 443 accept
        flush chain inet gate class_1
        delete chain inet gate class_1

        """)
  }

  @Test("an element of a set that changes at run time is revived before it is deleted: it may have run out")
  func runTimeElements() {
    let old = Self.leases([1: 30, 2: 30])
    let new = Self.leases([2: 60])
    #expect(
      NftablesTransaction(replacing: old, with: new).commands == [
        "add element inet gate lease { 0x00000001 timeout 30s, 0x00000002 timeout 30s }",
        "delete element inet gate lease { 0x00000001, 0x00000002 }",
        "add element inet gate lease { 0x00000002 timeout 60s }",
      ])
  }

  @Test("a changed chain keeps its name and is written again in place")
  func changedChain() {
    let transaction = NftablesTransaction(
      replacing: Self.program(class: "class_1", port: 80), with: Self.program(class: "class_1", port: 443))
    #expect(
      transaction.commands == [
        "flush chain inet gate class_1",
        "add rule inet gate class_1 meta l4proto tcp th dport 443 accept",
      ])
  }

  @Test("sets of intervals are filled again as a whole")
  func intervals() {
    let transaction = NftablesTransaction(
      replacing: Self.blocks(["10.0.0.0/8"]), with: Self.blocks(["10.0.0.0/8", "192.0.2.0/24"]))
    #expect(
      transaction.commands == [
        "flush set inet gate nets", "add element inet gate nets { 10.0.0.0/8, 192.0.2.0/24 }",
      ])
  }

  @Test("another table is made whole before the old one goes")
  func otherTable() {
    let old = NftablesProgram(table: "old", chains: [])
    let new = NftablesProgram(table: "gate", chains: [Chain("x", [Rule([.verdict(.drop)])])])
    #expect(
      NftablesTransaction(replacing: old, with: new).commands == [
        "add table inet gate", "add chain inet gate x", "add rule inet gate x drop", "delete table inet old",
      ])
  }

  @Test(
    "a table can be made in small pieces, as user namespaces need it",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func pieces() {
    let creation = NftablesTransaction(replacing: nil, with: ProgramTextTests.gate)
    let pieces = creation.texts(ofAtMost: 120)
    #expect(pieces.count > 5)
    #expect(pieces.joined() == creation.text)
    #expect(
      Self.comparable(Nft.listing(afterLoading: pieces))
        == Self.comparable(Nft.listing(afterLoading: [creation.text])))
  }

  @Test(
    "between any two of these programs the kernel ends with the new one",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func kernel() {
    let programs = [
      ProgramTextTests.gate, Self.program(class: "class_1", port: 80),
      Self.program(class: "class_2", port: 443),
      Self.program(class: "class_1", port: 443), Self.blocks(["10.0.0.0/8", "192.0.2.0/24"]),
      Self.blocks(["10.0.0.0/9"]), Self.remade, Self.leases([1: 3600]), Self.leases([2: 3600]),
      MarkMapTests.program([1: 7, 2: 7, 3: 7]), MarkMapTests.program([2: 8, 3: 7]), MarkMapTests.verdicts,
      NftablesProgram(table: "gate", chains: []), NftablesProgram(table: "other", chains: []),
    ]
    for old in programs {
      let begin = NftablesTransaction(replacing: nil, with: old).text
      for new in programs {
        let change = NftablesTransaction(replacing: old, with: new).text
        let expected = Nft.listing(afterLoading: [NftablesTransaction(replacing: nil, with: new).text])
        let listing = Nft.listing(afterLoading: [begin, change])
        #expect(
          Self.comparable(listing) == Self.comparable(expected),
          "from\n\(old.text)to\n\(new.text)by\n\(change)")
      }
    }
  }

  /// Without what time changes, and in any order: the kernel lists chains as they were made, and the table last.
  private static func comparable(_ listing: String) -> [String] {
    listing.split(separator: "\n").map { line in
      var words = line.split(whereSeparator: { " \t,{}=".contains($0) })
      while let place = words.firstIndex(of: "expires"), place + 1 < words.count {
        words.removeSubrange(place...place + 1)
      }
      return words.sorted().joined(separator: " ")
    }.filter { !$0.isEmpty }.sorted()
  }

  private static func program(class name: ChainName, port: UInt16) -> NftablesProgram {
    NftablesProgram(
      table: "gate",
      maps: [
        VerdictMap(
          "dispatch", KeyStorage([.ipv4Address]),
          [VerdictMap.Element([.address(IPAddress(.ipv4, bits: 0x0A00_0001))], .goto(name))])
      ],
      chains: [
        Chain(
          name,
          [Rule([.transport(6), .field(.port(.destination), .oneOf, [.port(port)])], [], .accept)]),
        Chain(
          "forward", base: Chain.Base(.forward, policy: .drop),
          [Rule([.verdictMap([.address(.ipv4, .source)], "dispatch")]), Rule([.verdict(.drop)])]),
      ])
  }

  private static func leases(_ leases: [UInt32: Int]) -> NftablesProgram {
    NftablesProgram(
      table: "gate",
      sets: [
        NamedSet(
          "lease", KeyStorage([.mark], hasTimeouts: true),
          leases.map { NamedSet.Element([.one(.mark($0.key))], timeout: .seconds($0.value)) })
      ], chains: [])
  }

  private static func blocks(_ texts: [String]) -> NftablesProgram {
    NftablesProgram(
      table: "gate",
      sets: [
        NamedSet(
          "nets", KeyStorage([.ipv4Address], hasIntervals: true),
          texts.compactMap { ParsedCIDR($0)?.cidr }.map { NamedSet.Element([Interval($0)]) })
      ],
      chains: [Chain("forward", base: Chain.Base(.forward, policy: .drop), inNets)])
  }

  /// The same names as ``blocks(_:)``, but another kind of set, and another priority.
  private static let remade = NftablesProgram(
    table: "gate",
    sets: [NamedSet("nets", KeyStorage([.ipv4Address], size: 9))],
    chains: [Chain("forward", base: Chain.Base(.forward, priority: 5, policy: .drop), inNets)])

  private static let inNets = [
    Rule([.lookup([.address(.ipv4, .source)], .oneOf, "nets")], [], .accept), Rule([.verdict(.drop)]),
  ]
}
