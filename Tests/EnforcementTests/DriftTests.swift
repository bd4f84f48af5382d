import Gateway
import Glibc
import Kubernetes
import Netlink
import Nftables
import Staging
import Testing

@testable import Enforcement

extension RealKernel {
  @Suite("What other programs do to the table is mended")
  struct DriftTests {
    private let world: World
    private let said: Said

    init() throws {
      world = try World()
      said = Said(
        try Documents.policy(
          Documents.group("closed", priority: 5, Documents.rule("shut", "deny", ports: 8080)),
          Documents.group("apps", Documents.rule("web", ports: 8080, 9000))),
        ["apps": [World.address(World.a)], "closed": [World.address(World.b)]])
    }

    private func connect() throws -> LongConnection {
      let listener = try Listener(in: world.lab.namespaces[World.server], World.serverAddress, port: 9000)
      return try #require(
        try LongConnection.open(
          from: NetworkAddress(World.address(World.a)), in: world.lab.namespaces[World.a], to: listener))
    }

    private func isRight(_ enforcer: inout Enforcer) throws -> Bool {
      if enforcer.isOutOfStep { return false }
      do throws(EnforcementError) {
        return try enforcer.table.compare(enforcer.gateway) == .same
      } catch {
        guard case .unsteady = error else { throw error }
        return false
      }
    }

    /// Looks after the table until it is right.
    private func isMended(_ enforcer: inout Enforcer) throws -> Bool {
      let end = ContinuousClock.now + .seconds(2)
      repeat {
        do throws(EnforcementError) {
          try enforcer.tick(.now)
        } catch {
          guard case .unsteady = error else { throw error }
        }
        if try isRight(&enforcer) { return true }
      } while ContinuousClock.now < end
      return false
    }

