import Kubernetes
import SourceGroups
import Testing

@testable import SourceGroupDocuments

@Suite("What became of a set's sources")
struct SourceSetChangeTests {
  private static let database = source(.pods(["app": "db"]))

  /// `0 +10.0.0.1 -10.0.0.2`, for each source.
  private func text(_ sets: IdentitySets, since old: IdentitySnapshot) -> [String]? {
    guard let now = sets.snapshot["a"], let before = old["a"] else { return nil }
    return now.sourceChanges(since: before)?.map { change in
      let parts = change.joined.map { "+\($0)" } + change.left.map { "-\($0)" }
      return (["\(change.source)"] + parts + (change.hasNewState ? ["\(change.set.state)"] : []))
        .joined(separator: " ")
    }
  }

  @Test("is who came and left, by address; another label of a pod moves it from source to source")
  func members() {
    var sets = IdentitySets(
      group("a", source(), Self.database), pods: [pod("shop/web", "10.0.0.1"), pod("shop/two", "10.0.0.2")])
    var old = sets.snapshot
    sets.apply(pod("shop/web", "10.0.0.1", labels: ["app": "db"]))
    #expect(text(sets, since: old) == ["0 -10.0.0.1", "1 +10.0.0.1"])
    old = sets.snapshot
    sets.apply(pod("shop/two", "10.0.0.9", "fd00::1"))
    #expect(text(sets, since: old) == ["0 +10.0.0.9 +fd00::1 -10.0.0.2"])
    old = sets.snapshot
    sets.remove("shop/two")
    #expect(text(sets, since: old) == ["0 -10.0.0.9 -fd00::1"])
    #expect(text(sets, since: sets.snapshot) == [])
  }

  @Test("is nothing that can be told when the group has other sources")
  func otherSources() {
    var sets = IdentitySets(group("a", source()), pods: [pod("shop/web", "10.0.0.1")])
    let old = sets.snapshot
    _ = sets.follow([group("a", Self.database)], at: at(3))
    #expect(text(sets, since: old) == nil)
  }

  @Test("has the states that a stale cluster's sources come into")
  func states() {
    var sets = IdentitySets(
      group("a", source(grace: .seconds(10))), pods: [pod("shop/web", "10.0.0.1")])
    let old = sets.snapshot
    _ = sets.hear(.stale(since: at(5)), of: "prod", at: at(6))
    _ = sets.transition(at: at(100))
    #expect(text(sets, since: old) == ["0 -10.0.0.1 cleared"])
  }

  @Test("put together gives what a set has, whatever happens", arguments: 0..<20)
  func together(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var sets = IdentitySets(group("a", source(), Self.database))
    var known = try #require(sets.snapshot["a"])
    var counts: [[IPAddress: Int]] = [[:], [:]]
    for step in 0..<400 {
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let number = Int.random(in: 0..<300, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 {
          sets.remove(NamespacedName(namespace: "shop", name: "p\(number)"))
        } else {
          let label = ["web", "db", "none"].randomElement(using: &random) ?? "web"
          let address = "10.0.\(number / 200).\(Int.random(in: 1...200, using: &random))"
          sets.apply(
            pod(NamespacedName(namespace: "shop", name: "p\(number)"), address, labels: ["app": label]), step)
        }
      }
      let now = try #require(sets.snapshot["a"])
      for change in try #require(now.sourceChanges(since: known)) {
        for address in change.left { counts[change.source][address, default: 0] -= 1 }
        for address in change.joined { counts[change.source][address, default: 0] += 1 }
      }
      known = now
      for (source, set) in now.sources.enumerated() {
        let whole = set.content.members.flatMap(\.addresses).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        #expect(counts[source].filter { $0.value != 0 } == whole)
      }
    }
  }
}
