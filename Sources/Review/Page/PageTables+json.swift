internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension PageTables {
  /// Writes the tables as JSON for a `script` element: `<` is escaped, so that no name can end the element.
  ///
  /// Documented in Output.md, as other programs may read it.
  func writeJSON(_ frame: PageFrame, to output: Output) {
    func list<Values: Sequence>(_ values: Values, _ text: (Values.Element) -> String) -> String {
      "[" + values.map(text).joined(separator: ",") + "]"
    }
    func member(_ name: String, _ text: String) { output.write(",\n\"\(name)\":\(text)") }
    let quoted = { (text: String) in JSONText.embedded(text) }
    output.write(
      "{\"apiVersion\":\"merlon.dev/v1\",\"kind\":\"ConnectivityPage\",\"profile\":\(quoted(frame.profile))")
    member("explain", list(frame.explainCommand, quoted))
    member("states", list(frame.states, quoted))
    member("placement", quoted("\(Wording.placement)"))
    member("connections", "\(connectionCount)")
    member("namespaces", list(namespaces, quoted))
    member(
      "ends",
      list(ends) { end in
        "[\(quoted(end.name)),\(quoted(end.label)),\(end.namespace ?? -1),\(quoted(end.kind)),\(quoted(end.isolation)),\(end.canBeExplained ? 1 : 0)]"
      })
    member("inside", "\(insideCount)")
    member("sources", list(sources, String.init))
    member("destinations", list(destinations, String.init))
    member("traffic", list(traffic.sets.values) { quoted(PageTraffic.text($0)) })
    member("ports", list(traffic.sets.values) { Self.ranges($0) })
    member(
      "flows",
      list(flows.values) {
        "[\($0.state.rawValue),\($0.allowed),\($0.undefined),\($0.denied),\($0.rest),\($0.dependsOnPlacement ? 1 : 0),\(list($0.within, String.init))]"
      })
    member("lines", list(reasons.lines.values, quoted))
    member(
      "reasons",
      list(reasons.parts) { parts in
        list(parts) { "[\(quoted($0.outcome.rawValue)),\($0.traffic),\($0.line)]" }
      })
    for (name, rows) in [("flow", flowRows), ("egress", egressRows), ("ingress", ingressRows)] {
      member("\(name)Lines", list(rows.lines, String.init))
      output.write(",\n\"\(name)Rows\":[")
      for (index, row) in rows.rows.values.enumerated() {
        output.write((index == 0 ? "" : ",\n") + list(row, String.init))
      }
      output.write("]")
    }
    member(
      "outsideRows", list(outsideRows) { "[\($0.source),\($0.destination),\($0.allowed),\($0.undefined)]" })
    output.write("}\n")
  }

  /// `[["tcp",80,80]]`, for those who look for a port.
  private static func ranges(_ traffic: TrafficSet) -> String {
    let ranges = TransportProtocol.allCases.flatMap { transport in
      traffic[transport].ranges.map {
        "[\"\(transport.name.lowercased())\",\($0.lowerBound),\($0.upperBound)]"
      }
    }
    return "[" + ranges.joined(separator: ",") + "]"
  }
}

extension JSONText {
  /// With quotes, for a `script` element of HTML: nothing in it ends the element or opens a comment.
  static func embedded(_ text: String) -> String {
    var escaped = ""
    for scalar in quoted(text).unicodeScalars {
      switch scalar {
      case "<": escaped += "\\u003c"
      case _ where scalar.isBidiControl: escaped += "\\" + scalar.visible
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
