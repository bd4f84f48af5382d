internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension DiffReport {
  /// A picture of what changed, and of nothing else.
  package var diagram: Diagram {
    var nodes: [Diagram.Node] = []
    var places: [String: Int] = [:]
    func place(_ name: String, _ end: DiffEnd) -> Int {
      if let known = places[name] { return known }
      places[name] = nodes.count
      nodes.append(Self.node(name, end))
      return nodes.count - 1
    }
    var edges: [Diagram.Edge] = []
    for row in rows {
      let (from, to) = (place(row.source, row.sourceEnd), place(row.destination, row.destinationEnd))
      for part in row.traffic.parts {
        edges.append(
          Diagram.Edge(
            source: from, destination: to,
            label: (part.opens ? DiagramChange.opened : .closed).label(part.text),
            isUndefined: part.to == .undefined))
      }
    }
    return Diagram(title: summary, nodes: nodes, edges: edges)
  }

  private static func node(_ name: String, _ end: DiffEnd) -> Diagram.Node {
    switch end {
    case .unit(let namespace, let kind, let own, _):
      Diagram.Node(id: name, name: own, detail: kind, group: namespace)
    case .addresses, .name: Diagram.Node(id: name, name: name, detail: "outside the input", kind: .external)
    }
  }
}
