package import Kubernetes

/// What became of one source of a group, from one version of its set to another.
package struct SourceSetChange: Sendable {
  /// Its place among the group's sources.
  package let source: Int
  /// What it is now.
  package let set: SourceSet
  /// Whether its state, or whether its members can be told, is something else.
  package let hasNewState: Bool
  /// Addresses of members that came, once for each member.
  package let joined: [IPAddress]
  /// Addresses of members that left, once for each member.
  package let left: [IPAddress]
}

extension IdentitySet {
  /// What became of the sources since an older version of the same set; nil when the group has other sources now.
  /// O(sources + what is not shared with the older version).
  package func sourceChanges(since old: IdentitySet) -> [SourceSetChange]? {
    let pairs = zip(old.sources, sources)
    guard old.sources.count == sources.count, pairs.allSatisfy({ $0.source.isSame(as: $1.source) }) else {
      return nil
    }
    return pairs.enumerated().compactMap { place, pair in
      let (before, now) = pair
      var (joined, left): ([IPAddress], [IPAddress]) = ([], [])
      // Numbers of contents begin anew with a cluster that was forgotten in between; then the state did, too.
      if before.content.version != now.content.version || before.since != now.since {
        now.content.members.forEachDifference(from: before.content.members) { gone, come in
          let (old, new) = (gone?.addresses ?? [], come?.addresses ?? [])
          if old == new { return }
          left += old.filter { !new.contains($0) }
          joined += new.filter { !old.contains($0) }
        }
      }
      let hasNewState = before.state != now.state || before.isUnresolved != now.isUnresolved
      if !hasNewState, joined.isEmpty, left.isEmpty { return nil }
      return SourceSetChange(source: place, set: now, hasNewState: hasNewState, joined: joined, left: left)
    }
  }
}
