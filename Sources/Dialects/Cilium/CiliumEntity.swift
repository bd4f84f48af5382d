internal import Kubernetes

/// A group of peers that Cilium knows by name (SEMANTICS.md §4.4).
package enum CiliumEntity: String, Sendable, Hashable, CaseIterable {
  /// Everything.
  case all
  /// Everything outside the cluster, in both families; neither pods nor nodes.
  case world
  /// All pods of this cluster, its nodes and everything else in it.
  case cluster
  /// The endpoint's own node and the host-network pods on it.
  case host
  /// Pods whose identity is not known yet.
  case initializing = "init"
  /// Cilium's ingress proxy.
  case ingress
  /// Endpoints that Cilium does not manage.
  case unmanaged
  /// The other nodes and the host-network pods on them.
  case remoteNode = "remote-node"
  /// Cilium's health endpoints.
  case health
  /// Nothing.
  case none
  /// The API servers, inside or outside the cluster.
  case kubeAPIServer = "kube-apiserver"

  /// Names that the agent understands and the schema of 1.20 does not list.
  private static let unlisted = [
    "world-ipv4": "write a CIDR rule for 0.0.0.0/0", "world-ipv6": "write a CIDR rule for ::/0",
    "cluster-mesh": nil,
  ]

  /// Reads an entry of `fromEntities` or `toEntities`.
  init?(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard let text = node.string("\(field)[]", &problems) else { return nil }
    if let entity = CiliumEntity(rawValue: text) {
      self = entity
      return
    }
    if let instead = Self.unlisted[text] {
      problems.reportRefusedByServer(
        at: node.location, "the entity `\(text)` is not in the schema of Cilium 1.20", fix: instead)
      return nil
    }
    let known = Self.allCases.map(\.rawValue)
    problems.reportRefusedByServer(
      at: node.location, "`\(text)` is not an entity",
      fix: Suggestion.nearest(to: text, among: known).map { "did you mean `\($0)`?" }
        ?? "the entities are \(known.joined(separator: ", "))")
    return nil
  }
}

extension CiliumEntity: CustomStringConvertible {
  package var description: String { rawValue }
}
