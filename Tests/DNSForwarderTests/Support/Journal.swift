import Synchronization

/// What happened, in order.
final class Journal: Sendable {
  private let state = Mutex<[String]>([])

  var entries: [String] { state.withLock { $0 } }

  func note(_ entry: String) { state.withLock { $0.append(entry) } }
}

/// Lets one waiter pass once it is open.
struct Gate: Sendable {
  private let stream: AsyncStream<Never>
  private let continuation: AsyncStream<Never>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func wait() async { for await _ in stream {} }

  func open() { continuation.finish() }
}

/// What did not happen in time.
struct DeadlineMissed: Error {
  let what: String
}

/// Waits until something is so, for twenty seconds at most.
func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(20)
  while try await !isSo() {
    if ContinuousClock.now > deadline { throw DeadlineMissed(what: what) }
    try await Task.sleep(for: .milliseconds(2))
  }
}
