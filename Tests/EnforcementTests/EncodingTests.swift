import Kubernetes
import Netlink
import Nftables
import NftablesSemantics
import Testing

@testable import Enforcement

extension RealKernel {
  @Suite("What the kernel is told of a program is what nft tells it", .enabled(if: OwnedTables.arePossible))
  struct EncodingTests {
    @Test("for statements of every kind", arguments: StatementSamples.all)
    func statements(_ sample: StatementSamples.Sample) throws {
      let all = StatementSamples.program
      let chains = [
        Chain("other", [Rule([.verdict(.return)])]),
        Chain("forward", base: Chain.Base(.forward, policy: .drop), [Rule(sample.statements, note: "r=1")]),
      ]
      let program = NftablesProgram(
        table: all.table, counters: all.counters, sets: all.sets, maps: all.maps, markMaps: all.markMaps,
        chains: chains)
      var pair = try TablePair.of(program)
      let (ours, theirs) = (try pair.ours(), try pair.theirs())
      #expect(ours.listing == theirs.listing || theirs.cannotBeListed)
      // nft loads fields that are neighbours in a packet as one.
      if !sample.text.contains("icmp code") { #expect(ours.table == theirs.table) }
      #expect(ours.table != nil)
    }

    @Test("for all of them at once, which come back as they were written")
    func program() throws {
      var pair = try TablePair.of(StatementSamples.program)
      let (ours, theirs) = (try pair.ours(), try pair.theirs())
      let lines = zip(ours.listing.split(separator: "\n"), theirs.listing.split(separator: "\n"))
      for (our, their) in lines where !their.contains(TablePair.unlistable) { #expect(our == their) }
      #expect(ours.listing.split(separator: "\n").count == theirs.listing.split(separator: "\n").count)
      #expect(ours.listing.contains("comment \"r=1\""))
    }

    @Test("for sets and maps of every kind, with elements")
    func collections() throws {
      var pair = try TablePair.of(Self.kinds)
      let (ours, theirs) = (try pair.ours(), try pair.theirs())
      #expect(ours == theirs)
      #expect(ours.table != nil)
    }

    private static let eth0 = InterfaceName("eth0").map { Interval.one(.interface($0)) }

    private static let kinds = NftablesProgram(
      table: "gate",
      sets: [
        NamedSet(
          "blocks", KeyStorage([.ipv4Address], hasIntervals: true), elements("10.0.0.0/8", "192.0.2.1/32")),
        NamedSet(
          "from_zero", KeyStorage([.ipv4Address], hasIntervals: true), elements("0.0.0.0/1", "255.0.0.0/8")),
        NamedSet("blocks6", KeyStorage([.ipv6Address], hasIntervals: true), elements("2001:db8::/33")),
        NamedSet(
          "pairs", KeyStorage([.ipv6Address, .port, .interface]),
          [.init([block("fd00::1/128"), .port(80), eth0 ?? .port(0)])]),
        NamedSet(
          "lease", KeyStorage([.family], timeout: .seconds(60), size: 7),
          [.init([.one(.family(.ipv4))], timeout: .seconds(7200))]),
        NamedSet(
          "ports", KeyStorage([.port], hasIntervals: true),
          [.init([Interval(1...9)]), .init([Interval(65_000...65_535)])]),
      ],
      maps: [
        VerdictMap(
          "ways", KeyStorage([.mark]), [.init([.one(.mark(7))], .goto("x")), .init([.one(.mark(8))], .drop)]),
        VerdictMap(
          "touching", KeyStorage([.port], hasIntervals: true),
          [
            .init([Interval(1...9)], .accept), .init([Interval(10...20)], .drop),
            .init([.port(30)], .jump("x")),
          ]),
        VerdictMap(
          "several", KeyStorage([.ipv4Address, .port], hasIntervals: true),
          [
            .init([block("10.0.0.0/9"), Interval(80...90)], .accept),
            .init([block("11.0.0.1/32"), .port(1)], .drop),
          ]),
      ],
      markMaps: [MarkMap("marks", KeyStorage([.ipv4Address]), [.init([block("10.0.0.1/32")], 0x1_0002)])],
      chains: [Chain("x", [])])

    private static func block(_ text: String) -> Interval {
      guard let block = ParsedCIDR(text)?.cidr else { preconditionFailure("no block: \(text)") }
      return Interval(block)
    }

    private static func elements(_ texts: String...) -> [NamedSet.Element] {
      texts.map { NamedSet.Element([block($0)]) }
    }
  }
}

/// Two namespaces: in one a program is told to the kernel by us, in the other by nft.
struct TablePair: ~Copyable {
  private let ourNamespace: NetworkNamespace
  private let theirNamespace: NetworkNamespace
  private var ourConnection: NftablesConnection
  private var theirConnection: NftablesConnection
  private let table: String

  /// What the kernel has of a table, as netlink tells it and as nft lists it.
  struct Found: Equatable {
    let table: FoundTable?
    let listing: String

    var cannotBeListed: Bool { listing.contains(unlistable) }
  }

  /// What nft 1.0.6 lists of some sets that it has made itself.
  static let unlistable = "[invalid type]"

  static func of(_ program: NftablesProgram) throws -> TablePair {
    var pair = try TablePair(table: program.table.text)
    try pair.apply(NftablesTransaction(replacing: nil, with: program))
    return pair
  }

  private init(table: String) throws {
    let (ours, theirs) = (try NetworkNamespace.make(), try NetworkNamespace.make())
    let first = try ours.run { (_) throws(NetlinkError) in try NftablesConnection() }
    let second = try theirs.run { (_) throws(NetlinkError) in try NftablesConnection() }
    (ourNamespace, theirNamespace) = (ours, theirs)
    ourConnection = first
    theirConnection = second
    self.table = table
  }

  mutating func apply(_ transaction: NftablesTransaction) throws {
    try ourConnection.commit(TableTransaction(transaction))
    try theirNamespace.load(ruleset: transaction.text)
  }

  mutating func ours() throws -> Found {
    Found(table: try ourConnection.table(table), listing: try listing(ourNamespace))
  }

  mutating func theirs() throws -> Found {
    Found(table: try theirConnection.table(table), listing: try listing(theirNamespace))
  }

  /// Without what says who owns it, and times that run.
  private func listing(_ namespace: NetworkNamespace) throws -> String {
    let name = table
    let result = try namespace.run { (thread) throws(NetlinkError) in
      try thread.run("nft", ["-s", "list", "table", "inet", name])
    }
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n")
      .filter { !$0.contains("flags owner") }
      .map { $0.contains(" # progname") ? "table inet \(name) {" : String($0) }.joined(separator: "\n")
  }
}

/// Whether the kernel has tables that are owned, and stay without their owner.
enum OwnedTables {
  static let arePossible: Bool = {
    do {
      var connection = try NetworkNamespace.make().run { (_) throws(NetlinkError) in try NftablesConnection()
      }
      return try connection.canOwnTables()
    } catch {
      return false
    }
  }()
}
