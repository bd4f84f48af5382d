internal import SourceGroups

/// What becomes of everything that some senders send: which groups are asked, and under which circumstances.
///
/// Senders of one class differ in nothing that the document looks at. A class is the same class when rules are edited.
struct SenderClass: Sendable, Hashable {
  /// Denials before all groups, of members of sources that deny when they are stale.
  let denials: [Denial]
  /// In the order in which groups are asked.
  let steps: [Step]

  /// Everything is denied that comes in through the zone while the lease does not run.
  struct Denial: Sendable, Hashable {
    let source: SourceKey
    /// Nil for anywhere.
    let zone: String?
    let lease: Lease
  }

  /// A group, and when it is asked: the first way that is open is taken, and none else.
  struct Step: Sendable, Hashable {
    let group: String
    let ways: [Way]
  }

  struct Way: Sendable, Hashable {
    let extent: Extent
    /// Where packets must come in; nil for anywhere.
    let zone: String?
    /// What must run; nil for nothing.
    let lease: Lease?

    var isAlwaysOpen: Bool { zone == nil && lease == nil }

    /// Whether it is open whenever the other is, and asks no less.
    func covers(_ other: Way) -> Bool {
      extent <= other.extent && (zone == nil || zone == other.zone) && (lease == nil || lease == other.lease)
    }
  }

  /// How much of a group is asked.
  enum Extent: Int, Sendable, Hashable, Comparable {
    /// All rules: the sender is a member.
    case everything
    /// Rules that deny: nobody knows whether the sender is a member.
    case denials

    static func < (left: Extent, right: Extent) -> Bool { left.rawValue < right.rawValue }
  }
}

extension SenderClass {
  /// The class of a sender.
  ///
  /// - Parameters:
  ///   - sources: those that it is a member of, ascending.
  ///   - unresolved: those that nobody can tell the members of, ascending.
  init(memberOf sources: [SourceNumber], unresolved: [SourceNumber], in table: SourceTable) {
    var denials: [Denial] = []
    var ways: [Int: [Way]] = [:]
    for number in sources {
      let entry = table[number]
      let decides = entry.source.onStale == .clear
      ways[entry.group, default: []].append(
        Way(extent: .everything, zone: entry.source.zone, lease: decides ? entry.lease : nil))
      if !decides, let lease = entry.lease, table.groups[entry.group].mode == .enforce {
        denials.append(Denial(source: entry.key, zone: entry.source.zone, lease: lease))
      }
    }
    for number in unresolved {
      let entry = table[number]
      ways[entry.group, default: []].append(Way(extent: .denials, zone: entry.source.zone, lease: nil))
    }
    self.denials = denials
    steps = ways.keys.sorted().map { group in
      Step(group: table.groups[group].id, ways: Way.needed(of: ways[group] ?? []))
    }
  }
}

extension SenderClass.Way {
  /// Those that are open when no other is, in an order of their own.
  fileprivate static func needed(of ways: [SenderClass.Way]) -> [SenderClass.Way] {
    if ways.count == 1 { return ways }
    let sorted = Set(ways).sorted { $0.sortKey < $1.sortKey }
    return sorted.filter { way in !sorted.contains { $0 != way && $0.covers(way) } }
  }

  private var sortKey: (Int, String, String) {
    (extent.rawValue, zone ?? "", lease.map(\.description) ?? "")
  }
}

extension SenderClass {
  /// A text that no other class has.
  var identity: String {
    var parts = denials.map { "stale \($0.source.group) \($0.source.source) \($0.zone ?? "-") \($0.lease)" }
    for step in steps {
      parts.append("ask \(step.group)")
      parts += step.ways.map { "\($0.extent) \($0.zone ?? "-") \($0.lease.map(\.description) ?? "-")" }
    }
    return parts.joined(separator: "\n")
  }
}
