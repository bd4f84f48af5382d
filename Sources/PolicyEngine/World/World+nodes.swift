internal import Kubernetes
internal import PolicyModel

extension World {
  /// Addresses that the API server may have, with whether it is then outside the cluster. Both where nobody says; else it
  /// is inside where a node has the address, or nodes are known to have such addresses.
  var apiServerPlaces: [(isOutside: Bool, addresses: AddressSet)] {
    if apiServerAddresses.isEmpty {
      let ofNodes = assumedAddresses.isKnown(.node) ? assumedAddresses[.node] : outsideAddresses
      return [(true, outsideAddresses), (false, ofNodes)]
    }
    var ofNodes = AddressSet(unsorted: nodes.flatMap(\.addresses).flatMap { AddressSet($0).intervals })
    if assumedAddresses.isKnown(.node) { ofNodes = ofNodes.union(assumedAddresses[.node]) }
    return [
      (true, apiServerAddresses.subtracting(ofNodes)), (false, apiServerAddresses.intersection(ofNodes)),
    ].filter { !$1.isEmpty }
  }

  /// A node that a host-network pod may run on.
  enum NodeChoice {
    case known(Int)
    /// One that is not in the input, and has no labels that are known.
    case unlisted
    /// The input has no node, so nothing tells nodes apart.
    case unknown
  }

  /// The nodes that a host-network pod may run on: its own, or the one that has its address; else any of the input
  /// and others. O(nodes).
  func possibleNodes(of endpoint: Endpoint) -> [NodeChoice] {
    if let node = endpoint.node { return [.known(node)] }
    if nodes.isEmpty { return [.unknown] }
    if case .known(let addresses) = endpoint.addresses {
      let owner = nodes.firstIndex { !Set($0.addresses).isDisjoint(with: addresses) }
      return [owner.map { .known($0) } ?? .unlisted]
    }
    return nodes.indices.map { .known($0) } + [.unlisted]
  }

  /// A host-network pod sends with its node's addresses; its own status says them when the node does not.
  func addressesAsNode(_ endpoint: Endpoint, on node: Int?) -> [IPAddress] {
    if let node, !nodes[node].addresses.isEmpty { return nodes[node].addresses }
    if case .known(let addresses) = endpoint.addresses { return addresses }
    return []
  }
}
