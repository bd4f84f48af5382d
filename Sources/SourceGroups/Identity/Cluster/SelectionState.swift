internal import Kubernetes

/// A selection while its cluster is followed: its members now, and what was last handed out.
struct SelectionState: Sendable {
  let selection: ClusterSelection
  /// Under which condition on pods or nodes it is filed; nil without a positive one.
  let anchor: LabelRequirement?
  private(set) var current = SelectionMembers()
  private(set) var published = SelectionMembers()
  /// Objects whose membership may have changed since; nil for too many, which are then found by comparing all.
  private var touched: [Slot]? = []

  /// More changed members than these are not told one by one.
  private static let changeLimit = 1024

  init(_ selection: ClusterSelection, anchor: LabelRequirement?) {
    self.selection = selection
    self.anchor = anchor
  }

  /// Whether nothing at all can have changed since it was handed out.
  var isUntouched: Bool { touched?.isEmpty == true && current.isSynced == published.isSynced }

  mutating func setSynced(_ isSynced: Bool) { current.isSynced = isSynced }

  /// Says what an object is to the selection; nil and nil for nothing. O(log members).
  mutating func place(_ slot: Slot, member identity: Identity?, exclusion: Exclusion?, at moment: Timestamp) {
    let old = current.members[slot]
    if let identity {
      if old?.identity != identity {
        // Who was a member before, with other addresses, stays one.
        let since = old.flatMap { $0.identity.isSameObject(as: identity) ? $0.since : nil } ?? moment
        current.members.insert(Member(identity: identity, since: since))
        touch(slot)
      }
    } else if old != nil {
      current.members.remove(slot)
      touch(slot)
    }
    let oldExclusion = current.exclusions.isEmpty ? nil : current.exclusions[slot]
    guard oldExclusion != exclusion else { return }
    if let exclusion { current.exclusions.insert(exclusion) } else { current.exclusions.remove(slot) }
    touch(slot)
  }

  /// Hands out what it became; nil when that is what was handed out before. O(touched × log members).
  mutating func publish(version: UInt64) -> SelectionChange? {
    let changed = touched.map { slots in
      (slots.count < 2 ? slots : Set(slots).sorted()).filter { isChanged($0) }
    }
    touched = []
    if let changed {
      guard !changed.isEmpty || current.isSynced != published.isSynced else { return nil }
    } else if current.hasSameContent(as: published) {
      return nil
    }
    current.version = version
    published = current
    return SelectionChange(selection: selection, members: current, touched: changed)
  }

  private func isChanged(_ slot: Slot) -> Bool {
    current.members[slot] != published.members[slot] || current.exclusions[slot] != published.exclusions[slot]
  }

  private mutating func touch(_ slot: Slot) {
    guard let count = touched?.count else { return }
    if count < Self.changeLimit { touched?.append(slot) } else { touched = nil }
  }
}
