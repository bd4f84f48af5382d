internal import Kubernetes
internal import KubernetesAPI

extension LiveClock {
  /// The machine's clock, beginning now.
  package static func system() -> LiveClock { LiveClock(start: .now) }
}
