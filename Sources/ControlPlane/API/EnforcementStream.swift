internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

extension IdentityResolver {
  /// What a gateway enforces, as server-sent events: `state` is all of it, `delta` what became of some sources.
  ///
  /// Ids tell versions, and those of another process are none. Who reconnects with the id of the moment gets the next `delta`;
  /// everybody else gets a `state`, and so does everybody when the policy is another one.
  ///
  /// - Parameter seen: the id that the client has seen last.
  nonisolated func enforcementStream(
    since seen: String?, isAllowed: @escaping @Sendable () async -> Bool
  ) -> EventStream<LiveState?> {
    EventStream(resolver: self, isAllowed: isAllowed, known: nil) {
      [epoch, now = clock.timing.now] state, known in
      defer { known = state }
      if known == nil, seen == state.enforcementTag(in: epoch) { return .nothing }
      return state.enforcementEvent(since: known, in: epoch, now: now())
    }
  }
}

extension LiveState {
  /// What there is to say to who knows another state.
  ///
  /// - Parameter now: since the same moment as the moments of versions.
  func enforcementEvent(
    since last: LiveState?, in epoch: String, now: Duration
  ) -> EventStream<LiveState?>.Next {
    let id = enforcementTag(in: epoch)
    if let last, last.enforcementTag(in: epoch) == id { return .nothing }
    if let changes = last.flatMap({ sourceChanges(since: $0, now: now) }) {
      return .event(name: "delta", id: id, data: changes.json)
    }
    return .event(name: "state", id: id, data: enforcementData.json)
  }

  /// What tells it from all states that enforce something else: `1f2e-7-42`.
  func enforcementTag(in epoch: String) -> String {
    "\(epoch)-\(policyRevision)-\(identities.version)"
  }

  /// 0 for none.
  private var policyRevision: Int { policy?.revision.header.number ?? 0 }

  /// What the tag is made of, as answers have it.
  var enforcementNumbers: [(String, DataValue?)] {
    [("version", .integer(Int(identities.version))), ("policyRevision", .integer(policyRevision))]
  }

  /// All of it: the policy as it was put, and every source of a cluster.
  var enforcementData: DataValue {
    let sources = identities.sets.flatMap { set in
      set.sources.enumerated().compactMap { place, source -> DataValue? in
        if source.integration == nil { return nil }
        return .members(
          source.place(set.id, place) + source.status
            + [("addresses", .addresses(source.content.members.flatMap(\.addresses)))])
      }
    }
    return .members(
      enforcementNumbers + [
        ("policy", policy.map { .string($0.revision.text) }), ("sources", .list(sources)),
      ])
  }

  /// What became of sources since another state; nil when the policy is another one.
  fileprivate func sourceChanges(since last: LiveState, now: Duration) -> DataValue? {
    guard policyRevision == last.policyRevision,
      identities.sets.count == last.identities.sets.count
    else { return nil }
    var changes: [DataValue] = []
    for (old, new) in zip(last.identities.sets, identities.sets) where old !== new {
      guard old.id == new.id, let sources = new.sourceChanges(since: old) else { return nil }
      for change in sources where change.set.integration != nil {
        changes.append(
          .members(
            change.set.place(new.id, change.source) + (change.hasNewState ? change.set.status : [])
              + [
                ("joined", change.joined.isEmpty ? nil : .addresses(change.joined)),
                ("left", change.left.isEmpty ? nil : .addresses(change.left)),
              ]))
      }
    }
    let age = firstMoment(after: last.identities.version).map { now - $0 }
    return .members(
      enforcementNumbers + [
        ("microseconds", age.map { .integer(max(0, Int($0 / .microseconds(1)))) }),
        ("sources", .list(changes)),
      ])
  }
}

extension SourceSet {
  fileprivate func place(_ group: String, _ source: Int) -> [(String, DataValue?)] {
    [("group", .string(group)), ("source", .integer(source))]
  }

  fileprivate var status: [(String, DataValue?)] {
    [("state", .string(state.rawValue)), ("unresolved", .bool(isUnresolved))]
  }
}

extension DataValue {
  fileprivate static func addresses(_ addresses: [IPAddress]) -> DataValue {
    .list(addresses.map { .string("\($0)") })
  }
}
