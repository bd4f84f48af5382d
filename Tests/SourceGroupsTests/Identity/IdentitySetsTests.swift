import Kubernetes
import PolicyModel
import SourceGroups
import Testing

@Suite("Sets of source groups")
struct IdentitySetsTests {
  @Test("have the members of all their sources, with where they come from, and written addresses")
  func sources() throws {
    let sets = IdentitySets(
      group("mixed", source(), written("192.0.2.0/24"), source(.pods(["app": "db"]))),
      pods: [pod("shop/web", "10.0.0.1"), pod("shop/db", "10.0.0.2", labels: ["app": "db"])])
    let set = try #require(sets.snapshot["mixed"])
    #expect(
      set.members.map { "\($0.source) \($0.member.text)" } == [
        "0 shop/web 10.0.0.1 since 1", "2 shop/db 10.0.0.2 since 1",
      ])
    #expect(set.sources.map(\.state) == [.following, .fixed, .following])
    #expect(
      set.sources.map { $0.addresses.cidrs.map(\.description) } == [
        ["10.0.0.1/32"], ["192.0.2.0/24"], ["10.0.0.2/32"],
      ])
  }

  @Test("a new group has its members in the snapshot in which it appears, without a list")
  func newGroup() {
    var sets = IdentitySets(group("a", source()), pods: [pod("shop/web", "10.0.0.1")])
    let events = sets.follow(
      [group("b", source()), group("a", source()), group("c", source(.pods([:])))], at: at(5))
    #expect(events.isEmpty)
    #expect(sets.snapshot.sets.map(\.id) == ["b", "a", "c"])
    for id in ["a", "b", "c"] { #expect(sets.names(id) == ["shop/web"]) }
  }

  @Test("an identical document changes nothing, wherever its lines are now")
  func identical() throws {
    var sets = IdentitySets(group("a", source(line: 1)), group("b", written("192.0.2.0/24")))
    let before = sets.snapshot
    #expect(
      sets.follow([group("a", source(line: 7)), group("b", written("192.0.2.0/24"))], at: at(5)).isEmpty)
    #expect(sets.snapshot.version == before.version)
    #expect(sets.snapshot.sets.map(\.version) == before.sets.map(\.version))
    #expect(sets.snapshot["a"]?.sources.first?.source.location.line == 7)
  }

  @Test("an edit changes the sets that it is about, and no other; orders and neighbours do not matter")
  func edit() throws {
    var sets = IdentitySets(
      group("a", source(), source(.pods(["app": "db"]))), group("b", source()),
      pods: [pod("shop/web", "10.0.0.1"), pod("shop/db", "10.0.0.2", labels: ["app": "db"])])
    let (a, b) = (try #require(sets.snapshot["a"]), try #require(sets.snapshot["b"]))
    _ = sets.follow(
      [group("b", source()), group("a", written("192.0.2.1/32"), source(.pods(["app": "db"])))], at: at(5))
    #expect(sets.snapshot["b"]?.version == b.version)
    #expect(sets.names("a") == ["shop/db"])
    #expect(sets.snapshot["a"]?.version == a.version + 1)
    #expect(sets.snapshot["a"]?.members.map(\.member.since) == [at(1)])
  }

  @Test("versions go up when content changes, and only then")
  func versions() throws {
    var sets = IdentitySets(group("web", source()), group("db", source(.pods(["app": "db"]))))
    func versions() -> [UInt64] { sets.snapshot.sets.map(\.version) }
    let start = versions()
    sets.apply(pod("shop/web", "10.0.0.1"))
    #expect(versions() == [start[0] + 1, start[1]])
    sets.apply(pod("shop/web", "10.0.0.1"))
    sets.apply(pod("shop/web", "10.0.0.1", labels: ["app": "web", "other": "label"]))
    sets.apply(pod("shop/other", "10.0.0.9", labels: [:]))
    #expect(versions() == [start[0] + 1, start[1]])
    sets.apply(pod("shop/late"))
    #expect(versions() == [start[0] + 2, start[1]])
  }

  @Test("a group that was away has a later version than it ever had")
  func returned() throws {
    var sets = IdentitySets(group("web", source()))
    for second in 2...5 { sets.apply(pod("shop/web", "10.0.0.\(second)"), second) }
    let last = try #require(sets.snapshot["web"]?.version)
    _ = sets.follow([], at: at(6))
    #expect(sets.snapshot["web"] == nil)
    _ = sets.follow([group("web", source())], at: at(7))
    #expect(try #require(sets.snapshot["web"]).version > last)
    #expect(try #require(sets.snapshot["web"]).changes(since: last) == nil)
  }

  @Test("a snapshot stays as it was, whatever happens later")
  func immutable() {
    var sets = IdentitySets(group("web", source()), pods: [pod("shop/web", "10.0.0.1")])
    let before = sets.snapshot
    sets.remove("shop/web")
    #expect(before["web"]?.members.map(\.member.name) == ["shop/web"])
    #expect(before.whois(ip("10.0.0.1")).map(\.identity.name) == ["shop/web"])
    #expect(sets.snapshot.whois(ip("10.0.0.1")).isEmpty)
  }

  @Test("everything that one update does is one version")
  func oneStep() throws {
    var sets = IdentitySets(group("web", source()), pods: [pod("shop/a", "10.0.0.1")])
    let before = try #require(sets.snapshot["web"]?.version)
    _ = sets.update("prod", at: at(2)) { cluster in
      cluster.removePod("shop/a", at: at(2))
      cluster.apply(pod: pod("shop/b", "10.0.0.1"), at: at(2))
    }
    #expect(sets.snapshot["web"]?.version == before + 1)
    #expect(sets.snapshot["web"]?.changes(since: before)?.text == "+shop/b -shop/a")
  }
}

