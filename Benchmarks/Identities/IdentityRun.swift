internal import Kubernetes
internal import SourceGroups

/// Identity sets of a live cluster while it is followed.
struct IdentityRun {
  let cluster: LiveCluster
  private(set) var sets = IdentitySets()
  private static let moment = Timestamp.earliest

  /// Sets of a cluster that was listed once, page by page as a reflector does it.
  init(_ cluster: LiveCluster, groups: Int) {
    self.cluster = cluster
    let integration = LiveCluster.integration
    _ = sets.follow(cluster.groups(groups), at: Self.moment)
    _ = sets.update(integration, at: Self.moment) { identities in
      identities.replaceNamespaces((0..<cluster.namespaces).map(cluster.namespace), at: Self.moment)
      identities.replaceNodes((0..<cluster.nodes).map(cluster.node), at: Self.moment)
      identities.startReplacingPods()
      for page in stride(from: 0, to: cluster.pods, by: 500) {
        identities.apply(
          pods: (page..<min(page + 500, cluster.pods)).lazy.map { cluster.pod($0) }, at: Self.moment)
      }
      identities.finishReplacingPods(at: Self.moment)
    }
    _ = sets.hear(.fresh, of: integration, at: Self.moment)
  }

  /// The first sync of the cluster of the issue: 100,000 pods, 500 selections.
  static var first: IdentityRun { IdentityRun(LiveCluster(pods: 100_000), groups: 500) }

  /// Members of all groups.
  var memberCount: Int {
    sets.snapshot.sets.reduce(0) { $0 + $1.sources.reduce(0) { $0 + $1.content.members.count } }
  }

  /// Replaces pods by others, one by one, while a reader holds the last snapshot: each leaves, comes without an address, and gets
  /// one. Answers the seconds from each event to the next snapshot, in ascending order.
  mutating func replacePods(_ count: Int, generation: Int) -> [Double] {
    var seconds: [Double] = []
    seconds.reserveCapacity(3 * count)
    var published = sets.snapshot
    for number in 0..<count {
      let index = number &* 7919 % cluster.pods
      let (old, new) = (
        cluster.pod(index, generation: generation - 1), cluster.pod(index, generation: generation)
      )
      var pending = new
      pending.addresses = []
      let events: [(inout ClusterIdentities) -> Void] = [
        { $0.removePod(old.name, uid: old.uid, at: Self.moment) },
        { $0.apply(pod: pending, at: Self.moment) },
        { $0.apply(pod: new, at: Self.moment) },
      ]
      for event in events {
        seconds.append(
          CPUClock.measure {
            _ = sets.update(LiveCluster.integration, at: Self.moment, event)
            published = sets.snapshot
          }.seconds)
      }
    }
    precondition(published.version == sets.snapshot.version)
    return seconds.sorted()
  }

  /// Seconds for the members of every group by asking each selection about every pod, as one event costs without an index.
  func scanSeconds() -> Double {
    let groups = cluster.groups(sets.snapshot.sets.count)
    let selections = groups.compactMap { group -> PodSelection? in
      guard case .cluster(_, .pods(let selection)) = group.sources[0].origin else { return nil }
      return selection
    }
    let namespaces = (0..<cluster.namespaces).map(cluster.namespace)
    let labels = Dictionary(uniqueKeysWithValues: namespaces.map { ($0.name.name, $0.labels) })
    let pods = (0..<1_000).map { cluster.pod($0) }
    let (members, seconds) = CPUClock.measure {
      selections.reduce(0) { count, selection in
        count
          + pods.count {
            selection.pods.matches($0.labels)
              && selection.namespaces.matches(labels[$0.name.namespace] ?? .none)
          }
      }
    }
    precondition(members > 0)
    return seconds * Double(cluster.pods) / Double(pods.count)
  }
}
