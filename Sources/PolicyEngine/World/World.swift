package import Kubernetes

/// What exists: namespaces, endpoints, nodes and Services. Everything is indexed and sorted by name.
package struct World: Sendable {
  package let namespaces: [Namespace]
  package let endpoints: [Endpoint]
  package let workloads: [WorkloadGroup]
  package let nodes: [ClusterNode]
  package let services: [Service]
  /// Names of namespaces that objects mention and no manifest defines.
  package let assumedNamespaces: [String]
  /// The family of addresses that are not known: IPv6 when every known pod and node address is, else IPv4.
  package let assumedFamily: AddressFamily
  let namespaceIndices: [String: Int]

  package func namespace(named name: String) -> Int? { namespaceIndices[name] }

  /// `shop/web`.
  package func qualifiedName(_ endpoint: Endpoint) -> String {
    "\(namespaces[endpoint.namespace].name)/\(endpoint.name)"
  }

  /// Whether an endpoint is a template that is not its workload's own.
  func isOwned(_ template: Endpoint) -> Bool {
    guard case .template(let kind) = template.kind, let group = template.workload else { return false }
    return workloads[group].name != template.name || workloads[group].kind != kind.rawValue
  }

  package func qualifiedName(_ workload: WorkloadGroup) -> String {
    "\(namespaces[workload.namespace].name)/\(workload.name)"
  }
}
