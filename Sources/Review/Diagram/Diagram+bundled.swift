extension Diagram {
  /// The same connections with as few edges as a reader needs.
  ///
  /// First, nodes of a namespace that no edge tells apart become one bundle. Then, for each label,
  /// complete sets of edges are replaced from the largest to the smallest: everything to everything,
  /// one end to the whole cluster, namespace to namespace, one end to a whole namespace. Each step
  /// takes only edges that no earlier step took, so `expandedEdges()` returns every edge once.
  package func bundled() -> BundledDiagram {
    let distinct = Set(edges)
    let valid = distinct.filter {
      nodes.indices.contains($0.source) && nodes.indices.contains($0.destination)
    }
    let kinds = Set(valid.map { EdgeKind(label: $0.label, isUndefined: $0.isUndefined) }).sorted()
    let number = Dictionary(kinds.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let links = valid.map {
      AlikeNodes.Link(
        kind: number[EdgeKind(label: $0.label, isUndefined: $0.isUndefined)] ?? 0, source: $0.source,
        destination: $0.destination)
    }
    let sorted = links.sorted()
    let classes = AlikeNodes(nodes: nodes, links: sorted, kindCount: max(1, kinds.count)).classes()
    var bundling = Bundling(nodes: nodes, classes: classes)
    var start = sorted.startIndex
    while start < sorted.endIndex {
      let kind = sorted[start].kind
      let end = sorted[start...].firstIndex { $0.kind != kind } ?? sorted.endIndex
      bundling.add(sorted[start..<end], label: kinds[kind].label, isUndefined: kinds[kind].isUndefined)
      start = end
    }
    return BundledDiagram(
      diagram: self, bundles: bundling.bundles, edges: bundling.edges,
      invalidEdgeCount: distinct.count - valid.count)
  }
}

private struct EdgeKind: Hashable, Comparable {
  var label: String
  var isUndefined: Bool

  static func < (left: EdgeKind, right: EdgeKind) -> Bool {
    (left.label, left.isUndefined ? 1 : 0) < (right.label, right.isUndefined ? 1 : 0)
  }
}
