internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore
internal import SourceGroups

/// A set and its changes, as server-sent events: `snapshot` with all members, then `delta`s; each with the set's version
/// as its id, so that whoever reconnects with `Last-Event-ID` goes on from there.
struct SetStream: Sendable {
  let group: String
  /// The version that the client has; nil for none, or one of another process.
  let since: UInt64?
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
    var known = since
    var last: IdentitySet?
    for await step in resolver.steps() {
      switch step {
      case .pulse:
        guard await isAllowed() else { return }
        try await writer.write(ByteBuffer(string: ": alive\n\n"))
      case .state(let state):
        guard let set = state.identities[group] else {
          try await writer.write(ByteBuffer(string: "event: gone\ndata: {}\n\n"))
          return
        }
        if last?.version == set.version { continue }
        last = set
        try await writer.write(ByteBuffer(string: event(set, since: known)))
        known = set.version
      }
    }
  }

  private func event(_ set: IdentitySet, since known: UInt64?) -> String {
    if let known, known == set.version { return "" }
    if let known, let changes = set.changes(since: known) {
      let data = DataValue.members(
        ("group", .string(set.id)), ("version", .integer(Int(set.version))), ("since", .integer(Int(known))),
        ("joined", .list(changes.joined.map(\.data))), ("left", .list(changes.left.map(\.data))),
        ("sources", .list(set.sources.map(\.summary))))
      return "event: delta\nid: \(set.tag(in: resolver.epoch))\ndata: \(data.json)\n\n"
    }
    return "event: snapshot\nid: \(set.tag(in: resolver.epoch))\ndata: \(set.data.json)\n\n"
  }
}
