import Kubernetes
import SourceGroups
import Testing

@Suite("Identity sets and a look at every object agree")
struct IdentityAgreementTests {
  @Test("after every one of 200 random events", arguments: UInt64(0)..<60)
  func agreement(seed: UInt64) {
    var events = RandomEvents(seed: seed)
    var naive = NaiveCluster()
    var cluster = ClusterIdentities()
    var told: [ClusterSelection: SelectionMembers] = [:]
    for step in 1...200 {
      let event = events.next(&naive, at: step)
      event.apply(&cluster)
      let changes = cluster.takeChanges()
      let expected = naive.results(at: step)
      for change in changes { told[change.selection] = change.members }
      told = told.filter { naive.selections.contains($0.key) }
      // A new selection that selects nobody changes nothing, so nobody is told.
      for selection in naive.selections where told[selection] == nil { told[selection] = SelectionMembers() }
      // What the changes said is what is so, for every selection: none was forgotten.
      let found = told.mapValues(NaiveCluster.Result.init)
      if found != expected {
        let wrong = expected.keys.filter { found[$0] != expected[$0] }
        let texts = wrong.map {
          "\($0): \(String(describing: found[$0])) is not \(String(describing: expected[$0]))"
        }
        Issue.record("seed \(seed), step \(step), after \(event.words): \(texts.joined(separator: "; "))")
        return
      }
    }
  }

  @Test(
    "about changes: none is told that is none, and versions go up with content only",
    arguments: UInt64(200)..<220)
  func changes(seed: UInt64) {
    var events = RandomEvents(seed: seed)
    var naive = NaiveCluster()
    var cluster = ClusterIdentities()
    var last: [ClusterSelection: SelectionMembers] = [:]
    for step in 1...200 {
      events.next(&naive, at: step).apply(&cluster)
      for change in cluster.takeChanges() {
        if let old = last[change.selection], naive.selections.contains(change.selection) {
          #expect(change.members.version > old.version)
          let isNew =
            change.members.isSynced != old.isSynced || NaiveCluster.Result(change.members) != .init(old)
          // A selection that went and came in one edit is not told from one that stayed.
          #expect(isNew)
        }
        last[change.selection] = change.members
      }
      last = last.filter { naive.selections.contains($0.key) }
    }
  }
}

extension NaiveCluster.Result {
  init(_ content: SelectionMembers) {
    self.init(
      members: content.members.map { member in
        "\(member.name)#\(member.uid) on \(member.node) \(member.addresses.map(\.description)) since \(member.since.seconds)"
      }.sorted(), exclusions: content.exclusions.map { "\($0.name)#\($0.uid) \($0.reason)" }.sorted())
  }
}
