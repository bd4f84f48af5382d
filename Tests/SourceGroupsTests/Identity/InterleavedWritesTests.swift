import Kubernetes
import SourceGroups
import Testing

@Suite("Policy writes and pod events interleaved")
struct InterleavedWritesTests {
  @Test("10,000 and 50,000 of them: no set ever loses a member whose pod and selector did not change")
  func interleaved() throws {
    var random = SeededNumbers(seed: 7)
    var pods = (0..<60).map { makePod($0, &random) }
    var groups = (0..<6).map { makeGroup($0, &random) }
    var sets = IdentitySets()
    _ = sets.follow(groups, at: at(0))
    sets.list("prod", pods: pods)
    var known = KnownMembers(sets.snapshot)

    for step in 1...10_000 {
      let edited = edit(&groups, &random)
      _ = sets.follow(groups, at: at(step))
      if let loss = known.update(sets.snapshot, changedGroups: edited, changedPods: []) {
        Issue.record("write \(step) of \(edited): \(loss)")
        return
      }
      for _ in 0..<5 {
        let affected = event(&pods, &sets, at: step, &random)
        if let loss = known.update(sets.snapshot, changedGroups: [], changedPods: affected) {
          Issue.record("event after write \(step) about \(affected): \(loss)")
          return
        }
      }
    }
    // Many members, events and edits did happen.
    #expect(known.lossCount > 1_000)
    #expect(known.memberCount > 40)
  }

  private func makePod(_ number: Int, _ random: inout SeededNumbers) -> ObservedPod {
    pod(
      "ns-\(number % 4)/pod-\(number)", "10.0.0.\(random.below(90))",
      labels: ["app": "a\(random.below(8))", "tier": "t\(random.below(6))"],
      uid: "\(number)-\(random.next())",
      createdAt: random.below(1000))
  }

  private func makeGroup(_ number: Int, _ random: inout SeededNumbers) -> IdentityGroup {
    group(
      "group-\(number)",
      source(.pods(["app": "a\(random.below(8))"]), onStale: random.pick([.clear, .keep])),
      source(.pods(["tier": "t\(random.below(6))"])))
  }

  /// Writes a document: most are identical, or change one group or the order. Answers the groups that mean something else.
  private func edit(_ groups: inout [IdentityGroup], _ random: inout SeededNumbers) -> Set<String> {
    let place = random.below(groups.count)
    let number = Int(groups[place].id.split(separator: "-")[1]) ?? 0
    switch random.below(6) {
    case 0:
      groups[place] = makeGroup(number, &random)
      return [groups[place].id]
    case 1: groups.shuffle(using: &random)
    case 2 where groups.count > 4: return [groups.remove(at: place).id]
    case 3 where groups.count < 8:
      let free = (0..<9).first { number in !groups.contains { $0.id == "group-\(number)" } } ?? 99
      groups.insert(makeGroup(free, &random), at: place)
      return [groups[place].id]
    default: break
    }
    return []
  }

  /// Lets something happen to a pod. Answers the pods that may come or leave by it: it, and those that claim its addresses.
  private func event(
    _ pods: inout [ObservedPod], _ sets: inout IdentitySets, at step: Int, _ random: inout SeededNumbers
  ) -> Set<NamespacedName> {
    let place = random.below(pods.count)
    let old = pods[place]
    switch random.below(5) {
    case 0: pods[place].addresses = [ip("10.0.0.\(random.below(90))")]
    case 1: pods[place].phase = old.phase == .live ? .finished : .live
    case 2: pods[place] = makePod(place, &random)
    case 3: pods[place].labels = Labels(["app": "a\(random.below(8))", "tier": "t\(random.below(6))"])
    default: break
    }
    let new = pods[place]
    let listed = random.chance(1) ? pods.shuffled(using: &random) : nil
    _ = sets.update("prod", at: at(step)) { cluster in
      if let listed {
        cluster.replacePods(listed, at: at(step))
      } else {
        cluster.apply(pod: new, at: at(step))
      }
    }
    let addresses = old.addresses + new.addresses
    var affected: Set<NamespacedName> = [new.name]
    for pod in pods where addresses.contains(pod.addresses[0]) { affected.insert(pod.name) }
    return affected
  }
}

/// The members of every group as a reader of snapshots last saw them.
private struct KnownMembers {
  private var sets: [String: (set: IdentitySet, members: [ObjectIdentifier: Member])] = [:]
  private(set) var lossCount = 0

  var memberCount: Int { sets.values.reduce(0) { $0 + $1.members.count } }

  init(_ snapshot: IdentitySnapshot) {
    for set in snapshot.sets { sets[set.id] = (set, Self.members(set)) }
  }

  /// Looks at the next snapshot. Answers who is missing without a reason, if anybody is.
  mutating func update(
    _ snapshot: IdentitySnapshot, changedGroups: Set<String>, changedPods: Set<NamespacedName>
  ) -> String? {
    for set in snapshot.sets {
      let known = sets[set.id]
      if known?.set === set { continue }
      let members = Self.members(set)
      sets[set.id] = (set, members)
      guard let known else { continue }
      for (object, member) in known.members where members[object] == nil {
        lossCount += 1
        if known.set.version == set.version { return "\(set.id) lost \(member.text) within a version" }
        // Who is affected may be there as another object, and need not be there at all.
        if !changedGroups.contains(set.id), !changedPods.contains(member.name) {
          return "\(set.id) lost \(member.text)"
        }
      }
    }
    for id in sets.keys where snapshot[id] == nil { sets[id] = nil }
    return nil
  }

  private static func members(_ set: IdentitySet) -> [ObjectIdentifier: Member] {
    var members: [ObjectIdentifier: Member] = [:]
    for source in set.sources {
      for member in source.content.members { members[ObjectIdentifier(member.identity)] = member }
    }
    return members
  }
}

@Suite("A reader that only takes changes")
struct FollowingReaderTests {
  @Test("has the same members as the set, after random events and edits", arguments: UInt64(300)..<320)
  func reader(seed: UInt64) throws {
    var events = RandomEvents(seed: seed)
    var random = SeededNumbers(seed: seed)
    var naive = NaiveCluster()
    var sets = IdentitySets()
    var (version, held): (UInt64, Set<SourcedIdentity>) = (0, [])
    for step in 1...150 {
      let event = events.next(&naive, at: step)
      let sources = naive.selections.sorted { "\($0)" < "\($1)" }.map { source($0) }
      _ = sets.follow([IdentityGroup(id: "all", sources: sources, canAllow: true)], at: at(step))
      if step == 1 { sets.list("prod") }
      _ = sets.update("prod", at: at(step)) { cluster in
        // Selections are the sets' business here.
        if !event.words.hasPrefix("selections") { event.apply(&cluster) }
      }
      if random.chance(50) { continue }
      let set = try #require(sets.snapshot["all"])
      let members = Set(
        set.members.map { SourcedIdentity(integration: "prod", identity: $0.member.identity) })
      if let changes = set.changes(since: version) {
        held.subtract(changes.left)
        held.formUnion(changes.joined)
      } else {
        held = members
      }
      version = set.version
      #expect(held == members, "seed \(seed), step \(step), after \(event.words)")
    }
  }
}
