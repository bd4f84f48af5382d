/// A node (`core/v1 Node`), named apart from the tree's ``Node``.
package struct ClusterNode: Sendable {
  /// What `spec.nodeName` of a pod refers to.
  package var name: String
  package var labels: Labels
  /// `InternalIP` addresses, else `ExternalIP`; other types are names.
  package var addresses: [IPAddress]
  /// Nil when the node is only known from pods that run on it.
  package var location: SourceLocation?

  package init(name: String, labels: Labels = .none, addresses: [IPAddress], location: SourceLocation? = nil)
  {
    self.name = name
    self.labels = labels
    self.addresses = addresses
    self.location = location
  }
}

extension ClusterNode {
  init?(_ object: Node, _ problems: inout [Diagnostic]) {
    guard let meta = ObjectMeta(object, kind: "Node", scope: .cluster, &problems) else { return nil }
    var internalAddresses: [IPAddress] = []
    var externalAddresses: [IPAddress] = []
    for entry in object["status"]?["addresses"]?.elements ?? [] {
      let isInternal = entry["type"]?.hasText("InternalIP") ?? false
      guard isInternal || entry["type"]?.hasText("ExternalIP") ?? false, let node = entry["address"] else {
        continue
      }
      guard let address = IPAddress(node.text) else {
        problems.reportInvalid(node, "\(node.excerpt) is not an IP address")
        continue
      }
      if isInternal { internalAddresses.append(address) } else { externalAddresses.append(address) }
    }
    self.init(
      name: meta.name, labels: meta.labels, addresses: internalAddresses + externalAddresses,
      location: meta.location)
  }
}
