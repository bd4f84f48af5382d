import Gateway
import Kubernetes
import Netlink
import Staging
import Testing

@testable import Enforcement

extension RealKernel {
  @Suite("What is said is what packets meet")
  struct EnforcerTests {
    private let world: World
    private var said: Said

    init() throws {
      world = try World()
      said = Said(try Documents.apps(), ["apps": [World.address(World.a)]])
    }

    @Test("nothing passes from the start, until somebody says what may")
    func start() throws {
      #expect(try world.reaching(.tcp(8080)) == [World.a, World.b, World.c])
      var enforcer = try world.enforcer()
      #expect(try world.reaching(.tcp(8080)).isEmpty)
      #expect(try world.reaching(.udp(8080)).isEmpty)
      try enforcer.tick(.now)
      #expect(enforcer.enforced == nil && enforcer.observations.repairs == 0)
    }

    @Test("a state lets through what it allows, and only that")
    func state() throws {
      var enforcer = try world.enforcer()
      try enforcer.enforce(said.state, at: .now)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      #expect(try world.reaching(.udp(8080)) == [World.a])
      #expect(try world.reaching(.tcp(8081)).isEmpty)
      #expect(try world.reaching(.echo).isEmpty)
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
    }

    @Test("members come and leave; of a state that is not enforced nothing is taken")
    func delta() throws {
      var said = said
      var enforcer = try world.enforcer()
      try enforcer.enforce(said.state, at: .now)
      let first = try said.change("apps", joined: [World.address(World.b)])
      #expect(try enforcer.enforce(first, at: .now))
      #expect(try world.reaching(.tcp(8080)) == [World.a, World.b])
      #expect(try !enforcer.enforce(first, at: .now))
      let second = try said.change("apps", joined: [World.address(World.c)], left: [World.address(World.a)])
      #expect(try enforcer.enforce(second, at: .now))
      #expect(try world.reaching(.tcp(8080)) == [World.b, World.c])
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
    }

    @Test("an edited rule and another document are in force at once")
    func edits() throws {
      var said = said
      var enforcer = try world.enforcer()
      try enforcer.enforce(said.state, at: .now)
      let edited = try Documents.policy(Documents.group("apps", Documents.rule("web", ports: 8081)))
      try enforcer.enforce(try said.edit(edited), at: .now)
      #expect(try world.reaching(.tcp(8080)).isEmpty)
      #expect(try world.reaching(.tcp(8081)) == [World.a])
      let other = try Documents.policy(
        Documents.group("closed", priority: 5, Documents.rule("shut", "deny", ports: 8082)),
        Documents.group("apps", Documents.rule("open", ports: 8081, 8082)), name: "other")
      try enforcer.enforce(try said.edit(other), at: .now)
      #expect(try world.reaching(.tcp(8082)) == [World.a])
      _ = try enforcer.enforce(said.change("closed", joined: [World.address(World.a)]), at: .now)
      #expect(try world.reaching(.tcp(8082)).isEmpty)
      #expect(try world.reaching(.tcp(8081)) == [World.a])
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
    }

    @Test(
      "who starts over the table of another keeps what is right, and mends what is not",
      arguments: [false, true])
    func successor(isShared: Bool) throws {
      var said = said
      let listener = try Listener(in: world.lab.namespaces[World.server], World.serverAddress, port: 9000)
      do {
        var first = try world.enforcer(isShared: isShared)
        try first.enforce(said.state, at: .now)
      }
      let connection = try #require(
        try LongConnection.open(
          from: NetworkAddress(World.address(World.a)), in: world.lab.namespaces[World.a], to: listener))
      #expect(connection.isAlive)
      // Somebody else opens the gate while nobody looks after it.
      try world.nft("insert rule inet merlon forward accept")
      #expect(try world.reaching(.tcp(8080)) == [World.a, World.b, World.c])
      do {
        var second = try world.enforcer(isShared: isShared)
        #expect(connection.isAlive)
        said.startAnew()
        try second.enforce(said.state, at: .now)
        #expect(connection.isAlive)
        #expect(try world.reaching(.tcp(8080)) == [World.a])
        #expect(try second.table.compare(second.gateway) == .same)
        #expect(second.observations.problem == nil)
      }
      // Once more, over a table that has nothing wrong.
      var third = try world.enforcer(isShared: isShared)
      try third.enforce(said.state, at: .now)
      #expect(connection.isAlive)
      #expect(try third.table.compare(third.gateway) == .same)
    }

    @Test("who starts over a table with other members cuts those that are none any more")
    func successorWithOthers() throws {
      var said = said
      do {
        var first = try world.enforcer()
        try first.enforce(said.state, at: .now)
      }
      said.startAnew()
      _ = try said.change("apps", joined: [World.address(World.c)], left: [World.address(World.a)])
      var second = try world.enforcer()
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      try second.enforce(said.state, at: .now)
      #expect(try world.reaching(.tcp(8080)) == [World.c])
      #expect(try second.table.compare(second.gateway) == .same)
    }

    @Test("a digest depends on rules, chains and sets, and on no element")
    func digest() throws {
      var said = said
      var enforcer = try world.enforcer(isShared: true)
      try enforcer.enforce(said.state, at: .now)
      func digest() throws -> UInt64? { try world.foundTable()?.digest }
      let first = try #require(try digest())
      #expect(try digest() == first)
      _ = try enforcer.enforce(said.change("apps", joined: [World.address(World.b)]), at: .now)
      _ = try enforcer.counters()
      _ = try world.reaching(.udp(8080))
      try world.nft("add table inet other; add chain inet other one; add rule inet other one accept")
      #expect(try digest() == first)
      for change in [
        "add rule inet merlon networks accept", "insert rule inet merlon forward accept",
        "add chain inet merlon one", "add set inet merlon two { type ipv4_addr; }",
        "add counter inet merlon three", "flush chain inet merlon networks",
      ] {
        let before = try digest()
        try world.nft(change)
        #expect(try digest() != before, "\(change)")
      }
    }
  }
}
