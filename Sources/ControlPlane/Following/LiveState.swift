internal import KubernetesAPI
package import SourceGroups

/// All that is known of clusters at one moment. Readers keep one for as long as they look at it.
package struct LiveState: Sendable {
  package internal(set) var identities = IdentitySnapshot()
  package internal(set) var integrations: [String: IntegrationStatus] = [:]
  /// What the groups' sources need to know of each integration's cluster.
  package internal(set) var needed: [String: Set<ObservedKind>] = [:]
  /// The policy whose groups ``identities`` are of.
  package internal(set) var policy: ActivePolicy?

  /// When it was heard of what made the last versions, ascending by version. Since some moment of the past.
  private var moments: [(version: UInt64, moment: Duration)] = []
  private static let mostMoments = 128

  package init() {}

  /// Says when it was heard of what made the version that there is now.
  mutating func note(_ moment: Duration) {
    let version = identities.version
    if moments.last?.version == version { return }
    if moments.count == Self.mostMoments { moments.removeFirst() }
    moments.append((version, moment))
  }

  /// When it was heard of the first thing that an earlier version does not have; nil when that is too long ago.
  func firstMoment(after version: UInt64) -> Duration? {
    guard let first = moments.first, first.version <= version + 1 else { return nil }
    return moments.first { $0.version > version }?.moment
  }

  /// Integrations that the groups need, and of which something that they need has never been listed, by name.
  package var unsynced: [String] {
    needed.filter { name, kinds in
      kinds.contains { !(integrations[name]?.reflectors[$0]?.hasSynced ?? false) }
    }.map(\.key).sorted()
  }
}
