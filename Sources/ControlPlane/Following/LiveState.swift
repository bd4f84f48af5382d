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

  package init() {}

  /// Integrations that the groups need, and of which something that they need has never been listed, by name.
  package var unsynced: [String] {
    needed.filter { name, kinds in
      kinds.contains { !(integrations[name]?.reflectors[$0]?.hasSynced ?? false) }
    }.map(\.key).sorted()
  }
}
