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
    var outside: [AddressSet: Int] = [:]
    var texts = TrafficTexts(filter) { traffic, _ in traffic == .all ? "all ports" : traffic.description }
    var edges: [Diagram.Edge] = []
    func place(_ end: End) -> Int? {
      switch end {
      case .unit(let number): return places[number]
      case .addresses(let addresses):
        if let known = outside[addresses] { return known }
        outside[addresses] = nodes.count
        let name = addresses == .all ? "any address" : addresses.description
        nodes.append(Diagram.Node(id: "addresses \(name)", name: name, detail: "outside the input", kind: .external))
        return nodes.count - 1
      }
    }
    forEachRow { source, destination, id, walk in
      guard let from = place(source), let to = place(destination) else { return }
      let text = texts.text(id, walk)
      if !text.allowed.isEmpty {
        edges.append(.init(source: from, destination: to, label: String(decoding: text.allowed, as: UTF8.self)))
      }
      if !text.undefined.isEmpty {
        edges.append(
          .init(
            source: from, destination: to, label: String(decoding: text.undefined, as: UTF8.self),
            isUndefined: true))
      }
    }
    return Diagram(title: title, nodes: nodes, edges: edges)
  }

  /// All units, or with a filter those that it lets through at one end.
  private func shownUnits() -> [Bool] {
    let isFiltered = filter.namespace != nil || filter.source != nil || filter.destination != nil
    if !isFiltered { return units.map { _ in true } }
    var shown = units.map { _ in false }
    forEachRow { source, destination, _, _ in
      for case .unit(let number) in [source, destination] { shown[number] = true }
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
      let (from, to) = (place(row.source), place(row.destination))
      return [(row.allowed, false), (row.undefined, true)].filter { !$0.0.isEmpty }.map {
        .init(
          source: from, destination: to, label: $0.0 == .all ? "all ports" : $0.0.description, isUndefined: $0.1)
      }
    }
    return Diagram(title: title, nodes: nodes, edges: edges)
  }
}