@Suite("Changes of a set since a version")
struct MemberChangesTests {
  @Test("are who came and who left, without those who did both")
  func net() throws {
    var sets = IdentitySets(group("web", source()), pods: [pod("shop/a", "10.0.0.1")])
    let start = try #require(sets.snapshot["web"]?.version)
    sets.apply(pod("shop/b", "10.0.0.2"), 2)
    sets.apply(pod("shop/c", "10.0.0.3"), 3)
    sets.remove("shop/c", 4)
    sets.remove("shop/a", 5)
    let set = try #require(sets.snapshot["web"])
    #expect(set.changes(since: start)?.text == "+shop/b -shop/a")
    #expect(set.changes(since: set.version)?.isEmpty == true)
    #expect(set.changes(since: set.version + 1) == nil)
  }

  @Test("name who changed an address on both sides, with the old and the new one")
  func address() throws {
    var sets = IdentitySets(group("web", source()), pods: [pod("shop/a", "10.0.0.1")])
    let start = try #require(sets.snapshot["web"]?.version)
    sets.apply(pod("shop/a", "10.0.0.2"))
    let changes = try #require(sets.snapshot["web"]?.changes(since: start))
    #expect(changes.left.map(\.identity.addresses) == [[ip("10.0.0.1")]])
    #expect(changes.joined.map(\.identity.addresses) == [[ip("10.0.0.2")]])
  }

  @Test("do not name who leaves one source and is still in another")
  func twoSources() throws {
    var sets = IdentitySets(
      group("web", source(), source(.pods(["tier": "x"]))),
      pods: [pod("shop/a", "10.0.0.1", labels: ["app": "web", "tier": "x"])])
    let start = try #require(sets.snapshot["web"]?.version)
    sets.apply(pod("shop/a", "10.0.0.1", labels: ["app": "web"]))
    #expect(sets.snapshot["web"]?.version == start + 1)
    #expect(sets.snapshot["web"]?.changes(since: start)?.isEmpty == true)
    sets.apply(pod("shop/a", "10.0.0.1", labels: [:]))
    #expect(sets.snapshot["web"]?.changes(since: start)?.text == "-shop/a")
  }

  @Test("of an edit are those of its sources")
  func edit() throws {
    var sets = IdentitySets(
      group("web", source()),
      pods: [pod("shop/a", "10.0.0.1"), pod("shop/b", "10.0.0.2", labels: ["app": "db"])])
    let start = try #require(sets.snapshot["web"]?.version)
    _ = sets.follow([group("web", source(.pods(["app": "db"])))], at: at(5))
    #expect(sets.snapshot["web"]?.changes(since: start)?.text == "+shop/b -shop/a")
  }

  @Test("are not kept for ever: take the set when they are too old, or written addresses changed")
  func tooOld() throws {
    var sets = IdentitySets(group("web", source()))
    let start = try #require(sets.snapshot["web"]?.version)
    for number in 0..<64 { sets.apply(pod("shop/a", "10.0.0.\(number)")) }
    #expect(sets.snapshot["web"]?.changes(since: start)?.text == "+shop/a")
    sets.apply(pod("shop/a", "10.0.0.99"))
    #expect(sets.snapshot["web"]?.changes(since: start) == nil)
    let middle = start + 10
    #expect(sets.snapshot["web"]?.changes(since: middle) != nil)
    _ = sets.follow([group("web", source(), written("192.0.2.0/24"))], at: at(5))
    #expect(sets.snapshot["web"]?.changes(since: middle) == nil)
  }

  @Test("are not told when very many came at once")
  func tooMany() throws {
    var sets = IdentitySets(group("web", source()))
    let start = try #require(sets.snapshot["web"]?.version)
    let pods = (0..<1500).map { pod("shop/p\($0)", "10.0.\($0 / 250).\($0 % 250)") }
    _ = sets.update("prod", at: at(2)) { $0.replacePods(pods, at: at(2)) }
    #expect(sets.names("web").count == 1500)
    let full = try #require(sets.snapshot["web"])
    #expect(full.version == start + 1)
    #expect(full.changes(since: start) == nil)
    // As many that come back as they were are no change.
    _ = sets.update("prod", at: at(3)) { cluster in
      cluster.apply(pods: pods.map { pod($0.name, "10.9.9.9", labels: [:], uid: $0.uid) }, at: at(2))
      cluster.apply(pods: pods, at: at(2))
    }
    #expect(sets.snapshot["web"]?.version == full.version)
  }
}
