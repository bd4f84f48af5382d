import Kubernetes
import PolicyModel
import SourceGroups
import Testing

@Suite("Sources whose cluster is not heard of")
struct StaleSourcesTests {
  private let web = pod("shop/web", "10.0.0.1")

  @Test(
    "become what their policy says when the grace is over, and not before",
    arguments: [
      (StaleAction.clear, SourceState.cleared, [], []), (.keep, .kept, ["shop/web"], ["10.0.0.1/32"]),
      (.deny, .denied, ["shop/web"], []),
    ] as [(StaleAction, SourceState, [String], [String])])
  func grace(action: StaleAction, state: SourceState, names: [String], allowed: [String]) throws {
    var sets = IdentitySets(group("web", source(onStale: action)), pods: [web])
    #expect(sets.nextTransition == nil)
    #expect(sets.hear(.stale(since: at(100)), of: "prod", at: at(101)).isEmpty)
    #expect(sets.nextTransition == at(400))
    let version = try #require(sets.snapshot["web"]?.version)
    #expect(sets.transition(at: at(399)).isEmpty)
    #expect(sets.state("web") == .following)
    #expect(sets.snapshot["web"]?.version == version)

    let event = try #require(sets.transition(at: at(400)).first)
    #expect((event.group, event.from, event.to) == ("web", .following, state))
    #expect(event.reason == .silent(since: at(100)))
    #expect(event.description.contains("following → \(state) (nothing heard since 1970-01-01T00:01:40Z)"))
    #expect(sets.nextTransition == nil)
    let set = try #require(sets.snapshot["web"])
    #expect((sets.state("web"), set.version, set.sources[0].since) == (state, version + 1, at(400)))
    #expect(sets.names("web") == names)
    #expect(set.sources[0].addressesToAllow.cidrs.map(\.description) == allowed)
    #expect(set.sources[0].addressesToDeny.contains(ip("10.0.0.1")) == !names.isEmpty)
    #expect(sets.transition(at: at(401)).isEmpty)
  }

  @Test("have their members back at once when it is heard of again", arguments: StaleAction.allCases)
  func heardAgain(action: StaleAction) throws {
    var sets = IdentitySets(group("web", source(onStale: action)), pods: [web])
    _ = sets.hear(.stale(since: at(0)), of: "prod", at: at(500))
    let events = sets.hear(.fresh, of: "prod", at: at(501))
    #expect(events.map(\.reason) == [.heardAgain])
    #expect(events.map(\.to) == [.following])
    #expect(sets.snapshot["web"]?.members.map(\.member.text) == ["shop/web 10.0.0.1 since 1"])
  }

  @Test("change their set by the members that leave with them and come again")
  func changes() throws {
    var sets = IdentitySets(
      group("web", source(), source(.pods([:]), onStale: .keep)), group("only", source()), pods: [web])
    let versions = sets.snapshot.sets.map(\.version)
    func changes() -> [String?] {
      zip(sets.snapshot.sets, versions).map { $0.changes(since: $1)?.text }
    }
    _ = sets.hear(.stale(since: at(0)), of: "prod", at: at(500))
    #expect(changes() == ["", "-shop/web"])
    _ = sets.hear(.fresh, of: "prod", at: at(501))
    #expect(changes() == ["", ""])
  }

  @Test("that are cleared stay so in an edit, and when their selection is new")
  func editWhileStale() {
    var sets = IdentitySets(group("web", source()), pods: [web])
    _ = sets.hear(.stale(since: at(0)), of: "prod", at: at(500))
    let events = sets.follow([group("web", source(), source(.pods([:])))], at: at(501))
    #expect(sets.names("web").isEmpty)
    #expect(sets.snapshot["web"]?.sources.map(\.since) == [at(500), at(501)])
    #expect(events.map(\.from) == [nil])
  }

  @Test("of several clusters are each judged by its own")
  func severalClusters() {
    var sets = IdentitySets(group("web", source(), source(of: "edge")), pods: [web])
    sets.list("edge", pods: [pod("shop/edge", "10.1.0.1")])
    _ = sets.hear(.stale(since: at(0)), of: "edge", at: at(500))
    #expect(sets.names("web") == ["shop/web"])
    #expect(sets.snapshot["web"]?.sources.map(\.state) == [.following, .cleared])
  }

