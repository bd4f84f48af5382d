internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore
internal import ServiceLifecycle
internal import SourceGroups

/// A set and its changes, as server-sent events: `snapshot` with all members, then `delta`s; each with the set's version
/// as its id, so that whoever reconnects with `Last-Event-ID` goes on from there.
struct SetStream: Sendable {
  let group: String
  /// The version that the client has; nil for none.
  let since: UInt64?
  let resolver: IdentityResolver

  /// How long nothing may come before a comment shows that the stream is alive.
  private static let pulse = Duration.seconds(15)

  var response: Response {
    Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try await write(to: &writer)
        try await writer.finish(nil)
      })
  }

  private enum Step: Sendable {
    case state(LiveState?)
    case pulse
  }

  private func write(to writer: inout any ResponseBodyWriter) async throws {
    var known = since
    var last: IdentitySet?
    for await step in steps() {
      switch step {
      case .pulse: try await writer.write(ByteBuffer(string: ": alive\n\n"))
      case .state(let state):
        guard let set = state?.identities[group] else {
          // The group is gone, or the server stops.
          try await writer.write(ByteBuffer(string: "event: gone\ndata: {}\n\n"))
          return
        }
        if last?.version == set.version { continue }
        last = set
        try await writer.write(ByteBuffer(string: Self.event(set, since: known)))
        known = set.version
      }
    }
  }

  /// States and pulses, until the states end.
  private func steps() -> AsyncStream<Step> {
    AsyncStream { continuation in
      let task = Task {
        await withDiscardingTaskGroup { group in
          group.addTask {
            for await state in await resolver.states().cancelOnGracefulShutdown() {
              continuation.yield(.state(state))
            }
            continuation.finish()
          }
          group.addTask {
            while !Task.isCancelled {
              do {
                try await Task.sleep(for: Self.pulse)
              } catch {
                return
              }
              continuation.yield(.pulse)
            }
          }
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private static func event(_ set: IdentitySet, since known: UInt64?) -> String {
    if let known, known == set.version { return "" }
    if let known, let changes = set.changes(since: known) {
      let data = DataValue.members(
        ("group", .string(set.id)), ("version", .integer(Int(set.version))), ("since", .integer(Int(known))),
        ("joined", .list(changes.joined.map(\.data))), ("left", .list(changes.left.map(\.data))),
        ("sources", .list(set.sources.map(\.summary))))
      return "event: delta\nid: \(set.version)\ndata: \(data.json)\n\n"
    }
    return "event: snapshot\nid: \(set.version)\ndata: \(set.data.json)\n\n"
  }
}
