internal import Kubernetes
internal import PolicyEngine

extension ClusterFacts {
  /// What is known, in one line; nil when nothing is.
  var summary: String? {
    func list(_ what: String, _ values: [some CustomStringConvertible]) -> String? {
      values.isEmpty ? nil : "\(what) \(values.map(\.description).joined(separator: ", "))"
    }
    let parts = [
      clusterName.map { "the cluster is called \($0)" }, list("pods in", podBlocks),
      list("nodes in", nodeBlocks),
      list("Services in", serviceBlocks), list("the API server at", apiServerAddresses),
      apiServerPort.map { "the API server on port \($0)" },
      list("namespaces", namespaces.map(\.name)), list("nodes", nodes.map(\.name)),
      list("pods like", workloads.map(\.meta.qualifiedName)),
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// The same as data, with the keys of the settings; nil when nothing is known.
  var data: DataValue? {
    func list(_ values: [some CustomStringConvertible]) -> DataValue? {
      values.isEmpty ? nil : .list(values.map { .string($0.description) })
    }
    if summary == nil { return nil }
    return .members(
      ("name", clusterName.map { .string($0) }), ("podCIDRs", list(podBlocks)),
      ("nodeCIDRs", list(nodeBlocks)),
      ("serviceCIDRs", list(serviceBlocks)), ("apiServerAddresses", list(apiServerAddresses)),
      ("apiServerPort", apiServerPort.map { .integer(Int($0)) }),
      ("namespaces", list(namespaces.map(\.name))), ("nodes", list(nodes.map(\.name))),
      ("workloads", list(workloads.map(\.meta.qualifiedName))))
  }
}
