internal import Kubernetes
internal import SourceGroups

extension IdentityResolver {
  /// A set and its changes, as server-sent events: `snapshot` with all members, then `delta`s; each with the set's version
  /// as its id, so that whoever reconnects with `Last-Event-ID` goes on from there. Ends with `gone` when the group is.
  ///
  /// - Parameter since: the version that the client has; nil for none, or one of another process.
  nonisolated func setStream(
    _ group: String, since: UInt64?, isAllowed: @escaping @Sendable () async -> Bool
  ) -> EventStream<UInt64?> {
    EventStream(resolver: self, isAllowed: isAllowed, known: since) { [epoch] state, known in
      guard let set = state.identities[group] else { return .last(name: "gone", data: "{}") }
      defer { known = set.version }
      return known == set.version ? .nothing : set.event(since: known, in: epoch)
    }
  }
}

extension IdentitySet {
  fileprivate func event(since known: UInt64?, in epoch: String) -> EventStream<UInt64?>.Next {
    guard let known, let changes = changes(since: known) else {
      return .event(name: "snapshot", id: tag(in: epoch), data: data.json)
    }
    let data = DataValue.members(
      ("group", .string(id)), ("version", .integer(Int(version))), ("since", .integer(Int(known))),
      ("joined", .list(changes.joined.map(\.data))), ("left", .list(changes.left.map(\.data))),
      ("sources", .list(sources.map(\.summary))))
    return .event(name: "delta", id: tag(in: epoch), data: data.json)
  }
}
