extension Diagram {
  /// The diagram for Mermaid: a subgraph for each namespace, edges labelled with their ports.
  ///
  /// It holds the bundled form, as Mermaid refuses more than 500 edges unless its `maxEdges` is raised;
  /// no edge is left out, so a large graph that bundling cannot shrink is for `svg()`. A dashed node
  /// stands for all the nodes that it names. Node ids are numbered, since names may hold syntax.
  package func mermaid() -> String {
    let outline = DiagramOutline(bundled())
    var numbers: [String: Int] = [:]
    for id in outline.allIDs { numbers[id] = numbers.count }
    func name(_ id: String) -> String { "n\(numbers[id] ?? 0)" }
    func node(_ entry: DiagramOutline.Entry) -> String {
      let text = "\"" + entry.lines.map(escaped).joined(separator: "<br/>") + "\""
      let id = name(entry.id)
      return switch entry.look {
      case .workload: "\(id)[\(text)]"
      case .hostNetwork: "\(id)[[\(text)]]"
      case .external: "\(id)([\(text)])"
      case .hub: "\(id)[\(text)]:::hub"
      }
    }

    var lines = ["flowchart LR", "  accTitle: \(escaped(title))"]
    lines += outline.entries(in: nil).map { "  " + node($0) }
    for (index, group) in outline.groups.enumerated() {
      lines.append("  subgraph g\(index)[\"\(escaped(group))\"]")
      lines += outline.entries(in: group).map { "    " + node($0) }
      lines.append("  end")
    }
    for edge in outline.edges {
      let arrow = edge.isUndefined ? "-.->" : "-->"
      let label = edge.label.isEmpty ? "" : "|\"\(escaped(edge.label))\"|"
      lines.append("  \(name(edge.source)) \(arrow)\(label) \(name(edge.destination))")
    }
    if outline.leftOutCount > 0 {
      lines.append(
        "  %% \(outline.leftOutCount) connections are left out: they name a node that is not there.")
    }
    return (lines + ["  classDef hub stroke-dasharray: 5 3", ""]).joined(separator: "\n")
  }

  /// Mermaid's own entity syntax, for everything that could end a label or be taken for HTML.
  private func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"", "<", ">", "&", "#", ";", "`", "|", "\\", "[", "]", "{", "}": result += "#\(scalar.value);"
      case "\0"..<" ": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
