extension Diagram {
  /// A self-contained picture: workloads boxed by namespace, edges labelled with their ports.
  ///
  /// It draws the bundled form, so an edge may lead to a dashed box that stands for several workloads.
  /// At most 1,500 edges are drawn, those that stand for most connections first; the picture says how
  /// many connections it leaves out. The same diagram gives the same bytes.
  package func svg() -> String {
    Schematic(bundled()).svg()
  }
}

extension Schematic {
  func svg() -> String {
    let legend = legendLines()
    // Wide enough for the longest line of the legend.
    let headline = TextMeasure.width(of: summary + leftOutNotice, size: 12) + 2 * Size.margin
    let width = max(width, 760, headline)
    let bottom = height + 8
    let total = bottom + legend.count * 18 + Size.margin
    let title = XMLText(bundled.diagram.title)
    let shownTitle = TextMeasure.fit(bundled.diagram.title, width: width - 2 * Size.margin, size: 20)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(total)\" width=\"\(width)\" height=\"\(total)\""
        + " role=\"img\" aria-labelledby=\"title desc\">",
      "<title id=\"title\">\(title)</title>",
      "<desc id=\"desc\">\(XMLText(summary + leftOutNotice))</desc>",
      "<style>\n\(DiagramStyle.sheet())</style>",
      "<rect class=\"ground\" width=\"\(width)\" height=\"\(total)\"/>",
      "<text class=\"title\" x=\"24\" y=\"32\">\(XMLText(shownTitle))</text>",
      "<text class=\"small\" x=\"24\" y=\"50\">\(XMLText(summary))"
        + "<tspan class=\"notice\">\(XMLText(leftOutNotice))</tspan></text>",
    ]
    lines += blocks.indices.flatMap { drawGroup($0) }
    lines += edges.map { drawWire($0) }
    lines += items.indices.flatMap { drawItem($0) }
    lines += nets.indices.map { drawLabel(of: $0) }
    for (index, line) in legend.enumerated() {
      lines.append("<g transform=\"translate(24 \(bottom + index * 18))\">\(line)</g>")
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  /// One sentence for readers who do not see the picture, and a headline for those who do.
  var summary: String {
    let diagram = bundled.diagram
    let outside = diagram.nodes.filter { $0.group == nil }.count
    let namespaces = Set(diagram.nodes.compactMap(\.group)).count
    let connections = bundled.edges.reduce(bundled.invalidEdgeCount) { $0 + $1.count }
    let parts = [
      counted(diagram.nodes.count - outside, "workload") + " in " + counted(namespaces, "namespace"),
      outside > 0 ? "\(outside) outside" : nil,
      counted(connections, "connection") + (edges.count < connections ? ", drawn as \(edges.count)" : ""),
    ]
    return parts.compactMap(\.self).joined(separator: " · ")
  }

  private var leftOutNotice: String {
    guard leftOutCount > 0 else { return "" }
    let reason =
      leftOutCount > bundled.invalidEdgeCount ? "too many for a picture" : "an end is not in the diagram"
    return " · \(counted(leftOutCount, "connection")) not drawn: \(reason)"
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private func legendLines() -> [String] {
    func entry(_ mark: String, _ text: String) -> String {
      "\(mark)<text class=\"small\" x=\"32\" y=\"9\">\(XMLText(text))</text>"
    }
    let nodes = bundled.diagram.nodes
    var lines: [String] = []
    let box =
      "<g class=\"\(DiagramStyle.neutral)\"><rect class=\"box\" x=\"0\" y=\"0\" width=\"24\" height=\"12\" rx=\"3\"/></g>"
    if nodes.contains(where: { $0.kind != .external }) {
      lines.append(
        entry(
          box + guardBar(x: 2, y: 2, height: 8) + guardBar(x: 19, y: 2, height: 8),
          "A bar on the left: ingress is isolated. On the right: egress is isolated. No bar: open."))
    }
    if bundled.edges.contains(where: \.isUndefined) {
      lines.append(
        entry(
          "<g class=\"hx\"><path class=\"wire undefined\" d=\"M0 6H24\"/></g>",
          "The specification leaves open whether this is allowed."))
    }
    if bundled.edges.contains(where: { DiagramChange(label: $0.label) != nil }) {
      lines.append(
        entry(
          "<g class=\"edge hx opened\"><path class=\"wire\" d=\"M0 6H24\"/></g>",
          "With + and in green: may flow now and did not before. With − and in red: the other way round."))
    }
    if !bundled.bundles.isEmpty {
      lines.append(
        entry(
          "<g class=\"hx\"><rect class=\"box hub\" x=\"0\" y=\"0\" width=\"24\" height=\"12\" rx=\"3\"/></g>",
          "A dashed box stands for each workload that it names or contains; an edge to itself, for all pairs of them."
        ))
    }
    if edges.count > 0 {
      lines.append(
        entry(
          "<g class=\"hx\"><path class=\"wire\" d=\"M0 6H18\"/><path class=\"arrow\" d=\"M24 6l-7 -4v8z\"/></g>",
          "Allowed connection, in the colour of the namespace it leads to. A label belongs to every edge that ends behind it."
        ))
    }
    return lines
  }
}
