internal import Kubernetes
internal import PolicyModel

extension CompiledPolicies {
  /// What may flow between two units, over all their facets. The general case of ``ConnectivityWalk``.
  func connection(_ source: ConnectivityUnit, _ destination: ConnectivityUnit) -> TrafficPair {
    let sources = classes[Int(source.endpointClass)].facets.map(Int.init)
    let destinations = classes[Int(destination.endpointClass)].facets.map(Int.init)
    var meetings: [Meeting: [(Int, Int)]] = [:]
    for a in sources {
      for b in destinations {
        if let meeting = Meeting(facets[a], facets[b]) { meetings[meeting, default: []].append((a, b)) }
      }
    }
    var whole: TrafficPair?
    for pairs in meetings.values {
      if pairs.allSatisfy({ facets[$0.0].cannotMeet(facets[$0.1]) }) {
        whole = whole?.either(.none) ?? .some(.none)
        continue
      }
      let sameFamily = pairs.filter { a, b in
        guard let left = facets[a].family, let right = facets[b].family else { return true }
        return left == right
      }
      for (a, b) in sameFamily.isEmpty ? pairs : sameFamily {
        let traffic = connection(a, b, source, destination)
        whole = whole?.either(traffic) ?? traffic
      }
    }
    return whole ?? .none
  }

  /// What two units are where they meet, but for their addresses and port names. Addresses of one family meet, or all
  /// when the units have none in common.
  private struct Meeting: Hashable {
    let reading: EngineProfile.HostNetworkReading?
    let sourceNode: Facet.Node?
    let destinationNode: Facet.Node?

    /// Nil when the two stand for different readings.
    init?(_ source: Facet, _ destination: Facet) {
      if let own = source.reading, let other = destination.reading, own != other { return nil }
      reading = source.reading ?? destination.reading
      sourceNode = source.node
      destinationNode = destination.node
    }
  }

  /// Between two facets, over the ways their units may be placed on nodes.
  private func connection(
    _ a: Int, _ b: Int, _ source: ConnectivityUnit, _ destination: ConnectivityUnit
  ) -> TrafficPair {
    let apart = flow(egressRow.apart[a], to: b).intersection(flow(ingressRow.apart[b], to: a))
    let fromNode = facets[a].isNode && facets[b].isPoliced
    let toNode = facets[b].isNode && facets[a].isPoliced
    let seesPlacement =
      (facets[a].isNode || facets[b].isNode)
      && (egressRow.apart[a] != egressRow.onSameNode[a] || ingressRow.apart[b] != ingressRow.onSameNode[b])
    guard fromNode || toNode || seesPlacement else { return apart }
    let seesOwnPods = profile.ownPodReading == .policed
    let egress = fromNode && !seesOwnPods ? .all : flow(egressRow.onSameNode[a], to: b)
    let ingress = toNode && !seesOwnPods ? .all : flow(ingressRow.onSameNode[b], to: a)
    var onSameNode = egress.intersection(ingress)
    if fromNode {
      onSameNode = egress.intersection(
        profile.probeReading == .exempt ? .all : notDenied(ingressRow.onSameNode[b], from: a))
    }
    if toNode {
      let exempt = flow(egressRow.exemptOnSameNode[a], to: b).intersection(ingress)
      let readings = profile.egressToOwnNodeReadings.map { $0 == .exempt ? exempt : onSameNode }
      onSameNode = readings.dropFirst().reduce(readings.first ?? onSameNode) { $0.either($1) }
    }
    switch sharesNode(nodes(of: a, source), nodes(of: b, destination)) {
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
    notDenied(in: rows[Int(row)].group(of: facet))
  }

  /// All that no rule of a group denies.
  func notDenied(in group: Row.Group?) -> TrafficPair {
    guard let group else { return .all }
    let denied = group.denials.reduce(TrafficPair.none) { $0.union(table[$1.traffic]) }
    return TrafficPair(
      certain: TrafficSet.all.subtracting(denied.possible),
      possible: TrafficSet.all.subtracting(denied.certain))
  }

  /// The nodes that a unit runs on where it has a facet; nil when they are not known.
  private func nodes(of facet: Int, _ unit: ConnectivityUnit) -> Set<Int>? {
    switch facets[facet].node {
    case .known(let node): [Int(node)]
    case .unlisted: []
    case nil: unit.nodes
    }
  }

  /// Whether two units run on one node: always, never, or it depends. Nodes that are not known may be any; none at
  /// all are one that is not in the input.
  private func sharesNode(_ left: Set<Int>?, _ right: Set<Int>?) -> Bool? {
    guard let left, let right else { return nil }
    if left.isEmpty && right.isEmpty { return nil }
    if left.isDisjoint(with: right) { return false }
    return left.count == 1 && right.count == 1 ? true : nil
  }
}
