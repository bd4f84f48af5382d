import Gateway
import Kubernetes
import Netlink
import SourceGroups
import Staging
import Testing

@testable import Enforcement

extension RealKernel {
  @Suite("A member that leaves")
  struct RemovalTests {
    @Test("is cut off in both directions before the answer, and others go on", arguments: [true, false])
    func removal(isRejecting: Bool) throws {
      let world = try World()
      let pods = (0..<World.podCount).map(World.pod)
      var said = Said(try Documents.apps(), ["apps": pods])
      var enforcer = try world.enforcer(refusal: isRejecting ? .reject : .drop)
      try enforcer.enforce(said.state, at: .now)
      let listener = try Listener(in: world.lab.namespaces[World.server], World.serverAddress, port: 9000)
      let connections = try pods.map { pod in
        try #require(
          try LongConnection.open(
            from: NetworkAddress(pod), in: world.lab.namespaces[World.a], to: listener))
      }
      #expect(connections.filter { !$0.isAlive }.isEmpty)
      let removed = 110
      var times: [Duration] = []
      let clock = ContinuousClock()
      for (pod, connection) in zip(pods, connections).prefix(removed) {
        let delta = try said.change("apps", left: [pod])
        let start = clock.now
        _ = try enforcer.enforce(delta, at: start)
        times.append(clock.now - start)
        // Neither of them knows yet, so both can still say something.
        LongConnection.End.allCases.forEach { connection.say($0) }
      }
      // What was said before others were removed would have come by now, and once more when it was repeated.
      let arrived = connections.prefix(removed).filter { $0.hears(from: .client, within: .milliseconds(5)) }
      let answered = connections.prefix(removed).filter { $0.hears(from: .server, within: .milliseconds(1)) }
      #expect(arrived.isEmpty)
      #expect(answered.isEmpty)
      #expect(connections.dropFirst(removed).filter { !$0.isAlive }.isEmpty)
      times.sort()
      let (median, late) = (times[times.count / 2], times[times.count * 99 / 100])
      print("removal of a member, \(removed) times: median \(median), p99 \(late)")
      #expect(late < .milliseconds(50))
      #expect(enforcer.observations.problem == nil)
    }
  }

  @Suite("Without a sign of their cluster")
  struct EnforcedLeaseTests {
    private let world: World
    private let listener: Listener

    init() throws {
      world = try World()
      listener = try Listener(in: world.lab.namespaces[World.server], World.serverAddress, port: 9000)
    }

    private func connect() throws -> LongConnection {
      try #require(
        try LongConnection.open(
          from: NetworkAddress(World.address(World.a)), in: world.lab.namespaces[World.a], to: listener))
    }

    @Test(
      "the kernel alone stops trusting members when the grace is over, as the source says",
      arguments: ["keep", "clear", "deny"])
    func expiry(onStale: String) throws {
      // A later group lets every address pass, so that members that count for nothing are not denied.
      let later =
        "{id: all, priority: 50, sources: [{cidrs: [10.64.0.0/16]}], rules: [\(Documents.rule("late", ports: 8081))]}"
      let policy = try Documents.policy(
        Documents.group("apps", onStale: onStale, grace: 1, Documents.rule("web", ports: 8080, 9000)), later)
      let said = Said(policy, ["apps": [World.address(World.a)]])
      var enforcer = try world.enforcer()
      try enforcer.enforce(said.state, at: .now)
      #expect(try world.reaching(.udp(8080)) == (onStale == "keep" ? [World.a] : []))
      let start = ContinuousClock.now
      #expect(try enforcer.renew(try said.fresh(), at: .now))
      #expect(try world.reaching(.udp(8080)) == [World.a])
      let connection = try connect()
      #expect(connection.isAlive)
      #expect(try world.reaching(.udp(8081)) == [World.a, World.b, World.c])
      // Nobody looks after the table from here on.
      let isCut = eventually(within: .milliseconds(2500)) {
        connection.say(.client)
        return !connection.hears(from: .client, within: .milliseconds(20))
      }
      let time = ContinuousClock.now - start
      #expect(isCut == (onStale != "keep"))
      if isCut {
        #expect(time > .milliseconds(900) && time < .milliseconds(1500), "\(time)")
        connection.say(.server)
        #expect(!connection.hears(from: .server, within: .milliseconds(20)))
      }
      #expect(try world.reaching(.udp(8080)) == (onStale == "keep" ? [World.a] : []))
      #expect(
        try world.reaching(.udp(8081))
          == (onStale == "deny" ? [World.b, World.c] : [World.a, World.b, World.c]))
    }

    @Test(
      "a report renews leases for as long as it is fresh, and connections stay", arguments: ["clear", "deny"])
    func renewal(onStale: String) throws {
      let said = Said(try Documents.apps(onStale: onStale, grace: 1), ["apps": [World.address(World.a)]])
      var enforcer = try world.enforcer()
      try enforcer.enforce(said.state, at: .now)
      _ = try enforcer.renew(try said.fresh(), at: .now)
      let connection = try connect()
      let end = ContinuousClock.now + .milliseconds(2500)
      var exchanges = 0
      while ContinuousClock.now < end {
        // Each is known to be fresh a while ago already.
        #expect(try enforcer.renew(try said.fresh(.milliseconds(200)), at: .now))
        #expect(connection.isAlive)
        exchanges += 1
      }
      #expect(exchanges > 20)
      // Older than the grace: it says that nothing is known.
      #expect(try enforcer.renew(try said.fresh(.milliseconds(100)), at: .now + .seconds(2)))
      #expect(connection.isAlive)
    }

    @Test("a report of another process or document renews nothing")
    func otherReport() throws {
      var said = Said(try Documents.apps(onStale: "clear", grace: 1), ["apps": [World.address(World.a)]])
      var enforcer = try world.enforcer()
      #expect(try !enforcer.renew(try said.fresh(), at: .now))
      try enforcer.enforce(said.state, at: .now)
      let known = said
      said.startAnew()
      #expect(try !enforcer.renew(try said.fresh(), at: .now))
      #expect(try world.reaching(.udp(8080)).isEmpty)
      // A later one of the same document may know of a member that is to be cut off: nothing is renewed either.
      var ahead = known
      _ = try ahead.change("apps", left: [World.address(World.a)])
      #expect(try !enforcer.renew(try ahead.fresh(), at: .now))
      #expect(try world.reaching(.udp(8080)).isEmpty)
      #expect(try enforcer.renew(try known.fresh(), at: .now))
      #expect(try world.reaching(.udp(8080)) == [World.a])
    }

    @Test(
      "who starts anew, and is told that the cluster is not followed, ends the lease that still runs",
      arguments: [false, true])
    func staleFromTheStart(isShared: Bool) throws {
      var said = Said(try Documents.apps(onStale: "clear", grace: 60), ["apps": [World.address(World.a)]])
      do {
        var first = try world.enforcer(isShared: isShared)
        try first.enforce(said.state, at: .now)
        _ = try first.renew(try said.fresh(), at: .now)
      }
      #expect(try world.reaching(.udp(8080)) == [World.a])
      said.startAnew()
      let state = try said.state
      var second = try world.enforcer(isShared: isShared)
      let identities = state.identities.mapValues { _ in
        SourceIdentities(SourceStatus(.cleared), [World.address(World.a)])
      }
      try second.enforce(EnforcedState(state.id, state.policy, identities), at: .now)
      #expect(try world.reaching(.udp(8080)).isEmpty)
    }

    @Test("a table that is made anew has the leases that run")
    func mendedLeases() throws {
      let said = Said(try Documents.apps(onStale: "clear", grace: 60), ["apps": [World.address(World.a)]])
      var enforcer = try world.enforcer(isShared: true)
      try enforcer.enforce(said.state, at: .now)
      _ = try enforcer.renew(try said.fresh(), at: .now)
      let lease = try #require(try world.foundTable()?.sets.first { $0.name.hasPrefix("lease") }?.name)
      for change in ["flush ruleset", "flush set inet merlon \(lease)", "delete table inet merlon"] {
        try world.nft(change)
        let isMended = try eventually(within: .seconds(2)) {
          try enforcer.tick(.now)
          return try world.reaching(.udp(8080)) == [World.a]
        }
        #expect(isMended, "\(change)")
      }
    }
  }
}
