import Gateway
import Glibc
import Kubernetes
import Netlink
import SourceGroups
import Testing

@testable import Enforcement

extension RealKernel {
  /// `MERLON_EDITS` and `MERLON_CHANGES` say how much of it there is.
  @Suite("Under traffic")
  struct TrafficTests {
    /// Documents that all let members of `apps` reach port 9000, and nobody 9001; each is an edit of the one before, or another one.
    private static func policy(_ number: Int, other: Int) throws -> SourceGroupPolicy {
      let extra = (0..<3).map { Documents.rule("r\($0)", ports: 10_000 + (number * 7 + $0) % 500) }
      let shut = Documents.group(
        "shut", priority: 5, Documents.rule("s\(number % 3)", "deny", ports: 9001, 11_000 + number % 100))
      let apps = Documents.group(
        "apps", priority: 10 + number % 2, extra[0], Documents.rule("web", ports: 9000), extra[1])
      if other.isMultiple(of: 2) { return try Documents.policy(shut, apps, name: "even") }
      let more = Documents.group("more-\(other)", priority: 7, extra[2])
      return try Documents.policy(more, apps, name: "odd-\(other)")
    }

    private static func number(_ name: String, _ usual: Int) -> Int {
      getenv(name).flatMap { Int(String(cString: $0)) } ?? usual
    }

    @Test("edits, other documents and changes of members let nothing through, and break nothing")
    func changes() throws {
      let (edits, changes) = (Self.number("MERLON_EDITS", 300), Self.number("MERLON_CHANGES", 2000))
      let world = try World()
      var said = Said(
        try Self.policy(0, other: 0), ["apps": [World.address(World.a)], "shut": [World.address(World.c)]])
      var enforcer = try world.enforcer(refusal: .drop)
      try enforcer.enforce(said.state, at: .now)
      let counts = TrafficCounts()
      let allowed = try AllowedPair(world, client: World.a, counts)
      let denied = try DeniedPair(world, client: World.b, counts)
      let threads = [Companion { allowed.turn() }, Companion { denied.turn() }]
      let clock = ContinuousClock()
      let start = clock.now
      var (editTimes, changeTimes): ([Duration], [Duration]) = ([], [])
      var (edited, changed) = (0, 0)
      while edited < edits || changed < changes {
        if edited < edits {
          edited += 1
          let next = try said.edit(try Self.policy(edited, other: edited / 50))
          let before = clock.now
          try enforcer.enforce(next, at: before)
          editTimes.append(clock.now - before)
        }
        let share = edits == 0 ? changes : changes * edited / edits
        while changed < share {
          // Others come, and leave again; also members that share a class with the pairs.
          let pod = [World.pod(1 + changed / 2 % (World.podCount - 1))]
          let delta =
            try changed.isMultiple(of: 2) ? said.change("apps", joined: pod) : said.change("apps", left: pod)
          let before = clock.now
          _ = try enforcer.enforce(delta, at: before)
          changeTimes.append(clock.now - before)
          changed += 1
        }
        try enforcer.tick(.now)
        if edited.isMultiple(of: 50) { try enforcer.sweep(.now) }
      }
      let time = clock.now - start
      for thread in threads { thread.end() }
      print(
        """
        under traffic: \(edited) edits, \(changed) changes in \(time); an edit \(Self.median(editTimes)), a change \
        \(Self.median(changeTimes)); allowed: \(counts.exchanges.count) exchanges, \(counts.connections.count) \
        connections, \(counts.failures.count) failures, \(counts.lostDatagrams.count) of \(counts.datagrams.count) \
        datagrams lost; denied: \(counts.attempts.count) attempts, \(counts.leaks.count) leaks; \
        \(enforcer.observations.repairs) repairs
        """)
      #expect(counts.leaks.count == 0)
      #expect(counts.failures.count == 0)
      #expect(counts.lostDatagrams.count == 0)
      #expect(counts.exchanges.count > 100 && counts.connections.count > 5 && counts.attempts.count > 1000)
      #expect(enforcer.observations.repairs == 0)
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
    }

    private static func median(_ times: [Duration]) -> Duration {
      times.isEmpty ? .zero : times.sorted()[times.count / 2]
    }
  }
}
