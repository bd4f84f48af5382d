internal import Kubernetes

/// Time and chance, for those who wait and try again.
package struct Timing: Sendable {
  /// Since some moment of the past; never goes back.
  package let now: @Sendable () -> Duration
  /// Waits before another try.
  package let sleep: @Sendable (Duration) async throws -> Void
  /// Waits for somebody who owes an answer, until it is too late.
  package let patience: @Sendable (Duration) async throws -> Void
  /// From 0 to 1.
  package let random: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
    patience: (@Sendable (Duration) async throws -> Void)? = nil, random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.sleep = sleep
    self.patience = patience ?? sleep
    self.random = random
  }

  /// The machine's clock.
  package static let system: Timing = {
    let clock = ContinuousClock()
    let start = clock.now
    return Timing(
      now: { start.duration(to: clock.now) }, sleep: { try await Task.sleep(for: $0, clock: clock) },
      random: { Double.random(in: 0..<1) })
  }()

  /// Waits before another try; false when the task was cancelled meanwhile.
  func waited(_ duration: Duration) async -> Bool { await Self.finished(sleep, duration) }

  /// Waits for somebody who owes an answer; false when the task was cancelled meanwhile.
  func waitedForAnswer(_ duration: Duration) async -> Bool { await Self.finished(patience, duration) }

  private static func finished(
    _ wait: @Sendable (Duration) async throws -> Void, _ duration: Duration
  ) async -> Bool {
    do {
      try await wait(duration)
      return !Task.isCancelled
    } catch {
      return false
    }
  }
}
