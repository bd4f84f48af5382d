import Testing

@testable import Review

@Suite("Bundled diagram")
struct BundledDiagramTests {
  @Test("expanding returns every distinct edge exactly once", arguments: DiagramSamples.varied)
  func expandingIsTheInverse(diagram: Diagram) {
    let bundled = diagram.bundled()
    let expanded = bundled.expandedEdges()
    #expect(Set(expanded) == Set(diagram.edges))
    #expect(expanded.count == Set(diagram.edges).count)
    for edge in bundled.edges {
      #expect(bundled.expanded(edge).count == edge.count)
    }
  }

  @Test("an open cluster is a loop and two edges to the internet")
  func openCluster() {
    let bundled = DiagramSamples.open(workloads: 30, groups: 3).bundled()
    #expect(bundled.edges.count == 3)
    #expect(bundled.bundles.filter { $0.extent == .alike }.count == 3)
    #expect(bundled.bundles.filter { $0.extent == .cluster }.count == 1)
  }

  @Test("workloads that nothing reaches do not undo the bundling of the others")
  func openClusterWithHoles() {
    let bundled = DiagramSamples.open(workloads: 30, groups: 3, isolated: 2).bundled()
    #expect(bundled.edges.count < 10)
  }

  @Test("one source that reaches a whole namespace has one edge")
  func wholeNamespace() throws {
    var nodes = (0..<4).map { DiagramSamples.node("shop", "s\($0)") }
    nodes += [DiagramSamples.node("monitoring", "prometheus"), DiagramSamples.node("web", "frontend")]
    var edges = (0..<4).map { DiagramSamples.edge(4, $0, "TCP 9100") }
    edges += [
      DiagramSamples.edge(0, 1, "TCP 80"), DiagramSamples.edge(1, 2, "TCP 80"),
      DiagramSamples.edge(2, 3, "TCP 81"),
    ]
    let bundled = Diagram(title: "", nodes: nodes, edges: edges).bundled()
    let edge = try #require(bundled.edges.first { $0.label == "TCP 9100" })
    #expect(bundled.members(of: edge.destination) == [0, 1, 2, 3])
    #expect(bundled.edges.count == 4)
  }

  @Test("the order of the edges does not matter")
  func orderOfEdges() {
    let diagram = DiagramSamples.random(seed: 3, nodes: 20, edges: 120, groups: 3)
    let reversed = Diagram(title: diagram.title, nodes: diagram.nodes, edges: diagram.edges.reversed())
    #expect(diagram.bundled().edges == reversed.bundled().edges)
    #expect(diagram.svg() == reversed.svg())
  }
}
