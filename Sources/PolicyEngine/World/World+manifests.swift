package import Kubernetes
internal import PolicyModel

extension World {
  /// The world that manifests describe.
  ///
  /// - Parameter policyNamespaces: namespaces that policies live in; they exist even when nothing else says so.
  package init(_ manifests: ManifestSet, policyNamespaces: some Sequence<String>) {
    let builder = NamespaceBuilder(manifests, policyNamespaces: policyNamespaces)
    let nodes = Self.nodes(manifests)
    var nodeIndices: [String: Int] = [:]
    for (index, node) in nodes.enumerated() { nodeIndices[node.name] = index }
    var builderOfEndpoints = EndpointBuilder(
      manifests, namespaceIndices: builder.indices, nodeIndices: nodeIndices)
    builderOfEndpoints.build()

    namespaces = builder.namespaces
    namespaceIndices = builder.indices
    assumedNamespaces = builder.assumed
    self.nodes = nodes
    services = manifests.services.sorted {
      ($0.meta.namespace, $0.meta.name) < ($1.meta.namespace, $1.meta.name)
    }
    endpoints = builderOfEndpoints.endpoints
    workloads = builderOfEndpoints.groups
    assumedAddresses = Self.assumedAddresses(endpoints: endpoints, nodes: nodes)
  }

  private static func assumedAddresses(endpoints: [Endpoint], nodes: [ClusterNode]) -> AddressSet {
    var families: Set<AddressFamily> = []
    for endpoint in endpoints {
      if case .known(let addresses) = endpoint.addresses { families.formUnion(addresses.map(\.family)) }
    }
    for node in nodes { families.formUnion(node.addresses.map(\.family)) }
    return families == [.ipv6] ? .allIPv6 : privateIPv4
  }

  /// Declared nodes, and nodes that pods say they run on.
  private static func nodes(_ manifests: ManifestSet) -> [ClusterNode] {
    var nodes: [String: ClusterNode] = [:]
    for node in manifests.nodes { nodes[node.name] = node }
    for pod in manifests.pods {
      guard let name = pod.template.nodeName else { continue }
      let known = nodes[name]
      if known == nil || (known?.location == nil && known?.addresses.isEmpty == true) {
        nodes[name] = ClusterNode(name: name, addresses: pod.nodeAddresses)
      }
    }
    return nodes.values.sorted { $0.name < $1.name }
  }
}

private struct NamespaceBuilder {
  let namespaces: [Namespace]
  let indices: [String: Int]
  let assumed: [String]

  init(_ manifests: ManifestSet, policyNamespaces: some Sequence<String>) {
    var byName: [String: Namespace] = [:]
    for namespace in manifests.namespaces { byName[namespace.name] = namespace }
    var mentioned = Set(policyNamespaces)
    mentioned.formUnion(manifests.pods.lazy.map(\.meta.namespace))
    mentioned.formUnion(manifests.workloads.lazy.map(\.meta.namespace))
    mentioned.formUnion(manifests.services.lazy.map(\.meta.namespace))
    assumed = mentioned.filter { byName[$0] == nil }.sorted()
    for name in assumed { byName[name] = Namespace(name: name, labels: .none, location: nil) }
    namespaces = byName.values.sorted { $0.name < $1.name }
    var indices: [String: Int] = [:]
    for (index, namespace) in namespaces.enumerated() { indices[namespace.name] = index }
    self.indices = indices
  }
}
