import KubernetesAPI
import Synchronization

/// Answers requests one after the other with what a script says, and notes who asked and how long was waited.
final class ScriptedTransport: APITransport, RequestAuthorizing {
  enum Step: Sendable {
    case status(Int, headers: [(name: String, value: String)] = [], String = "{}")
    case failure(TransportError.Reason)
  }

  private struct State {
    var steps: [Step]
    var targets: [String] = []
    var waits: [Duration] = []
    var invalidations = 0
  }

  private let state: Mutex<State>

  init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

  var targets: [String] { state.withLock { $0.targets } }
  var waits: [Duration] { state.withLock { $0.waits } }
  var invalidations: Int { state.withLock { $0.invalidations } }

  /// A client that waits for nothing.
  var client: APIClient {
    APIClient(
      self, self,
      timing: Timing(
        now: { .zero }, sleep: { wait in self.state.withLock { $0.waits.append(wait) } }, random: { 0 }))
  }

  func headers() async throws(APIError) -> [(name: String, value: String)] {
    [(name: "authorization", value: "Bearer \(invalidations)")]
  }

  func invalidate() async { state.withLock { $0.invalidations += 1 } }

  func send(_ request: APIRequest) async throws(TransportError) -> APIResponse {
    let step: Step? = state.withLock { state in
      state.targets.append(request.target)
      return state.steps.isEmpty ? nil : state.steps.removeFirst()
    }
    switch step {
    case .status(let code, let headers, let body):
      return APIResponse(
        status: code, headers: headers,
        body: AsyncThrowingStream<[UInt8], any Error> { stream in
          // Cut in the middle: nobody may count on whole pieces.
          let bytes = Array(body.utf8)
          stream.yield(Array(bytes[..<(bytes.count / 2)]))
          stream.yield(Array(bytes[(bytes.count / 2)...]))
          stream.finish()
        })
    case .failure(let reason): throw TransportError(reason, "\(reason)")
    case nil: throw TransportError(.closed, "the script is at its end")
    }
  }
}
