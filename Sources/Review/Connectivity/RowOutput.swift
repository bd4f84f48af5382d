internal import PolicyEngine
internal import PolicyModel

/// Writes the rows of a report. Millions of rows are made of few texts: each is made once and only copied afterwards.
struct RowOutput<Writer: RowWriter> {
  private(set) var hasRows = false
  private let report: ConnectivityReport
  private let walk: ConnectivityWalk
  private let writer: Writer
  private let output: Output
  private let separator: [UInt8]
  private let sources: TextPool
  private let destinations: TextPool
  private let outsideSources: OutsideTexts
  private let outsideDestinations: OutsideTexts
  private let explainer: RowExplainer?
  private var traffics: TrafficTexts

  /// - Parameter explains: adds the deciding rules to every row.
  init(
    _ report: ConnectivityReport, _ walk: ConnectivityWalk, _ writer: Writer, explains: Bool,
    to output: Output
  ) {
    self.report = report
    self.walk = walk
    self.writer = writer
    self.output = output
    separator = Array(writer.separator.utf8)
    sources = TextPool(report.names.lazy.map(writer.sourcePart))
    destinations = TextPool(report.names.lazy.map(writer.destinationPart))
    let outsideNames = OutsideTexts { report.text(of: $0, walk) }
    outsideSources = OutsideTexts { writer.sourcePart(outsideNames.text(of: $0)) }
    outsideDestinations = OutsideTexts { writer.destinationPart(outsideNames.text(of: $0)) }
    explainer = explains ? RowExplainer(report) : nil
    traffics = TrafficTexts(report.filter) {
      writer.trafficPart($0, isUndefined: $1) + (explains ? "" : writer.rowEnd)
    }
  }

  /// Writes the rows of one source.
  mutating func write(from source: Int, to found: [ConnectivityWalk.Destination]) {
    for row in found {
      let (destination, id) = (Int(row.unit), row.connection)
      let traffic = traffics.numbers(id, walk)
      if traffic.allowed >= 0 { write(source, destination, id, traffic.allowed, isUndefined: false) }
      if traffic.undefined >= 0 { write(source, destination, id, traffic.undefined, isUndefined: true) }
    }
  }

  @inline(__always)
  private mutating func write(
    _ source: Int, _ destination: Int, _ id: ConnectivityWalk.ConnectionID, _ traffic: Int, isUndefined: Bool
  ) {
    writeSeparator()
    sources.write(source, to: output)
    destinations.write(destination, to: output)
    traffics.pool.write(traffic, to: output)
    guard let explainer else { return }
    writeReasons(
      explainer.lines(
        .unit(report.units[source]), .unit(report.units[destination]), visible(id, isUndefined: isUndefined)))
  }

  /// Writes the rows between a unit and something outside, seen from the unit.
  mutating func write(_ unit: Int, _ direction: Direction, _ found: ConnectivityWalk.Outside) {
    let traffic = traffics.numbers(found.connection, walk)
    for (number, isUndefined) in [(traffic.allowed, false), (traffic.undefined, true)] where number >= 0 {
      writeSeparator()
      if direction == .egress { sources.write(unit, to: output) }
      output.write((direction == .egress ? outsideDestinations : outsideSources).text(of: found.end))
      if direction == .ingress { destinations.write(unit, to: output) }
      traffics.pool.write(number, to: output)
      guard let explainer else { continue }
      let part = visible(found.connection, isUndefined: isUndefined)
      let (own, other) = (CompiledPolicies.RowEnd.unit(report.units[unit]), report.rowEnd(found.end, walk))
      writeReasons(
        direction == .egress ? explainer.lines(own, other, part) : explainer.lines(other, own, part))
    }
  }

  private mutating func writeSeparator() {
    if hasRows { output.write(separator) }
    hasRows = true
  }

  private func visible(_ id: ConnectivityWalk.ConnectionID, isUndefined: Bool) -> TrafficSet {
    let (allowed, undefined) = report.filter.visible(walk, id)
    return isUndefined ? undefined : allowed
  }

  private func writeReasons(_ lines: [String]) {
    output.write(writer.explanationPart(lines) + writer.rowEnd)
  }
}

/// Texts for the outside ends of one walk, made once each.
final class OutsideTexts {
  private let make: (ConnectivityWalk.Outside.End) -> String
  private var texts: [ConnectivityWalk.Outside.End: String] = [:]

  init(_ make: @escaping (ConnectivityWalk.Outside.End) -> String) { self.make = make }

  func text(of end: ConnectivityWalk.Outside.End) -> String {
    if let known = texts[end] { return known }
    let text = make(end)
    texts[end] = text
    return text
  }
}
