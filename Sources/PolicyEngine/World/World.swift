package import Kubernetes
package import PolicyModel

/// What exists: namespaces, endpoints, nodes and Services. Everything is indexed and sorted by name.
package struct World: Sendable {
  /// Sorted by name, those that are only mentioned among them.
  package let namespaces: [Namespace]
  /// Everything that policies can select. Its indices are what flows, rows and traces call an endpoint.
  package let endpoints: Endpoints
  /// The endpoints by what reports call them: workloads sorted by namespace, name and kind, then pods that nobody owns.
  package let workloads: [WorkloadGroup]
  /// The ReplicaSets and Jobs in between: names that flows may use, but no lines of a report.
  package let ownedWorkloads: [OwnedWorkload]
  /// Sorted by name; those that no manifest describes have no location.
  package let nodes: [ClusterNode]
  /// Sorted by namespace and name.
  package let services: [Service]
  /// Names of namespaces that objects mention and no manifest defines.
  package let assumedNamespaces: [String]
  /// Where addresses lie that are not known. If nobody says it, ``privateIPv4``; any IPv6 address when every known pod
  /// and node address is IPv6.
  package let assumedAddresses: AssumedAddresses
  /// Addresses that are known to be those of pods and Services, whether they are in the input or not.
  package let clusterAddresses: AddressSet
  /// Addresses that the API server is known to have.
  package let apiServerAddresses: AddressSet
  let namespaceIndices: [String: Int]
  let serviceAccountLabels: ServiceAccountLabels

  /// Ranges that clusters give to pods and nodes: RFC 1918, and RFC 6598 for carrier-grade NAT.
  package static let privateIPv4 = AddressSet.privateIPv4

  /// Where the addresses of domain names may lie: anywhere outside the cluster, in the family of
  /// ``assumedAddresses``.
  var outsideAddresses: AddressSet {
    assumedAddresses.families.map { $0 == .ipv4 ? AddressSet.allIPv4 : .allIPv6 }
      .reduce(AddressSet.empty) { $0.union($1) }.subtracting(clusterAddresses)
  }

  /// Index into ``namespaces``. O(1).
  package func namespace(named name: String) -> Int? { namespaceIndices[name] }

  /// `shop/web`.
  package func qualifiedName(_ endpoint: Endpoint) -> String {
    "\(namespaces[endpoint.namespace].name)/\(endpoint.name)"
  }

  /// Whether an endpoint is a template that is not its workload's own.
  func isOwned(_ template: Endpoint) -> Bool {
    guard case .template(let kind) = template.kind else { return false }
    let group = workloads[template.workload]
    return group.name != template.name || group.kind != kind.rawValue
  }

  /// `shop/web`, without the kind, which two workloads of one name need beside it.
  package func qualifiedName(_ workload: WorkloadGroup) -> String {
    "\(namespaces[workload.namespace].name)/\(workload.name)"
  }
}
