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
    let apart = flow(egressRow.apart[a], to: b).intersection(flow(ingressRow.apart[b], to: a))
    let fromNode = facets[a].isNode && facets[b].isPoliced
    let toNode = facets[b].isNode && facets[a].isPoliced
    guard fromNode || toNode else { return apart }
    let seesOwnPods = profile.ownPodReading == .policed
    let egress = fromNode && !seesOwnPods ? .all : flow(egressRow.onSameNode[a], to: b)
    let ingress = toNode && !seesOwnPods ? .all : flow(ingressRow.onSameNode[b], to: a)
    var onSameNode = egress.intersection(ingress)
    if fromNode {
      onSameNode = egress.intersection(
        profile.probeReading == .exempt ? .all : notDenied(ingressRow.onSameNode[b], from: a))
    }
    if toNode {
      let exempt = flow(egressRow.strictOnSameNode[a], to: b).intersection(ingress)
      let readings = profile.egressToOwnNodeReadings.map { $0 == .exempt ? exempt : onSameNode }
      onSameNode = readings.dropFirst().reduce(readings.first ?? onSameNode) { $0.either($1) }
    }
    switch sharesNode(source, destination) {
    case true?: return onSameNode
    case false?: return apart
    case nil: return onSameNode.either(apart)
    }
  }

  private func flow(_ row: Int32, to facet: Int) -> TrafficPair {
    rows[Int(row)].group(of: facet).map { table[$0.traffic] } ?? .none
  }

  /// All that no rule denies.
  private func notDenied(_ row: Int32, from facet: Int) -> TrafficPair {
    guard let group = rows[Int(row)].group(of: facet) else { return .all }
    let denied = group.denials.reduce(TrafficPair.none) { $0.union(table[$1.traffic]) }
    return TrafficPair(
      certain: TrafficSet.all.subtracting(denied.possible),
      possible: TrafficSet.all.subtracting(denied.certain))
  }

  /// Whether two units run on one node: always, never, or it depends.
  private func sharesNode(_ a: ConnectivityUnit, _ b: ConnectivityUnit) -> Bool? {
    guard let left = a.nodes, let right = b.nodes else { return nil }
    if left.isDisjoint(with: right) { return false }
    return left.count == 1 && right.count == 1 ? true : nil
  }
}
