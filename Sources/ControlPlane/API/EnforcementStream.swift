internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore
internal import SourceGroups

/// What a gateway enforces, as server-sent events: `state` is all of it, `delta` what became of some sources.
///
/// Ids tell versions, and those of another process are none. Who reconnects with the id of the moment gets the next `delta`;
/// everybody else gets a `state`, and so does everybody when the policy is another one.
struct EnforcementStream: Sendable {
  /// The id that the client has seen last.
  let seen: String?
  let resolver: IdentityResolver
  /// Whether who asks may still see it.
  let isAllowed: @Sendable () async -> Bool

  var response: Response {
    Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try await write(to: &writer)
        try await writer.finish(nil)
      })
  }

  private func write(to writer: inout any ResponseBodyWriter) async throws {
    var last: LiveState?
    for await step in resolver.steps() {
      switch step {
      case .pulse:
        guard await isAllowed() else { return }
        try await writer.write(ByteBuffer(string: ": alive\n\n"))
      case .state(let state):
        let isKnown = last == nil && seen == state.enforcementTag(in: resolver.epoch)
        if !isKnown, let event = event(state, since: last) {
          try await writer.write(ByteBuffer(string: event))
        }
        last = state
      }
    }
  }

  /// Nil when nothing is different.
  func event(_ state: LiveState, since last: LiveState?) -> String? {
    let id = state.enforcementTag(in: resolver.epoch)
    if let last, last.enforcementTag(in: resolver.epoch) == id { return nil }
    if let changes = last.flatMap(state.sourceChanges) {
      return "event: delta\nid: \(id)\ndata: \(changes.json)\n\n"
    }
    return "event: state\nid: \(id)\ndata: \(state.enforcementData.json)\n\n"
  }
}

extension LiveState {
  /// What tells it from all states that enforce something else: `1f2e-7-42`.
  func enforcementTag(in epoch: String) -> String {
    "\(epoch)-\(policy?.revision.header.number ?? 0)-\(identities.version)"
  }

  private var numbers: [(String, DataValue?)] {
    [
      ("version", .integer(Int(identities.version))),
      ("policyRevision", .integer(policy?.revision.header.number ?? 0)),
    ]
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
      numbers + [("policy", policy.map { .string($0.revision.text) }), ("sources", .list(sources))])
  }

  /// What became of sources since another state; nil when the policy is another one.
  fileprivate func sourceChanges(since last: LiveState) -> DataValue? {
    guard policy?.revision.header.number == last.policy?.revision.header.number,
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
    return .members(numbers + [("sources", .list(changes))])
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
