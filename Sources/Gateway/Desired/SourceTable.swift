internal import PolicyModel
internal import SourceGroups

/// The number of a source among all sources of a document.
typealias SourceNumber = UInt32

/// All sources of a document, by number: in the order in which groups are asked.
struct SourceTable: Sendable {
  struct Entry: Sendable {
    let key: SourceKey
    /// Index into ``SourceGroupPolicy/groups``.
    let group: Int
    let source: Source
    let lease: Lease?
    /// Nil for addresses of a cluster.
    let written: AddressSet?
  }

  let groups: [SourceGroup]
  let entries: [Entry]
  private let numbers: [SourceKey: SourceNumber]

  init(_ policy: SourceGroupPolicy) {
    groups = policy.groups
    var entries: [Entry] = []
    for (group, value) in policy.groups.enumerated() {
      for (place, source) in value.sources.enumerated() {
        entries.append(
          Entry(
            key: SourceKey(group: value.id, source: place), group: group, source: source, lease: source.lease,
            written: source.writtenAddresses))
      }
    }
    self.entries = entries
    numbers = Dictionary(
      entries.enumerated().map { ($1.key, SourceNumber($0)) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(number: SourceNumber) -> Entry { entries[Int(number)] }

  /// The number of a source whose members a cluster has; nil for all others.
  func clusterSource(_ key: SourceKey) -> SourceNumber? {
    numbers[key].flatMap { self[$0].written == nil ? $0 : nil }
  }

  /// Leases that say what members are worth, sorted.
  var leases: [Lease] { Set(entries.compactMap(\.lease)).sorted() }

  /// Whether all sources have the same numbers and mean the same, whatever the rules of their groups are.
  func isSame(as other: SourceTable) -> Bool {
    groups.elementsEqual(other.groups) { $0.id == $1.id && $0.mode == $1.mode }
      && entries.elementsEqual(other.entries) { $0.key == $1.key && $0.source.isSame(as: $1.source) }
  }
}
