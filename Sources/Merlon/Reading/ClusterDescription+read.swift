internal import Kubernetes

extension ClusterDescription {
  /// Reads `{podCIDRs: […], nodeCIDRs: […], apiServer: […], dns: kube-dns}`.
  init(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) {
    self.init()
    guard node.isMapping(field, &problems) else { return }
    let fields = StrictFields(
      node, type: "cluster", known: ["podCIDRs", "nodeCIDRs", "apiServer", "dns"], &problems)
    podCIDRs = fields["podCIDRs"]?.strings("\(field).podCIDRs", &problems) ?? []
    nodeCIDRs = fields["nodeCIDRs"]?.strings("\(field).nodeCIDRs", &problems) ?? []
    apiServer = fields["apiServer"]?.strings("\(field).apiServer", &problems) ?? []
    guard let name = fields["dns"], let text = name.string("\(field).dns", &problems) else { return }
    let known: [String: DNS] = ["kube-dns": .kubeDNS, "openshift": .openShift, "node-local": .nodeLocal]
    if let found = known[text] {
      dns = found
    } else {
      problems.reportInvalid(
        name, "`\(field).dns` must be one of \(known.keys.sorted().joined(separator: ", ")), not `\(text)`")
    }
  }
}
