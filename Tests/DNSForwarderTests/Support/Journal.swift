import Synchronization

/// What happened, in order.
final class Journal: Sendable {
  private let state = Mutex<(list: [String], all: Set<String>)>(([], []))

  var entries: [String] { state.withLock { $0.list } }

  func note(_ entry: String) {
    state.withLock { state in
      state.list.append(entry)
      state.all.insert(entry)
    }
  }

  /// O(1).
  func has(_ entry: String) -> Bool { state.withLock { $0.all.contains(entry) } }
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

/// Waits until something is so, for fifty seconds at most.
func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(50)
  while try await !isSo() {
    if ContinuousClock.now > deadline { throw DeadlineMissed(what: what) }
    try await Task.sleep(for: .milliseconds(2))
  }
}
