internal import Kubernetes
package import KubernetesAPI
package import SourceGroups

/// How well one integration's cluster is known.
package struct IntegrationStatus: Sendable {
  /// By what is followed of it.
  package internal(set) var reflectors: [ObservedKind: ReflectorStatus] = [:]

  /// As a whole: the worst of all that is followed; connecting when nothing is.
  package var phase: ReflectorStatus.Phase {
    let order: [ReflectorStatus.Phase] = [.failed, .stale, .connecting, .syncing, .synced]
    let phases = Set(reflectors.values.map(\.phase))
    return order.first(where: phases.contains) ?? .connecting
  }

  /// Whether it was known once, and is not sure any more.
  var isUnsure: Bool { phase == .stale || phase == .failed }

  /// What sources need to know.
  func freshness(_ clock: LiveClock) -> [ObservedKind: ClusterFreshness] {
    reflectors.mapValues { status in
      guard status.hasSynced, let sign = status.lastSign else { return .neverSynced }
      return status.phase == .synced ? .fresh : .stale(since: clock.moment(sign))
    }
  }

  /// When the cluster was last heard of, by the kind that was heard of the longest ago; nil before everything was heard of.
  package var lastSign: Duration? {
    let signs = reflectors.values.map(\.lastSign)
    return signs.contains { $0 == nil } ? nil : signs.compactMap(\.self).min()
  }

  /// The last failure of any kind.
  package var lastError: ReflectorStatus.Failure? {
    reflectors.values.compactMap(\.lastError).max { $0.at < $1.at }
  }
}
