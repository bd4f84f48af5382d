package import Kubernetes
package import KubernetesAPI

/// The time of a control plane: how long things take is told by a clock that never goes back, and when they were by adding
/// that to the moment of the start.
package struct LiveClock: Sendable {
  package let timing: Timing
  private let start: Timestamp
  private let startsAt: Duration

  /// - Parameter start: the moment that it is.
  package init(timing: Timing = .system, start: Timestamp) {
    self.timing = timing
    self.start = start
    startsAt = timing.now()
  }

  package var now: Timestamp { moment(timing.now()) }

  /// When a moment of ``timing`` was.
  package func moment(_ elapsed: Duration) -> Timestamp {
    start.advanced(bySeconds: Int(clamping: (elapsed - startsAt).components.seconds))
  }
}
