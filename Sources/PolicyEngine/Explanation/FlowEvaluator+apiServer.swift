internal import Kubernetes
internal import PolicyModel

/// An API server inside the cluster runs on a node, and nobody says which.
extension FlowEvaluator {
  /// What an API server may be at some addresses: one case, or where policies tell nodes apart one for each node that it
  /// may run on. O(nodes).
  func apiServers(isOutside: Bool, _ addresses: AddressSet, _ atoms: AddressAtoms) -> [EndCase] {
    var party = Party(
      isAddressAssumed: world.apiServerAddresses.isEmpty, entity: .apiServer, isOutside: isOutside,
      isNode: !isOutside)
    func server(_ addresses: AddressSet, _ assumption: Assumption? = nil) -> EndCase {
      EndCase(
        party: party, addresses: representatives(of: atoms, within: addresses),
        assumptions: assumption.map { [$0] } ?? [], isPod: false)
    }
    if isOutside || !index.looksAtNodes { return [server(addresses)] }
    var servers: [EndCase] = []
    var others = addresses
    for (number, node) in world.nodes.enumerated() {
      let own = AddressSet(unsorted: node.addresses.flatMap { AddressSet($0).intervals })
      let common =
        world.apiServerAddresses.isEmpty ? addresses : own.isEmpty ? addresses : own.intersection(addresses)
      others = others.subtracting(own)
      if common.isEmpty { continue }
      party.node = number
      servers.append(server(common, .apiServerNode(number)))
    }
    party.node = nil
    if others.isEmpty { return servers }
    party.isOnUnlistedNode = true
    for labels in nodeLabels {
      party.nodeLabels = labels
      servers.append(server(others, .apiServerNodeIsUnlisted(labels)))
    }
    return servers
  }

  /// Labels that a node may have which is not in the input: none, and such as each selector of nodes asks for.
  private var nodeLabels: [Labels] {
    var found: [Labels] = [.none]
    for expression in index.nodeExpressions {
      guard let example = expression.example, !found.contains(example) else { continue }
      found.append(example)
    }
    return found
  }
}

extension LabelExpression {
  /// Labels that meet it; nil when none are found.
  fileprivate var example: Labels? {
    var labels: [String: String] = [:]
    forEachRequirement { requirement in
      guard case .label(let key) = requirement.attribute else { return }
      switch requirement.test {
      case .isIn(let values): labels[key] = values.first
      case .exists: labels[key] = labels[key] ?? ""
      case .contains(let part), .startsWith(let part), .endsWith(let part): labels[key] = part
      case .isNotIn, .doesNotExist: break
      }
    }
    let example = Labels.none.setting(labels)
    return matches(example) ? example : nil
  }
}
