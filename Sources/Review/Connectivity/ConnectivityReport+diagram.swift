internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension ConnectivityReport {
  /// The picture of the rows.
  package func diagram(title: String, grouping: ConnectivityGrouping) -> Diagram {
    switch grouping {
    case .workload: workloadDiagram(title: title)
    case .namespace: namespaceDiagram(title: title)
    }
  }

  private func workloadDiagram(title: String) -> Diagram {
    var nodes: [Diagram.Node] = []
    var places: [Int: Int] = [:]
    let shown = shownUnits()
    for number in units.indices where shown[number] {
      let unit = units[number]
      places[number] = nodes.count
      nodes.append(
        Diagram.Node(
          id: names[number], name: unit.name, detail: unit.kind,
          group: cluster.world.namespaces[unit.namespace].name,
          kind: unit.hostNetwork ? .hostNetwork : .workload, isolatedIngress: unit.isIngressIsolated,
          isolatedEgress: unit.isEgressIsolated))
    }
    let walk = makeWalk()
    var outside: [ConnectivityWalk.Outside.End: Int] = [:]
    var edges: [Diagram.Edge] = []
    func place(of end: ConnectivityWalk.Outside.End) -> Int {
      if let known = outside[end] { return known }
      outside[end] = nodes.count
      let name = text(of: end, walk)
      let isNamed = if case .name = end { true } else { false }
      nodes.append(
        Diagram.Node(
          id: "\(isNamed ? "name" : "addresses") \(name)", name: name, detail: "outside the input",
          kind: .external))
      return nodes.count - 1
    }
    func add(_ from: Int?, _ to: Int?, _ id: ConnectivityWalk.ConnectionID) {
      guard let from, let to else { return }
      let (allowed, undefined) = filter.visible(walk, id)
      edges += Self.edges(from, to, allowed: allowed, undefined: undefined)
    }
    forEachRow(walk) { source, destinations in
      for found in destinations { add(places[source], places[Int(found.unit)], found.connection) }
    } outside: { unit, direction, found in
      let end = place(of: found.end)
      direction == .egress
        ? add(places[unit], end, found.connection) : add(end, places[unit], found.connection)
    }
    return Diagram(title: title, nodes: nodes, edges: edges)
  }

  /// All units, or with a filter those that it lets through at one end.
  private func shownUnits() -> [Bool] {
    let isFiltered = filter.namespace != nil || filter.source != nil || filter.destination != nil
    if !isFiltered { return units.map { _ in true } }
    var shown = units.map { _ in false }
    forEachRow(makeWalk()) { source, destinations in
      if !destinations.isEmpty { shown[source] = true }
      for found in destinations { shown[Int(found.unit)] = true }
    } outside: { unit, _, _ in
      shown[unit] = true
    }
    return shown
  }

  private func namespaceDiagram(title: String) -> Diagram {
    var nodes: [Diagram.Node] = []
    var places: [String: Int] = [:]
    let namespaces = Set(units.map { cluster.world.namespaces[$0.namespace].name })
    func place(_ name: String) -> Int {
      if let known = places[name] { return known }
      places[name] = nodes.count
      let isNamespace = namespaces.contains(name)
      nodes.append(
        Diagram.Node(
          id: name, name: name, detail: isNamespace ? "Namespace" : "outside the input",
          kind: isNamespace ? .workload : .external))
      return nodes.count - 1
    }
    let edges = namespaceRows().flatMap { row -> [Diagram.Edge] in
      Self.edges(place(row.source), place(row.destination), allowed: row.allowed, undefined: row.undefined)
    }
    return Diagram(title: title, nodes: nodes, edges: edges)
  }

  private static func edges(
    _ from: Int, _ to: Int, allowed: TrafficSet, undefined: TrafficSet
  ) -> [Diagram.Edge] {
    [(allowed, false), (undefined, true)].filter { !$0.0.isEmpty }.map {
      Diagram.Edge(
        source: from, destination: to, label: $0.0 == .all ? "all ports" : $0.0.description, isUndefined: $0.1
      )
    }
  }
}
