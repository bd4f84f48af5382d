import Foundation
import Testing

@testable import Review

@Suite("DOT and Mermaid")
struct DiagramTextFormatTests {
  @Test("dot has a cluster per namespace and an edge per bundled edge", arguments: DiagramSamples.varied)
  func dotContents(diagram: Diagram) {
    let text = diagram.dot()
    let groupCount = Set(diagram.nodes.compactMap(\.group)).count
    #expect(text.components(separatedBy: "subgraph \"cluster_").count - 1 == groupCount)
    #expect(text.components(separatedBy: "\" -> \"").count - 1 == diagram.bundled().edges.count)
    for node in diagram.nodes { #expect(text.contains("\"\(node.id)\" [label=\"\(node.name)")) }
    #expect(text == diagram.dot())
  }

  @Test("dot writes ids, labels and styles")
  func dotLines() {
    let text = DiagramSamples.shop.dot()
    #expect(text.contains("  \"shop/cart\" -> \"data/redis\" [label=\"TCP 6379\"];\n"))
    #expect(text.contains("\"shop/checkout\" -> \"/internet\" [label=\"UDP 53\", style=dashed];"))
    #expect(text.contains("\"shop/cart\" [label=\"cart\\nDeployment\\nisolated: ingress\"];"))
  }

  @Test("dot escapes quotes and backslashes")
  func dotEscaping() {
    let nodes = [DiagramSamples.node("a\"b", "c\\d\"")]
    #expect(Diagram(title: "\"", nodes: nodes, edges: []).dot().contains("label=\"c\\\\d\\\""))
  }

  @Test("mermaid has a subgraph per namespace and an edge per bundled edge", arguments: DiagramSamples.varied)
  func mermaidContents(diagram: Diagram) {
    let lines = diagram.mermaid().split(separator: "\n")
    #expect(lines.first == "flowchart LR")
    let groupCount = Set(diagram.nodes.compactMap(\.group)).count
    #expect(lines.filter { $0.hasPrefix("  subgraph g") }.count == groupCount)
    #expect(lines.filter { $0.contains("-->") || $0.contains("-.->") }.count == diagram.bundled().edges.count)
    #expect(diagram.mermaid() == diagram.mermaid())
  }

  @Test("mermaid escapes what it takes for syntax")
  func mermaidEscaping() {
    let nodes = [DiagramSamples.node("x]", "end\"|<b>"), DiagramSamples.node("x]", "y")]
    let text = Diagram(title: "t", nodes: nodes, edges: [DiagramSamples.edge(0, 1, "a|b")]).mermaid()
    #expect(text.contains("n0[\"end#34;#124;#60;b#62;<br/>Deployment\"]"))
    #expect(text.contains("subgraph g0[\"x#93;\"]"))
    #expect(text.contains("n0 -->|\"a#124;b\"| n1"))
  }

  @Test("what stands for many nodes is named")
  func hubs() {
    let diagram = DiagramSamples.open(workloads: 30, groups: 3, isolated: 2)
    #expect(diagram.dot().contains("9 with the same connections\\nservice-3, service-6, "))
    #expect(diagram.mermaid().contains(":::hub"))
  }
}
