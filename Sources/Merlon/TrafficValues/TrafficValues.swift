internal import Kubernetes

/// The `networkPolicy:` tree of a Helm chart's values: one list of who may connect, for any policy engine.
///
/// ```yaml
/// ports: {metrics: 8080, webhook: 9443}
/// networkPolicy:
///   enabled: true
///   metrics:
///     from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
///   egress: {enabled: true, apiServer: true}
/// ```
///
/// All of it counts for every engine, or is refused with the reason; see `Documentation/TrafficValues.md`.
public struct TrafficValues: Sendable {
  /// Whether anything is to be rendered: `networkPolicy.enabled`. The intent is there anyway.
  public let isEnabled: Bool
  /// The engine that the values choose: `networkPolicy.engine`.
  public let dialect: Dialect
  /// What the values mean.
  public let intent: Intent
  let workload: Workload
  /// In the order of the values.
  let passthrough: [PassthroughRule]
  /// What is known without looking at an engine.
  let findings: [Diagnostic]
  let places: Places

  /// Where values stand that an engine may have no use for.
  struct Places: Sendable {
    var order: Located<Double>?
    var priority: Located<Int64>?
    /// `egress.enabled`, when it is true.
    var egress: SourceLocation?
  }
}
