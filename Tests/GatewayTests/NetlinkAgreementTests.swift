import Gateway
import Netlink
import Nftables
import SourceGroups
import Testing

@testable import Enforcement
@testable import SourceGroupDocuments

@Suite(
  "What the kernel is told of a gateway is what nft tells it",
  .enabled(if: UserNamespace.isPrivileged, "namespaces are needed"))
struct NetlinkAgreementTests {
  /// One namespace, and what is said to it.
  private struct Kernel: ~Copyable {
    let namespace: NetworkNamespace
    var connection: NftablesConnection

    init() throws {
      let namespace = try NetworkNamespace.make()
      connection = try namespace.run { (_) throws(NetlinkError) in try NftablesConnection() }
      self.namespace = namespace
    }

    mutating func found() throws -> FoundTable? { try connection.table(GatewayTable.name.text) }

    /// As nft lists it, whatever the order, but for times that run.
    func listing() throws -> Set<String> {
      let result = try namespace.run { (thread) throws(NetlinkError) in
        try thread.run("nft", ["-s", "list", "table", "inet", GatewayTable.name.text])
      }
      let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        .filter { !$0.contains("flags owner") }
        .map { $0.contains(" # progname") ? "table inet merlon {" : String($0) }
      return UpdateAgreementTests.blocks(lines.joined(separator: "\n"))
    }

    /// What maps have that only the gateway changes.
    mutating func elements(_ program: NftablesProgram) throws -> [Set<SetElement>] {
      var all: [Set<SetElement>] = []
      for map in program.maps.map(\.name.text) + program.markMaps.map(\.name.text) {
        all.append(Set(try connection.elements(of: map, in: GatewayTable.name.text)))
      }
      return all
    }
  }

  @Test("after any changes of members, freshness and documents", arguments: 0..<6 as Range<UInt64>)
  func changes(seed: UInt64) throws {
    var generator = SplitMix64(seed: 7000 + seed)
    var state = try RandomState(.random(&generator), &generator)
    var gateway = state.gateway
    var ours = try Kernel()
    var fresh = try Kernel()
    var theirs = try Kernel()
    guard try ours.connection.canOwnTables() else { return }
    try ours.connection.commit(TableTransaction(gateway.replacement(state.leases)))
    for _ in 0..<15 {
      for update in try UpdateAgreementTests.step(&state, &gateway, &generator) {
        try ours.connection.commit(TableTransaction(update.preparation))
        if let structure = update.structure { try ours.connection.commit(TableTransaction(structure)) }
        try ours.connection.commit(TableTransaction(update.elements))
      }
      let whole = gateway.replacement(state.leases)
      try fresh.connection.commit(TableTransaction(whole))
      try theirs.namespace.load(ruleset: whole.text)
      #expect(try fresh.found() == theirs.found())
      // What was changed has other numbers for its sets without names, and is the same in all else.
      #expect(try ours.listing() == theirs.listing())
      #expect(try ours.elements(gateway.program) == theirs.elements(gateway.program))
    }
    #expect(try ours.found()?.chains.isEmpty == false)
    #expect(try ours.connection.ownership(of: GatewayTable.name.text) == .own)
  }
}
