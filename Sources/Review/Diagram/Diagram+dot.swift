extension Diagram {
  /// The diagram for Graphviz: a cluster for each namespace, edges labelled with their ports.
  ///
  /// It holds the bundled form, as a layout of every single edge of a dense graph cannot be read. A
  /// dashed node stands for all the nodes that it names. The same diagram gives the same bytes.
  package func dot() -> String {
    let outline = DiagramOutline(bundled())
    var lines = [
      "digraph \(quoted(title)) {",
      "  rankdir=LR; compound=true; fontname=\"sans-serif\"; label=\(quoted(title)); labelloc=t;",
      "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=12];",
      "  edge [fontname=\"sans-serif\", fontsize=10];",
    ]
    lines += outline.entries(in: nil).map { "  " + node($0) }
    for (index, group) in outline.groups.enumerated() {
      lines.append("  subgraph \"cluster_\(index)\" {")
      lines.append("    label=\(quoted(group)); style=rounded;")
      lines += outline.entries(in: group).map { "    " + node($0) }
      lines.append("  }")
    }
    for edge in outline.edges {
      let style = edge.isUndefined ? ", style=dashed" : ""
      lines.append(
        "  \(quoted(edge.source)) -> \(quoted(edge.destination)) [label=\(quoted(edge.label))\(style)];")
    }
    if outline.leftOutCount > 0 {
      lines.append(
        "  // \(outline.leftOutCount) connections are left out: they name a node that is not there.")
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  private func node(_ entry: DiagramOutline.Entry) -> String {
    let shape =
      switch entry.look {
      case .workload: ""
      case .hostNetwork: ", peripheries=2"
      case .external: ", shape=ellipse"
      case .hub: ", style=\"rounded,dashed\""
      }
    // Graphviz reads `\n` in a label as a line break, so the break joins the lines after they are quoted.
    let label = entry.lines.map(escaped).joined(separator: "\\n")
    return "\(quoted(entry.id)) [label=\"\(label)\"\(shape)];"
  }

  private func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\0"..<" ": result += " "
      default: result.append(character)
      }
    }
  }
}
