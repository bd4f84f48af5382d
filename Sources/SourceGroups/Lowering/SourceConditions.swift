internal import Kubernetes
package import PolicyModel

/// A source of a document, by its group's id and its place in it.
package struct SourceKey: Sendable, Hashable {
  package let group: String
  /// Index into ``SourceGroup/sources``.
  package let source: Int

  package init(group: String, source: Int) {
    self.group = group
    self.source = source
  }
}

/// Who the members of a document's sources are, as the engine is asked about senders.
package struct SourceConditions: Sendable {
  private let conditions: [SourceKey: PeerCondition]
  /// Stale sources of whose members everything is denied (``StaleAction/deny``).
  let denied: Set<SourceKey>
  /// Who may be a member of a source that nobody can tell the members of.
  private let possible: [SourceKey: PeerCondition]

  /// - Parameters:
  ///   - conditions: a source without one has no members.
  ///   - possible: for sources of unknown members, whom their denials are for.
  package init(
    _ conditions: [SourceKey: PeerCondition], denied: Set<SourceKey> = [],
    possible: [SourceKey: PeerCondition] = [:]
  ) {
    self.conditions = conditions
    self.denied = denied
    self.possible = possible
  }

  subscript(key: SourceKey) -> PeerCondition { conditions[key] ?? .nothing }

  /// Whom an action of a source's group is for: what is allowed for those that are known to be members, what is denied for
  /// everybody who may be one.
  subscript(key: SourceKey, action: GroupAction) -> PeerCondition {
    action == .deny ? possible[key] ?? self[key] : self[key]
  }
}

extension SourceConditions {
  /// The label of a sender that says where its packets come in.
  static let zoneLabel = "source.merlon.dev/zone"

  /// Sources as the addresses that their members have at the moment: what is enforced.
  ///
  /// - Parameters:
  ///   - members: the addresses of each source; of those that are left out what the document itself names.
  ///   - denied: sources that have been stale for longer than they may, and deny then.
  ///   - unresolved: sources of which nobody can tell the members, and that may have any.
  package init(
    resolving policy: SourceGroupPolicy, members: [SourceKey: AddressSet], denied: Set<SourceKey> = [],
    unresolved: Set<SourceKey> = []
  ) {
    var conditions: [SourceKey: PeerCondition] = [:]
    var possible: [SourceKey: PeerCondition] = [:]
    for (key, source) in policy.sources {
      let addresses = members[key] ?? source.writtenAddresses ?? .empty
      conditions[key] = .inZone(source.zone, .any(addresses.cidrs.map { .addresses(AddressBlock(cidr: $0)) }))
      if unresolved.contains(key) { possible[key] = .inZone(source.zone, .not(.nothing)) }
    }
    self.init(conditions, denied: denied, possible: possible)
  }
}

extension PeerCondition {
  /// The same for packets that come in somewhere.
  private static func zone(_ name: String) -> PeerCondition {
    .endpoints(
      EndpointSelector(
        namespaces: .all, pods: .attribute(.label(SourceConditions.zoneLabel), .isIn([name]))))
  }

  /// A condition on senders, as far as their packets come in through a zone; anywhere without one.
  fileprivate static func inZone(_ zone: String?, _ condition: PeerCondition) -> PeerCondition {
    zone.map { .all([condition, .zone($0)]) } ?? condition
  }
}

extension Source {
  /// The addresses that the document itself names; nil for those of a cluster.
  package var writtenAddresses: AddressSet? {
    guard case .addresses(let blocks) = origin else { return nil }
    return AddressSet(unsorted: blocks.flatMap { AddressSet($0).intervals })
  }
}

extension SourceGroupPolicy {
  /// Every source with its key, in the order in which groups are asked.
  package var sources: [(key: SourceKey, source: Source)] {
    groups.flatMap { group in
      group.sources.enumerated().map { (SourceKey(group: group.id, source: $0), $1) }
    }
  }
}
