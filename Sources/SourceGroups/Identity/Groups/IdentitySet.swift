/// Who is in a source group at one moment.
///
/// A class because snapshots share the sets that did not change: publishing copies one reference for each.
package final class IdentitySet: Sendable {
  package let id: String
  package let canAllow: Bool
  /// Goes up by one when anything about it changes, and only then.
  package let version: UInt64
  /// In the order in which they are written.
  package let sources: [SourceSet]
  private let history: ChangeHistory

  /// A set without a past.
  convenience init(id: String, canAllow: Bool, version: UInt64, sources: [SourceSet]) {
    self.init(id: id, canAllow: canAllow, version: version, sources: sources, history: ChangeHistory())
  }

  private init(id: String, canAllow: Bool, version: UInt64, sources: [SourceSet], history: ChangeHistory) {
    self.id = id
    self.canAllow = canAllow
    self.version = version
    self.sources = sources
    self.history = history
  }

  /// Whether nobody knows whom its deny rules are for; see ``SourceSet/addressesToDeny``.
  package var isUnresolved: Bool { sources.contains(where: \.isUnresolved) }

  /// Members of all sources, each with the place of its source. Who is in two sources comes twice. O(members).
  package var members: some Sequence<(source: Int, member: Member)> {
    sources.enumerated().lazy.flatMap { place, source in
      source.content.members.lazy.map { (source: place, member: $0) }
    }
  }

  /// Who came and who left since an earlier version: those who did both are left out, and who changed an address is in both.
  /// Nil when the version is too old, or too much has changed to tell: take the whole set. O(changes).
  package func changes(since version: UInt64) -> MemberChanges? {
    history.changes(since: version, until: self.version)
  }

  /// What sources of one cluster have at a number of an object: nothing, or a member for each. O(sources × log members).
  func members(at object: ObjectNumber) -> [Member] {
    var found: [Member] = []
    for source in sources where source.kind == object.kind && source.integration == object.integration {
      if let member = source.content.members[object.slot] { found.append(member) }
    }
    return found
  }

  /// The set when its group is something else, as the next version where that makes a difference.
  ///
  /// - Parameter touched: whoever may have come or left; nil for too many to tell.
  func replacing(_ sources: [SourceSet], canAllow: Bool, touched: [ObjectNumber]?) -> IdentitySet {
    let isSame =
      self.canAllow == canAllow && self.sources.count == sources.count
      && zip(self.sources, sources).allSatisfy { $0.isSame(as: $1) }
    if isSame {
      return IdentitySet(id: id, canAllow: canAllow, version: version, sources: sources, history: history)
    }
    let next = IdentitySet(id: id, canAllow: canAllow, version: version + 1, sources: sources)
    guard let touched else { return next }
    var changes = MemberChanges()
    for object in touched.count < 2 ? touched : Array(Set(touched)) {
      let before = identities(of: object)
      let after = next.identities(of: object)
      changes.left += before.filter { !after.contains($0) }
      changes.joined += after.filter { !before.contains($0) }
    }
    return IdentitySet(
      id: id, canAllow: canAllow, version: version + 1, sources: sources,
      history: history.appending(changes, version: version + 1))
  }

  private func identities(of object: ObjectNumber) -> [SourcedIdentity] {
    var found: [SourcedIdentity] = []
    for member in members(at: object) {
      let identity = SourcedIdentity(integration: object.integration, identity: member.identity)
      if !found.contains(identity) { found.append(identity) }
    }
    return found
  }
}

/// Who is behind addresses, and in which cluster.
package struct SourcedIdentity: Sendable, Hashable {
  package let integration: String
  package let identity: Identity

  package init(integration: String, identity: Identity) {
    self.integration = integration
    self.identity = identity
  }
}

/// The difference of two versions of a set.
package struct MemberChanges: Sendable {
  package var joined: [SourcedIdentity] = []
  package var left: [SourcedIdentity] = []

  package var isEmpty: Bool { joined.isEmpty && left.isEmpty }
}

/// What tells an object of all clusters from the others of the same moment.
struct ObjectNumber: Sendable, Hashable {
  let integration: String
  let kind: Identity.Kind
  let slot: Slot

}

/// The last changes of a set, as many as somebody who asks now and then may have missed.
private struct ChangeHistory: Sendable {
  /// What one version changed. A class, as each version's history shares those before.
  private final class Step: Sendable {
    let version: UInt64
    let changes: MemberChanges

    init(_ changes: MemberChanges, version: UInt64) {
      self.version = version
      self.changes = changes
    }

    var size: Int { changes.joined.count + changes.left.count }
  }

  private static let limit = 64
  private static let sizeLimit = 2048

  /// Members that came or left, of all steps together.
  private var size = 0
  /// Of consecutive versions, up to the set's own.
  private var steps: [Step] = []

  func appending(_ changes: MemberChanges, version: UInt64) -> ChangeHistory {
    let step = Step(changes, version: version)
    var next = self
    next.size += step.size
    var first = steps.count < Self.limit ? 0 : 1
    if first == 1 { next.size -= steps[0].size }
    while next.size > Self.sizeLimit, first < steps.count {
      next.size -= steps[first].size
      first += 1
    }
    next.steps = steps[first...] + [step]
    return next
  }

  func changes(since version: UInt64, until last: UInt64) -> MemberChanges? {
    if version == last { return MemberChanges() }
    guard version < last, let first = steps.first, first.version <= version + 1 else { return nil }
    // Who joined counts one, who left minus one; both cancel out.
    var balance: [SourcedIdentity: Int] = [:]
    for step in steps.drop(while: { $0.version <= version }) {
      for identity in step.changes.joined { balance[identity, default: 0] += 1 }
      for identity in step.changes.left { balance[identity, default: 0] -= 1 }
    }
    return MemberChanges(
      joined: balance.filter { $0.value > 0 }.keys.sorted(by: Self.precedes),
      left: balance.filter { $0.value < 0 }.keys.sorted(by: Self.precedes))
  }

  private static func precedes(_ left: SourcedIdentity, _ right: SourcedIdentity) -> Bool {
    (left.integration, left.identity.name) < (right.integration, right.identity.name)
  }
}
