package import Kubernetes
package import PolicyModel

/// What identity sets need to know of a source group.
package struct IdentityGroup: Sendable {
  /// Unique among groups, which is checked when a document is read.
  package let id: String
  package let sources: [Source]
  /// Whether any of its rules, or its default, lets packets through. One that only denies must not open when nobody knows its
  /// members.
  package let canAllow: Bool

  package init(id: String, sources: [Source], canAllow: Bool) {
    self.id = id
    self.sources = sources
    self.canAllow = canAllow
  }
}

/// Whether an integration's cluster is heard of. Who follows it says so.
package enum ClusterFreshness: Sendable, Hashable {
  /// Not everything that is asked of it has been listed since the start. Not for a list that is made again: until that is there,
  /// what was known stays, and is ``stale(since:)`` when it takes too long.
  case neverSynced
  case fresh
  /// Nothing was heard of it since.
  case stale(since: Timestamp)
}

/// What a source's members are worth at the moment.
package enum SourceState: String, Sendable, Hashable, CaseIterable {
  /// Addresses as they are written: nothing can become of them.
  case fixed
  /// Its cluster has not been listed yet: nobody knows its members, and it has none.
  case waiting
  /// Its members are those of its cluster, or were until less than the grace ago.
  case following
  /// Stale for longer than the grace: its members are those of the last moment that is known.
  case kept
  /// Stale for longer than the grace: it has no members.
  case cleared
  /// Stale for longer than the grace: its members are those of the last moment that is known, and nothing they send may pass.
  case denied
}

/// A source with its members.
package struct SourceSet: Sendable {
  package let source: Source
  package let state: SourceState
  /// Since when it is in this state.
  package let since: Timestamp
  /// Whether it could have any members: nobody knows, and nobody has said that it should then have none.
  package let isUnresolved: Bool
  /// Whom it has, and why not others: nobody while it is ``SourceState/waiting`` or ``SourceState/cleared``.
  package let content: SelectionMembers

  /// What its members send from. O(n log n).
  package var addresses: AddressSet {
    switch source.origin {
    case .addresses(let blocks): blocks.addressSet
    case .cluster: content.addresses
    }
  }

  /// Where packets come from that the group's allow rules are for: never more than what is known. O(n log n).
  package var addressesToAllow: AddressSet { state == .denied ? .empty : addresses }

  /// Where packets come from that the group's deny rules are for: never less than what may be. O(n log n).
  ///
  /// An unresolved source may have anybody, so its deny rules are for everybody until its cluster has been listed. This closes too
  /// much for the time of a start, and nothing else closes enough.
  package var addressesToDeny: AddressSet { isUnresolved ? .all : addresses }

  var integration: String? {
    if case .cluster(let integration, _) = source.origin { integration } else { nil }
  }

  /// Of its members.
  var kind: Identity.Kind? {
    guard case .cluster(_, let selection) = source.origin else { return nil }
    return switch selection {
    case .pods: .pod
    case .nodes: .node
    case .serviceEndpoints: .endpoint
    }
  }

  /// Whether nobody could tell them apart but by the place in which they are written.
  func isSame(as other: SourceSet) -> Bool {
    state == other.state && since == other.since && isUnresolved == other.isUnresolved
      && content.version == other.content.version && source.isSame(as: other.source)
  }
}

extension Source {
  /// Whether both mean the same, wherever they are written.
  package func isSame(as other: Source) -> Bool {
    origin == other.origin && onStale == other.onStale && staleGrace == other.staleGrace && zone == other.zone
  }
}

extension [CIDR] {
  var addressSet: AddressSet {
    AddressSet(unsorted: map { .init(family: $0.family, first: $0.first.bits, last: $0.last.bits) })
  }
}

extension SourceGroupPolicy {
  /// What identity sets need to know of its groups.
  package var identityGroups: [IdentityGroup] {
    groups.map { IdentityGroup(id: $0.id, sources: $0.sources, canAllow: $0.enforces(.allow)) }
  }
}
