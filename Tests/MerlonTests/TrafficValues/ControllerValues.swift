import Merlon

/// The values of a chart for a controller, as AUTHORING.md B1 has them.
enum ControllerValues {
  static let namespace = "stages"
  static let labels = ["app.kubernetes.io/name": "controller", "app.kubernetes.io/instance": "demo"]
  /// The workload, as other pods' questions name it.
  static let controller = Workload("controller", in: namespace, labels: labels)
  static let prometheus = Workload("prometheus", in: "monitoring", labels: ["app": "prometheus"])
  static let anybody = Pods(["app": "anybody"], in: "elsewhere")
  static let resolver = Pods(["k8s-app": "kube-dns"], in: "kube-system")
  static let description = WorkloadDescription("controller", in: namespace, release: "demo")
  static let outsideIngress: Set<Loss.Name> = ["outside-ingress"]

  static let chart = """
    ports:
      metrics: 8080
      health: 8081
      gate: 8082
      mcp: 8084
      webhook: 9443
    webhook: {enabled: true, timeoutSeconds: 10}
    gate: {enabled: true}
    mcp: {enabled: false}
    image: {tag: ""}
    """

  /// The chart's values with a tree `networkPolicy`, whose lines are written without their indent.
  static func read(_ networkPolicy: String, settings: String = "") throws -> TrafficValues {
    try TrafficValues(yaml: text(networkPolicy, settings: settings), workload: description)
  }

  static func text(_ networkPolicy: String, settings: String = "") -> String {
    let lines = networkPolicy.split(separator: "\n", omittingEmptySubsequences: false)
    return "\(chart)\n\(settings)\nnetworkPolicy:\n  enabled: true\n"
      + lines.map { "  \($0)\n" }.joined()
  }

  /// Values in an engine, living with what ClusterNetworkPolicies cannot say of what comes from outside.
  static func render(_ values: TrafficValues, _ dialect: Dialect) throws -> Rendering {
    try values.render(dialect, accepting: dialect == .clusterNetworkPolicy ? outsideIngress : [])
  }
}

extension [Problem] {
  /// `warning values.yaml:16:12 unused-knob`, for tests.
  var summaries: [String] {
    map { "\($0.severity.rawValue) \($0.location ?? "-") \($0.code)" }
  }
}
