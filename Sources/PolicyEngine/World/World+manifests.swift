package import Kubernetes
package import PolicyModel

extension World {
  /// The world that manifests describe.
  ///
  /// - Parameters:
  ///   - policies: what is enforced. Of the labels that controllers give to pods, only those that they look at make
  ///     a replica another endpoint.
  ///   - policyNamespaces: namespaces that policies live in; they exist even when nothing else says so.
  ///   - policyNodes: nodes that policies speak about; they exist even when nothing else says so.
  ///   - facts: where addresses lie. The objects among them are expected to be among the manifests.
  package init(
    _ manifests: ManifestSet, policies: [Policy], policyNamespaces: some Sequence<String>,
    policyNodes: [ClusterNode] = [], facts: ClusterFacts = .none
  ) {
    let builder = NamespaceBuilder(manifests, policyNamespaces: policyNamespaces)
    let nodes = NodeBuilder(manifests, policyNodes: policyNodes)
    var builderOfEndpoints = EndpointBuilder(
      manifests, namespaceIndices: builder.indices, nodes: nodes, labels: MentionedLabels(policies))
    builderOfEndpoints.build()

    namespaces = builder.namespaces
    namespaceIndices = builder.indices
    assumedNamespaces = builder.assumed
    self.nodes = nodes.nodes
    services = manifests.services.sorted {
      ($0.meta.namespace, $0.meta.name) < ($1.meta.namespace, $1.meta.name)
    }
    endpoints = builderOfEndpoints.endpoints
    workloads = builderOfEndpoints.groups
    ownedWorkloads = builderOfEndpoints.ownedWorkloads
    assumedAddresses = AssumedAddresses(
      facts, otherwise: Self.usualAddresses(manifests.pods, nodes.nodes))
    clusterAddresses = AddressSet(facts.podBlocks + facts.serviceBlocks)
    apiServerAddresses = AddressSet(unsorted: facts.apiServerAddresses.flatMap { AddressSet($0).intervals })
    serviceAccountLabels = ServiceAccountLabels(manifests.serviceAccounts, namespaces: builder.indices)
  }

  private static func usualAddresses(_ pods: [Pod], _ nodes: [ClusterNode]) -> AddressSet {
    var hasIPv6 = false
    func hasIPv4(_ addresses: [IPAddress]) -> Bool {
      for address in addresses {
        switch address.family {
        case .ipv4: return true
        case .ipv6: hasIPv6 = true
        }
      }
      return false
    }
    for node in nodes where hasIPv4(node.addresses) { return privateIPv4 }
    for index in pods.indices {
      if case .known(let addresses) = pods[index].addresses, hasIPv4(addresses) { return privateIPv4 }
    }
    return hasIPv6 ? .allIPv6 : privateIPv4
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