  @Test("a change of what becomes of them applies at once")
  func editedAction() {
    var sets = IdentitySets(group("web", source(onStale: .clear)), pods: [web])
    _ = sets.hear(.stale(since: at(0)), of: "prod", at: at(500))
    #expect(sets.names("web").isEmpty)
    let events = sets.follow([group("web", source(onStale: .keep))], at: at(501))
    #expect(events.map(\.to) == [.kept])
    #expect(sets.names("web") == ["shop/web"])
  }

  @Test("part of a second of grace counts as one")
  func fractions() {
    var sets = IdentitySets(group("web", source(grace: .milliseconds(1500))), pods: [web])
    _ = sets.hear(.stale(since: at(10)), of: "prod", at: at(10))
    #expect(sets.nextTransition == at(12))
  }
}

@Suite("Sources whose cluster has never been listed")
struct UnresolvedSourcesTests {
  @Test("have no members, and say so")
  func waiting() {
    var sets = IdentitySets()
    let events = sets.follow([group("web", source())], at: at(0))
    #expect(events.map(\.to) == [.waiting])
    #expect(events.map(\.reason) == [.notSynced])
    #expect(sets.state("web") == .waiting)
    // Single events do not make a whole.
    sets.apply(pod("shop/web", "10.0.0.1"))
    #expect(sets.names("web").isEmpty)
    #expect(sets.hear(.fresh, of: "prod", at: at(1)).isEmpty)
    let synced = sets.update("prod", at: at(2)) { $0.replacePods([pod("shop/web", "10.0.0.1")], at: at(2)) }
    #expect(synced.map(\.reason) == [.firstSync])
    #expect(sets.names("web") == ["shop/web"])
  }

  @Test("deny everybody where they only deny or are not to be cleared: a start must not open")
  func failSafe() throws {
    var sets = IdentitySets()
    _ = sets.follow(
      [
        group("deny", source(onStale: .keep), canAllow: false),
        group("deny-clear", source(onStale: .clear), canAllow: false),
        group("allow", source(onStale: .clear)),
        group("allow-keep", source(onStale: .keep)),
      ], at: at(0))
    #expect(sets.snapshot.sets.map(\.isUnresolved) == [true, true, false, true])
    let denied = sets.snapshot.sets.map { $0.sources[0].addressesToDeny }
    #expect(denied == [.all, .all, .empty, .all])
    #expect(sets.snapshot.sets.allSatisfy { $0.sources[0].addressesToAllow.isEmpty })
    sets.list("prod")
    #expect(sets.snapshot.sets.allSatisfy { !$0.isUnresolved && $0.sources[0].addressesToDeny.isEmpty })
  }

  @Test("wait again for what a new selection needs and nobody has followed so far")
  func newKind() {
    var sets = IdentitySets(group("web", source()))
    var fresh = IdentitySets()
    _ = fresh.follow([group("web", source())], at: at(0))
    _ = fresh.update("prod", at: at(1)) { $0.replacePods([], at: at(1)) }
    _ = fresh.hear(.fresh, of: "prod", at: at(1))
    for nodes in [group("nodes", source(.nodes(["pool": "a"])))] {
      _ = sets.follow([nodes], at: at(2))
      _ = fresh.follow([nodes], at: at(2))
    }
    #expect(sets.state("nodes") == .following)
    #expect(fresh.state("nodes") == .waiting)
    #expect(fresh.observedKinds(of: "prod") == [.nodes])
  }

  @Test("wait for an integration that was forgotten")
  func forgotten() {
    var sets = IdentitySets(group("web", source()), pods: [pod("shop/web", "10.0.0.1")])
    #expect(sets.forget("prod", at: at(5)).map(\.to) == [.waiting])
    #expect(sets.names("web").isEmpty)
    #expect(sets.snapshot.whois(ip("10.0.0.1")).isEmpty)
    sets.list("prod", pods: [pod("shop/new", "10.0.0.2")])
    #expect(sets.names("web") == ["shop/new"])
  }
}
