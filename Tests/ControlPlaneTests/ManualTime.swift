import Synchronization

/// Time that passes when a test says so.
final class ManualTime: Sendable {
  private let elapsed = Mutex(Duration.zero)

  var now: Duration { elapsed.withLock { $0 } }

  func pass(_ duration: Duration) { elapsed.withLock { $0 += duration } }
}
