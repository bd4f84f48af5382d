import Foundation
import Testing

@testable import Review

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("SVG")
struct DiagramSVGTests {
  private func parse(_ text: String) throws -> XMLDocument {
    try XMLDocument(xmlString: text)
  }

  @Test("is well-formed and the same each time", arguments: DiagramSamples.varied)
  func wellFormed(diagram: Diagram) throws {
    let text = diagram.svg()
    let root = try #require(try parse(text).rootElement())
    #expect(root.name == "svg")
    #expect(root.attributes?.contains { $0.name == "role" && $0.stringValue == "img" } == true)
    #expect(text == diagram.svg())
  }

  @Test("has an edge with a tooltip for each bundled edge, and every name", arguments: DiagramSamples.varied)
  func contents(diagram: Diagram) {
    let text = diagram.svg()
    #expect(text.components(separatedBy: "<g class=\"edge ").count - 1 == diagram.bundled().edges.count)
    for node in diagram.nodes { #expect(text.contains(">\(node.name)</text>")) }
  }

  @Test("an edge says in its tooltip what it connects")
  func tooltip() {
    let text = DiagramSamples.shop.svg()
    #expect(text.contains("<title>shop/checkout → data/postgres: TCP 5432</title>"))
    #expect(text.contains("<title>shop/checkout → internet: UDP 53 (undefined)</title>"))
    #expect(text.contains("shop/cart (Deployment) · ingress isolated · egress open"))
  }

  @Test("names cannot break out of their element")
  func escaping() throws {
    let name = "a<b>&\"c\u{1}"
    let nodes = [DiagramSamples.node(name, name), DiagramSamples.node(name, "d")]
    let diagram = Diagram(title: name, nodes: nodes, edges: [DiagramSamples.edge(0, 1, name)])
    let text = diagram.svg()
    #expect(try parse(text).rootElement() != nil)
    #expect(text.contains("a&lt;b&gt;&amp;&quot;c\u{FFFD}"))
    #expect(!text.contains("<b>"))
  }

  @Test("an edge without ends is not drawn but counted")
  func invalidEdges() {
    let diagram = Diagram(
      title: "", nodes: [DiagramSamples.node("a", "b")], edges: [DiagramSamples.edge(0, 7, "TCP 1")])
    #expect(diagram.svg().contains("1 connection not drawn"))
  }

  @Test("follows the colour scheme of its reader")
  func colourScheme() {
    #expect(DiagramSamples.shop.svg().contains("@media (prefers-color-scheme: dark)"))
  }

  @Test("long names and labels are cut in the picture, but whole in the tooltip")
  func longNames() {
    let name = String(repeating: "very-long-", count: 25)
    let nodes = [DiagramSamples.node("a", name), DiagramSamples.node("a", "b")]
    let text = Diagram(title: "", nodes: nodes, edges: [DiagramSamples.edge(1, 0, name)]).svg()
    #expect(text.contains("<title>a/b → a/\(name): \(name)</title>"))
    #expect(!text.contains(">\(name)</text>"))
    #expect(text.contains("…ong-</text>"))
  }

  @Test("ten thousand workloads take seconds, not minutes", .timeLimit(.minutes(30)))
  func tenThousand() {
    let diagram = DiagramSamples.random(seed: 9, nodes: 10_000, edges: 30_000, groups: 150)
    #expect(diagram.svg().hasSuffix("</svg>\n"))
  }
}
