import Gateway
import Glibc
import Kubernetes
import Netlink
import Nftables
import Staging
import Testing

@testable import Enforcement

extension RealKernel {
  @Suite("A table that is owned", .enabled(if: OwnedTables.arePossible))
  struct OwnershipTests {
    private let world: World
    private let said: Said

    init() throws {
      world = try World()
      said = Said(
        try Documents.policy(Documents.group("apps", Documents.rule("web", ports: 8080, 9000))),
        ["apps": [World.address(World.a)]])
    }

    private func ownership() throws -> TableOwnership? {
      var connection = try world.lab.router.run { (_) throws(NetlinkError) in try NftablesConnection() }
      return try connection.ownership(of: GatewayTable.name.text)
    }

    @Test(
      "is changed and taken away by nobody else",
      arguments: [
        "flush ruleset", "flush table inet merlon", "delete table inet merlon",
        "insert rule inet merlon forward accept", "flush chain inet merlon networks",
        "flush map inet merlon sources4", "add element inet merlon sources4 { 10.64.3.1 : 0x1 }",
        "add chain inet merlon more { type filter hook forward priority -10; policy drop; }",
        "add table inet merlon { flags dormant; }",
      ])
    func others(change: String) throws {
      var enforcer = try world.enforcer()
      try enforcer.enforce(said.state, at: .now)
      let before = try world.foundTable()
      do {
        try world.nft(change)
        // A flush of everything is for everything that is nobody's.
        #expect(change == "flush ruleset")
      } catch let problem as World.ForeignProblem {
        #expect(problem.words.contains("Operation not permitted"))
      }
      #expect(try world.foundTable() == before)
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
      try enforcer.tick(.now)
      #expect(enforcer.observations.repairs == 0)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
    }

    @Test("lets nothing through and breaks nothing while others flush all rules again and again")
    func flushes() throws {
      var enforcer = try world.enforcer(refusal: .drop)
      try enforcer.enforce(said.state, at: .now)
      let counts = TrafficCounts()
      let allowed = try AllowedPair(world, client: World.a, counts)
      let denied = try DeniedPair(world, client: World.b, counts)
      let threads = [Companion { allowed.turn() }, Companion { denied.turn() }]
      for _ in 0..<100 {
        try world.nft("flush ruleset")
        try enforcer.tick(.now)
      }
      #expect(
        eventually(within: .seconds(10)) { counts.exchanges.count > 100 && counts.attempts.count > 1000 })
      for thread in threads { thread.end() }
      #expect(counts.leaks.count == 0)
      #expect(counts.failures.count == 0)
      #expect(counts.lostDatagrams.count == 0)
      #expect(enforcer.observations.repairs == 0)
    }

    @Test("stays as it is when its owner ends, and is taken by the next who starts")
    func end() throws {
      do {
        var first = try world.enforcer()
        try first.enforce(said.state, at: .now)
      }
      #expect(try ownership() == .free)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      let second = try world.enforcer()
      #expect(try ownership() == .other)
      try world.nft("flush ruleset")
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      _ = consume second
      try world.nft("flush ruleset")
      #expect(try world.foundTable() == nil)
    }

    @Test(
      "that its owner has left, and others have changed, is mended by the next, in place or as a whole",
      arguments: [false, true],
      [
        "insert rule inet merlon forward accept",
        "flush chain inet merlon forward; delete map inet merlon sources4; add set inet merlon sources4 { type ipv4_addr; }",
        // A chain that packets come to cannot be made of one that they do not.
        "flush chain inet merlon forward; delete chain inet merlon forward; add chain inet merlon forward",
        "delete table inet merlon",
      ])
    func leftAlone(isShared: Bool, change: String) throws {
      do {
        var first = try world.enforcer()
        try first.enforce(said.state, at: .now)
      }
      try world.nft(change)
      var second = try world.enforcer(isShared: isShared)
      try second.enforce(said.state, at: .now)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      #expect(try second.table.compare(second.gateway) == .same)
      let isMadeAnew = change.contains("delete chain") || change.contains("delete table")
      #expect(try ownership() == (isShared ? isMadeAnew ? .everybody : .free : .other))
    }

    @Test("is refused to a second process while the first runs, which goes on")
    func second() throws {
      var first = try world.enforcer()
      try first.enforce(said.state, at: .now)
      for isShared in [false, true] {
        do {
          _ = try world.enforcer(isShared: isShared)
          Issue.record("two processes write one table")
        } catch let error as EnforcementError {
          guard case .held = error else { throw error }
          #expect("\(error)".contains("end it first"))
        }
      }
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      #expect(try first.table.compare(first.gateway) == .same)
    }

    @Test("takes the place of one that is not, at one moment, and leases run on")
    func replacement() throws {
      let said = Said(try Documents.apps(onStale: "clear", grace: 100), ["apps": [World.address(World.a)]])
      let listener = try Listener(in: world.lab.namespaces[World.server], World.serverAddress, port: 9000)
      let connection: LongConnection
      do {
        var first = try world.enforcer(refusal: .drop, isShared: true)
        try first.enforce(said.state, at: .now)
        _ = try first.renew(try said.fresh(.seconds(40)), at: .now)
        connection = try #require(
          try LongConnection.open(
            from: NetworkAddress(World.address(World.a)), in: world.lab.namespaces[World.a], to: listener))
        #expect(connection.isAlive)
      }
      #expect(try ownership() == .everybody)
      let counts = TrafficCounts()
      let denied = try DeniedPair(world, client: World.b, counts)
      let thread = Companion { denied.turn() }
      var second = try world.enforcer(refusal: .drop)
      #expect(try ownership() == .everybody)
      // Nobody has told it yet how fresh anything is.
      try second.enforce(said.state, at: .now)
      #expect(try ownership() == .other)
      #expect(connection.isAlive)
      #expect(eventually(within: .seconds(10)) { counts.attempts.count > 1000 })
      thread.end()
      #expect(counts.leaks.count == 0)
      #expect(try second.table.compare(second.gateway) == .same)
      let lease = try #require(try world.foundTable()?.sets.first { $0.name.hasPrefix("lease") }?.name)
      var nftables = try world.lab.router.run { (_) throws(NetlinkError) in try NftablesConnection() }
      let left = try nftables.elements(of: lease, in: GatewayTable.name.text).compactMap(\.expiresIn)
      #expect(left.count == 2 && left.allSatisfy { (.seconds(30)...(.seconds(60))).contains($0) })
    }
  }
}
