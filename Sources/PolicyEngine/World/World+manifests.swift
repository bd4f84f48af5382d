package import Kubernetes
internal import PolicyModel

extension World {
  /// The world that manifests describe.
  ///
  /// - Parameters:
  ///   - policyNamespaces: namespaces that policies live in; they exist even when nothing else says so.
  ///   - policyNodes: nodes that policies speak about; they exist even when nothing else says so.
  ///   - visibleLabels: keys of pod labels that policies look at. Of the labels that controllers add, only these
  ///     make a replica another endpoint.
  package init(
    _ manifests: ManifestSet, policyNamespaces: some Sequence<String>, policyNodes: [ClusterNode] = [],
    visibleLabels: Set<String> = []
  ) {
    let builder = NamespaceBuilder(manifests, policyNamespaces: policyNamespaces)
    let nodes = Self.merged(Self.nodes(manifests), policyNodes)
    var nodeIndices: [String: Int] = [:]
    for (index, node) in nodes.enumerated() { nodeIndices[node.name] = index }
    var builderOfEndpoints = EndpointBuilder(
      manifests, namespaceIndices: builder.indices, nodeIndices: nodeIndices, visibleLabels: visibleLabels)
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
    serviceAccountLabels = ServiceAccountLabels(manifests.serviceAccounts, namespaces: builder.indices)
  }

  private static func assumedAddresses(endpoints: [Endpoint], nodes: [ClusterNode]) -> AddressSet {
    var hasIPv4 = false
    var hasIPv6 = false
    func note(_ addresses: [IPAddress]) {
      for address in addresses {
        switch address.family {
        case .ipv4: hasIPv4 = true
        case .ipv6: hasIPv6 = true
        }
      }
    }
    for index in endpoints.indices {
      if case .known(let addresses) = endpoints[index].addresses { note(addresses) }
    }
    for node in nodes { note(node.addresses) }
    return hasIPv6 && !hasIPv4 ? .allIPv6 : privateIPv4
  }

  /// Declared nodes, and nodes that pods say they run on.
  private static func nodes(_ manifests: ManifestSet) -> [ClusterNode] {
    var nodes: [String: ClusterNode] = [:]
    for node in manifests.nodes { nodes[node.name] = node }
    // Nodes about which nothing more can be learned from pods.
    var settled = Set(nodes.values.filter { $0.location != nil || !$0.addresses.isEmpty }.map(\.name))
    // By index: to name a pod would copy all of it.
    for index in manifests.pods.indices {
      guard let name = manifests.pods[index].template.nodeName, !settled.contains(name) else { continue }
      nodes[name] = ClusterNode(name: name, addresses: manifests.pods[index].nodeAddresses)
      if !manifests.pods[index].nodeAddresses.isEmpty { settled.insert(name) }
    }
    return nodes.values.sorted { $0.name < $1.name }
  }

  /// Nodes with those that policies speak about, and with the addresses that these add.
  private static func merged(_ known: [ClusterNode], _ spokenOf: [ClusterNode]) -> [ClusterNode] {
    if spokenOf.isEmpty { return known }
    var nodes: [String: ClusterNode] = [:]
    for node in known + spokenOf {
      guard var merged = nodes[node.name] else {
        nodes[node.name] = node
        continue
      }
      merged.addresses += node.addresses.filter { !merged.addresses.contains($0) }
      nodes[node.name] = merged
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
    // Objects of a namespace mostly stand together, and to compare is cheaper than to hash.
    var last: String?
    func mention(_ name: String) {
      if name != last { mentioned.insert(name) }
      last = name
    }
    // By index: to name an object would copy all of it.
    for index in manifests.pods.indices { mention(manifests.pods[index].meta.namespace) }
    for index in manifests.workloads.indices { mention(manifests.workloads[index].meta.namespace) }
    for index in manifests.services.indices { mention(manifests.services[index].meta.namespace) }
    assumed = mentioned.filter { byName[$0] == nil }.sorted()
    for name in assumed { byName[name] = Namespace(name: name, labels: .none, location: nil) }
    namespaces = byName.values.sorted { $0.name < $1.name }
    var indices: [String: Int] = [:]
    for (index, namespace) in namespaces.enumerated() { indices[namespace.name] = index }
    self.indices = indices
  }
}
