internal import Kubernetes

extension SourceGroupPolicy {
  /// Groups in the order in which they are asked, with what becomes of each source that is stale.
  ///
  /// Members that leave a group are asked about by the groups after it. That opens something when the group denies
  /// something and anything after it allows: such a group keeps its members, and may not be told to clear them. All
  /// other groups clear theirs, as an address whose owner is not known any more must not go on with what it was allowed.
  static func decidingStaleness(
    of groups: [(SourceGroup, [SourceEntry])], _ defaultPolicy: GroupAction, _ problems: inout [Diagnostic]
  ) -> [SourceGroup] {
    let ordered = groups.sorted { $0.0.priority < $1.0.priority }
    let usual = usualStaleActions(of: ordered.map(\.0), defaultPolicy)
    return zip(ordered, usual).map { read, usual in
      let (group, entries) = read
      let sources = entries.map { entry in
        if usual == .keep, let written = entry.onStale, written.value == .clear {
          problems.append(
            Diagnostic(
              .opensWhenStale, .error,
              "`onStale: clear` would open what the source group `\(group.id)` denies: groups after it or the "
                + "default policy allow",
              at: written.location, fix: "write onStale: keep, or deny"))
        }
        return Source(
          entry.origin, onStale: entry.onStale?.value ?? (entry.isWritten ? .keep : usual),
          staleGrace: entry.staleGrace, zone: entry.zone, location: entry.location)
      }
      return group.with(sources: sources)
    }
  }

  /// For each group, what becomes of its stale sources when they do not say it.
  static func usualStaleActions(of groups: [SourceGroup], _ defaultPolicy: GroupAction) -> [StaleAction] {
    var actions: [StaleAction] = []
    var allowsAfter = defaultPolicy == .allow
    for group in groups.reversed() {
      actions.append(group.enforces(.deny) && allowsAfter ? .keep : .clear)
      allowsAfter = allowsAfter || group.enforces(.allow)
    }
    return actions.reversed()
  }
}

extension SourceEntry {
  /// Whether its members are addresses that the document itself has.
  fileprivate var isWritten: Bool { if case .addresses = origin { true } else { false } }
}

extension SourceGroup {
  /// Whether an action is more than noted for some connection.
  func enforces(_ action: GroupAction) -> Bool {
    if mode == .audit { return false }
    return defaultAction?.value == action || rules.contains { $0.mode == .enforce && $0.action == action }
  }

  func with(sources: [Source]) -> SourceGroup {
    SourceGroup(
      id: id, priority: priority, mode: mode, sources: sources, rules: rules, defaultAction: defaultAction,
      priorityLocation: priorityLocation, location: location)
  }
}
