internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Server-sent events made of states as they come: what each has to say to somebody who knows some earlier state.
struct EventStream<Known: Sendable>: Sendable {
  enum Next: Sendable {
    /// There is nothing to say.
    case nothing
    case event(name: String, id: String, data: String)
    /// The same, and nothing comes behind it.
    case last(name: String, data: String)
  }

  let resolver: IdentityResolver
  /// Whether who asks may still see it.
  let isAllowed: @Sendable () async -> Bool
  /// What the client knows at the start.
  let known: Known
  /// What a state has to say; makes it known.
  let next: @Sendable (LiveState, inout Known) -> Next

  var response: Response {
    Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try await write(to: &writer)
        try await writer.finish(nil)
      })
  }

  private func write(to writer: inout any ResponseBodyWriter) async throws {
    var known = known
    for await step in resolver.steps() {
      switch step {
      case .pulse:
        guard await isAllowed() else { return }
        try await writer.write(ByteBuffer(string: ": alive\n\n"))
      case .state(let state):
        switch next(state, &known) {
        case .nothing: break
        case .event(let name, let id, let data):
          try await writer.write(ByteBuffer(string: "event: \(name)\nid: \(id)\ndata: \(data)\n\n"))
        case .last(let name, let data):
          try await writer.write(ByteBuffer(string: "event: \(name)\ndata: \(data)\n\n"))
          return
        }
      }
    }
  }
}
