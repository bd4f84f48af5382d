/// The measurements as a table that grows line by line, because a run takes minutes.
struct ResultTable {
  private static let widths = [74, 16, 18, 7, 5, 12, 8]

  static let head =
    line(["work", "measured", "limit", "ratio", "", "peer*", "less"])
    + line(widths.map { String(repeating: "-", count: $0) })

  static let footnote = """
    ratio: measured by limit. less: how many times less than the peer.
    * the strongest existing analyser on a 2-core machine, as the issue quotes it: not measured in this run.

    """

  static func line(_ measurement: Measurement) -> String {
    let unit = measurement.unit.rawValue
    let limit =
      switch measurement.limit {
      case .atMost(let bound): "≤ \(bound.shortText) \(unit)"
      case .atLeast(let bound): "≥ \(bound.shortText) \(unit)"
      case nil: ""
      }
    return line([
      measurement.work, "\(measurement.value.shortText) \(unit)", limit, measurement.ratio?.shortText ?? "",
      measurement.limit == nil ? "" : measurement.isWithinLimit ? "ok" : "OVER",
      measurement.peer.map { "\($0.shortText) \(unit)" } ?? "",
      measurement.peer.map { "\(($0 / measurement.value).shortText) ×" } ?? "",
    ])
  }

  private static func line(_ cells: [String]) -> String {
    let padded = zip(cells, widths).enumerated().map { place, cell in
      let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.unicodeScalars.count))
      return place == 0 ? cell.0 + padding : padding + cell.0
    }
    return padded.joined(separator: "  ") + "\n"
  }
}
