internal import Kubernetes
internal import PolicyModel

/// A node that all pods run on, and one of every kind that policies tell apart.
struct SymbolicNodes {
  /// The name of the node that pods run on.
  static let ownNode = "own"

  let nodes: [ClusterNode]

  init(_ policies: [Policy], _ addresses: SymbolicAddresses, limit: Int) throws(TooManyDistinctions) {
    var selectors: [LabelExpression] = []
    var names: Set<String> = []
    func add(_ selector: NodeSelector) {
      switch selector {
      case .named(let own): names.formUnion(own)
      case .matching(let expression): selectors.append(expression)
      }
    }
    for policy in policies {
      if let selector = policy.subject.nodes { add(selector) }
      for rule in policy.rules {
        rule.forEachCondition { if case .nodes(let selector, _) = $0 { add(selector) } }
      }
    }
    let kinds = try DistinguishableKinds(of: selectors, namespaces: [], limit: limit).kinds
    var nodes = [ClusterNode(name: Self.ownNode, addresses: Array(addresses.nodes.prefix(1)))]
    for address in addresses.nodes {
      for kind in kinds {
        var labels: [String: String] = [:]
        for case (.label(let key), let value?) in kind.values { labels[key] = value }
        nodes.append(
          ClusterNode(name: "other\(nodes.count)", labels: Labels(labels), addresses: [address]))
      }
    }
    nodes += names.sorted().map { ClusterNode(name: $0, addresses: Array(addresses.nodes.prefix(1))) }
    self.nodes = nodes
  }
}