    @Test(
      "at the next look, and open connections stay",
      arguments: [
        "flush ruleset", "delete table inet merlon", "insert rule inet merlon forward accept",
        "add rule inet merlon networks accept", "flush chain inet merlon forward",
        "flush chain inet merlon networks", "delete element inet merlon sources4 { 10.64.1.1 }",
        "add element inet merlon sources4 { 10.64.3.1 : MARK }",
        "flush map inet merlon sources4", "flush map inet merlon classes",
        "add chain inet merlon more { type filter hook forward priority -10; policy drop; }",
        "delete element inet merlon sources4 { 10.64.2.1 }; add element inet merlon sources4 { 10.64.2.1 : MARK }",
        "add table inet merlon { flags dormant; }",
        "delete table inet merlon; add table inet merlon; add chain inet merlon networks; add set inet merlon sources4 { type ipv4_addr; }",
      ])
    func mending(change: String) throws {
      var enforcer = try world.enforcer(isShared: true)
      try enforcer.enforce(said.state, at: .now)
      let connection = try connect()
      #expect(connection.isAlive)
      let mark = enforcer.gateway.program.markMaps.flatMap(\.elements)
        .first { $0.key.first?.first == .address(World.address(World.a)) }?.mark
      let digits = String(try #require(mark), radix: 16)
      try world.nft(change.replacing("MARK", with: "0x" + digits))
      let start = ContinuousClock.now
      #expect(try isMended(&enforcer))
      #expect(ContinuousClock.now - start < .seconds(2))
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      #expect(try world.reaching(.udp(8080)) == [World.a])
      #expect(enforcer.observations.repairs == 1)
      #expect(enforcer.observations.problem == nil)
      #expect(connection.isAlive)
      try enforcer.tick(.now)
      #expect(enforcer.observations.repairs == 1)
    }

    @Test("a connection that is in use goes on when the table is made anew")
    func useWhileMending() throws {
      // Whose packet is on its way while somebody deletes the table meets rules without members, and must not be reset.
      var enforcer = try world.enforcer(refusal: .drop, isShared: true)
      try enforcer.enforce(said.state, at: .now)
      // The kernel forgets who opened a connection when nobody asks for connections any more.
      try world.nft(
        "add table inet nat; add chain inet nat out { type filter hook forward priority 100; }; "
          + "add rule inet nat out ct state new counter")
      let connection = try connect()
      let broken = Tally()
      let speaker = Companion {
        if !LongConnection.End.allSatisfy(connection.say) { broken.increment() }
        connection.drain()
        usleep(50)
      }
      for round in 1...20 {
        try world.nft("delete table inet merlon")
        #expect(try isMended(&enforcer))
        #expect(enforcer.observations.repairs == round)
      }
      speaker.end()
      #expect(broken.count == 0)
      #expect(eventually(within: .seconds(2)) { connection.drain() == 0 && connection.isAlive })
      #expect(try world.reaching(.tcp(8080)) == [World.a])
    }

    @Test("nobody is reset while there is no table but an empty one")
    func closing() throws {
      let probes = [World.a, World.b].map { (end: $0, transport: Staging.Probe.Transport.tcp(8080)) }
      var enforcer = try world.enforcer(isShared: true)
      #expect(try world.fates(probes) == [.silent, .silent])
      try world.nft("delete table inet merlon")
      try enforcer.tick(.now)
      #expect(try world.fates(probes) == [.silent, .silent])
      #expect(enforcer.observations.repairs == 1)
      try enforcer.enforce(said.state, at: .now)
      #expect(try world.fates(probes) == [.delivered, .rejected])
    }

    @Test("while another table changes all the time, which is left alone")
    func noise() throws {
      var said = said
      var enforcer = try world.enforcer(isShared: true)
      try enforcer.enforce(said.state, at: .now)
      let connection = try connect()
      try world.nft("add table inet noise; add set inet noise numbers { type mark; elements = { 1000 } }")
      let (changes, failures) = (Tally(), Tally())
      let router = world.lab.router
      let noise = Companion {
        do throws(NetlinkError) {
          var nftables = try router.run { (_) throws(NetlinkError) in try NftablesConnection() }
          for number: UInt32 in 0..<100 {
            // What is there already would be no change.
            var transaction = TableTransaction(table: "noise")
            transaction.add(.mark(number), to: "numbers")
            try nftables.commit(transaction)
            usleep(2000)
            transaction.removeAll()
            transaction.delete(.mark(number), from: "numbers")
            try nftables.commit(transaction)
            changes.increment()
            usleep(2000)
          }
        } catch {
          failures.increment()
        }
      }
      for _ in 0..<20 { try enforcer.tick(.now) }
      #expect(enforcer.observations.repairs == 0)
      for (round, change) in [
        "flush chain inet merlon networks", "delete table inet merlon",
        "delete element inet merlon sources4 { 10.64.1.1 }",
      ].enumerated() {
        try world.nft(change)
        let start = ContinuousClock.now
        #expect(try isMended(&enforcer), "\(change)")
        #expect(ContinuousClock.now - start < .seconds(2), "\(change)")
        #expect(enforcer.observations.repairs == round + 1)
        #expect(try world.reaching(.tcp(8080)) == [World.a])
        #expect(connection.isAlive)
      }
      for number in 0..<200 {
        let pod = [World.pod(1 + number % 100)]
        _ = try enforcer.enforce(
          try number < 100 ? said.change("apps", joined: pod) : said.change("apps", left: pod), at: .now)
      }
      let edited = try Documents.policy(Documents.group("apps", Documents.rule("web", ports: 8081, 9000)))
      try enforcer.enforce(try said.edit(edited), at: .now)
      #expect(try world.reaching(.tcp(8081)) == [World.a])
      let before = changes.count
      #expect(eventually(within: .seconds(2)) { changes.count > before })
      noise.end()
      #expect(failures.count == 0)
      #expect(connection.isAlive)
      #expect(try isMended(&enforcer))
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
      var nftables = try world.lab.router.run { (_) throws(NetlinkError) in try NftablesConnection() }
      let left = try nftables.elements(of: "numbers", in: "noise").map(\.key)
      #expect(left.contains(.mark(1000)) && left.count <= 2)
    }

    @Test("what nft does not take is told, the state before stays, and it is in force as soon as nft does")
    func refusal() throws {
      var said = said
      var enforcer = try world.enforcer(isShared: true)
      try enforcer.enforce(said.state, at: .now)
      let connection = try connect()
      let edited = try Documents.policy(Documents.group("apps", Documents.rule("web", ports: 8081, 9000)))
      let next = try said.edit(edited)
      try ReplacedProgram.with("nft", "echo busy >&2; exit 1") {
        let error = #expect(throws: EnforcementError.self) { try enforcer.enforce(next, at: .now) }
        #expect("\(try #require(error))".contains("busy"))
        #expect(enforcer.observations.problem?.contains("busy") == true)
        #expect(throws: EnforcementError.self) { try enforcer.tick(.now) }
        #expect(try world.reaching(.tcp(8080)) == [World.a])
        #expect(try world.reaching(.tcp(8081)).isEmpty)
        #expect(connection.isAlive)
        // What comes meanwhile is not lost.
        let delta = try said.change("apps", joined: [World.address(World.c)])
        #expect(throws: EnforcementError.self) { _ = try enforcer.enforce(delta, at: .now) }
      }
      #expect(try isMended(&enforcer))
      #expect(enforcer.observations.problem == nil)
      #expect(try world.reaching(.tcp(8081)) == [World.a, World.c])
      #expect(try world.reaching(.tcp(8080)).isEmpty)
      #expect(connection.isAlive)
    }
  }
}

extension LongConnection.End {
  /// Whether it is so for both ends; both are tried.
  static func allSatisfy(_ condition: (LongConnection.End) -> Bool) -> Bool {
    allCases.map(condition).allSatisfy { $0 }
  }
}

/// Another program in the place of one that the process finds by its name.
enum ReplacedProgram {
  static func with(_ name: String, _ script: String, _ body: () throws -> Void) throws {
    let folder = "/tmp/merlon-replaced-\(getpid())"
    let file = "\(folder)/\(name)"
    mkdir(folder, 0o700)
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o700)
    let bytes = Array("#!/bin/sh\n\(script)\n".utf8)
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    setenv("PATH", "\(folder):\(path)", 1)
    defer {
      setenv("PATH", path, 1)
      unlink(file)
      rmdir(folder)
    }
    try body()
  }
}
