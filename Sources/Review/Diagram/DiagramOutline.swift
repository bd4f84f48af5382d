/// A bundled diagram as text formats need it: what there is in each namespace, then the edges by id.
struct DiagramOutline {
  enum Look { case workload, hostNetwork, external, hub }

  struct Entry {
    var id: String
    var lines: [String]
    var look: Look
  }

  struct Edge {
    var source: String
    var destination: String
    var label: String
    var isUndefined: Bool
  }

  /// The names of the namespaces, sorted.
  let groups: [String]
  private(set) var edges: [Edge] = []
  let leftOutCount: Int
  /// Starts no node's id, so that a hub is never taken for a node.
  private let hubPrefix: String
  private var byGroup: [String?: [Entry]] = [:]

  init(_ bundled: BundledDiagram) {
    let nodes = bundled.diagram.nodes
    groups = Set(nodes.compactMap(\.group)).sorted()
    leftOutCount = bundled.invalidEdgeCount
    var prefix = "bundle"
    while nodes.contains(where: { $0.id.hasPrefix(prefix) }) { prefix += "_" }
    hubPrefix = prefix
    let order = nodes.indices.sorted { (nodes[$0].id, $0) < (nodes[$1].id, $1) }
    for index in order {
      let node = nodes[index]
      let look: Look =
        switch node.kind {
        case .workload: .workload
        case .hostNetwork: .hostNetwork
        case .external: .external
        }
      let isolation = [node.isolatedIngress ? "ingress" : nil, node.isolatedEgress ? "egress" : nil]
        .compactMap(\.self)
      let mark = isolation.isEmpty ? "" : "isolated: " + isolation.joined(separator: ", ")
      byGroup[node.group, default: []].append(
        Entry(id: node.id, lines: [node.name, node.detail, mark].filter { !$0.isEmpty }, look: look))
    }
    let ends = Set(bundled.edges.flatMap { [$0.source, $0.destination] })
    for (index, bundle) in bundled.bundles.enumerated() {
      var lines = [bundled.title(of: bundle)]
      if bundle.extent == .alike { lines += names(of: bundle, in: bundled.diagram) }
      // Nodes that nothing tells apart because they have no edges at all need no hub.
      guard ends.contains(.bundle(index)) else { continue }
      byGroup[bundle.group, default: []].append(Entry(id: id(ofBundle: index), lines: lines, look: .hub))
    }
    for edge in bundled.edges {
      edges.append(
        Edge(
          source: id(of: edge.source, in: bundled.diagram),
          destination: id(of: edge.destination, in: bundled.diagram),
          label: edge.label, isUndefined: edge.isUndefined))
    }
  }

  func entries(in group: String?) -> [Entry] { byGroup[group] ?? [] }

  /// The ids of all entries, in the order in which they are written.
  var allIDs: [String] {
    (entries(in: nil) + groups.flatMap { entries(in: $0) }).map(\.id)
  }

  /// All names, some on each line: nothing else in a text format says who the members are.
  private func names(of bundle: BundledDiagram.Bundle, in diagram: Diagram) -> [String] {
    stride(from: 0, to: bundle.members.count, by: 6).map { start in
      bundle.members[start...].prefix(6).map { diagram.nodes[$0].name }.joined(separator: ", ")
    }
  }

  private func id(of endpoint: BundledDiagram.Endpoint, in diagram: Diagram) -> String {
    switch endpoint {
    case .node(let node): diagram.nodes[node].id
    case .bundle(let bundle): id(ofBundle: bundle)
    }
  }

  private func id(ofBundle bundle: Int) -> String { "\(hubPrefix) \(bundle)" }
}
