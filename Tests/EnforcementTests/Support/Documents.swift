import Kubernetes
import SourceGroups
import Testing

/// Documents of source groups in a few lines.
enum Documents {
  /// What a source says that takes every pod of the cluster.
  static let everyPod =
    "kubernetes: {integration: prod, pods: {namespaceSelector: {all: true}, podSelector: {all: true}}}"

  /// A group whose members are pods.
  ///
  /// - Parameter rules: each as a YAML flow mapping.
  static func group(
    _ id: String, priority: Int = 10, onStale: String = "keep", grace: Int? = nil, _ rules: String...
  ) -> String {
    let grace = grace.map { ", staleGraceSeconds: \($0)" } ?? ""
    return """
      {id: \(id), priority: \(priority), sources: [{\(everyPod), onStale: \(onStale)\(grace)}], \
      rules: [\(rules.joined(separator: ", "))]}
      """
  }

  /// A rule that lets TCP and UDP to ports of the server pass, or not.
  static func rule(_ id: String, _ action: String = "allow", ports: Int..., to: String = "10.64.9.1")
    -> String
  {
    let traffic = ports.flatMap { ["{protocol: TCP, port: \($0)}", "{protocol: UDP, port: \($0)}"] }
    return """
      {id: \(id), action: \(action), to: {addresses: [\(to)]}, traffic: [\(traffic.joined(separator: ", "))]}
      """
  }

  static func text(_ groups: [String], name: String = "egress") -> String {
    """
    apiVersion: merlon.dev/v1alpha1
    kind: SourceGroupPolicy
    metadata: {name: \(name)}
    spec:
      defaultPolicy: deny
      sourceGroups:
    \(groups.map { "    - \($0)" }.joined(separator: "\n"))
    """
  }

  static func policy(_ groups: String..., name: String = "egress") throws -> SourceGroupPolicy {
    let reading = SourceGroupPolicy.read(ManifestText(path: "policy.yaml", text(groups, name: name)))
    return try #require(reading.policy, "\(reading.diagnostics.map(\.message))")
  }

  /// Members of `apps` may reach the ports 8080 and 9000 of the server.
  static func apps(onStale: String = "keep", grace: Int? = nil) throws -> SourceGroupPolicy {
    try policy(group("apps", onStale: onStale, grace: grace, rule("web", ports: 8080, 9000)))
  }
}
