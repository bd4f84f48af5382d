internal import Kubernetes
internal import PolicyModel

extension CompiledPolicies {
  /// What may flow between two units, over all their facets. The general case of ``ConnectivityWalk``.
  func connection(_ source: ConnectivityUnit, _ destination: ConnectivityUnit) -> TrafficPair {
    let sources = classes[Int(source.endpointClass)].facets.map(Int.init)
    let destinations = classes[Int(destination.endpointClass)].facets.map(Int.init)
    let pairs = sources.flatMap { a in destinations.map { (a, $0) } }.filter { a, b in
      facets[a].reading == nil || facets[b].reading == nil || facets[a].reading == facets[b].reading
    }
    var whole: TrafficPair?
    for reading in Set(pairs.map { facets[$0.0].reading ?? facets[$0.1].reading }) {
      let here = pairs.filter { (facets[$0.0].reading ?? facets[$0.1].reading) == reading }
      let sameFamily = here.filter { a, b in
        guard let left = facets[a].family, let right = facets[b].family else { return true }
        return left == right
      }
      for (a, b) in sameFamily.isEmpty ? here : sameFamily {
        let traffic = connection(a, b, source, destination)
        whole = whole?.either(traffic) ?? traffic
      }
    }
    return whole ?? .none
  }

  /// Between two facets, over the ways their units may be placed on nodes.
  private func connection(
    _ a: Int, _ b: Int, _ source: ConnectivityUnit, _ destination: ConnectivityUnit
  ) -> TrafficPair {
    let egress = rows[Int(egressRow[a])].group(of: b).map { table[$0.traffic] } ?? .none
    let ingress = rows[Int(ingressRow[b])].group(of: a).map { table[$0.traffic] } ?? .none
    let onOtherNode = egress.intersection(ingress)
    let fromNode = facets[a].isNode && facets[b].isPoliced
    let toNode = facets[b].isNode && facets[a].isPoliced
    guard fromNode || toNode else { return onOtherNode }
    var onSameNode = fromNode ? egress : onOtherNode
    if toNode {
      let readings = profile.egressToOwnNodeReadings.map { $0 == .exempt ? ingress : onOtherNode }
      onSameNode = readings.dropFirst().reduce(readings.first ?? onOtherNode) { $0.either($1) }
    }
    switch sharesNode(source, destination) {
    case true?: return onSameNode
    case false?: return onOtherNode
    case nil: return onSameNode.either(onOtherNode)
    }
  }

  /// Whether two units run on one node: always, never, or it depends.
  private func sharesNode(_ a: ConnectivityUnit, _ b: ConnectivityUnit) -> Bool? {
    guard let left = a.nodes, let right = b.nodes else { return nil }
    if left.isDisjoint(with: right) { return false }
    return left.count == 1 && right.count == 1 ? true : nil
  }
}
