import Foundation
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

/// The tables of a page, read back from its HTML. Shares nothing with the writer or with the page's script.
struct PrintedPage {
  struct Flow {
    let state: Int
    let allowed: TrafficSet
    let undefined: TrafficSet
    let dependsOnPlacement: Bool
    let within: [String]
    let denied: TrafficSet
  }

  struct Part {
    let outcome: String
    /// Nil for all that is in no other part.
    let traffic: TrafficSet?
    let line: String
  }

  let text: String
  let sources: [String]
  let destinations: [String]
  /// By source and destination.
  let flows: [[Flow]]
  /// By source and destination; none where pairs have no reasons.
  let egress: [[[Part]]]
  /// By destination and source.
  let ingress: [[[Part]]]
  let connections: Int
  private let insideCount: Int
  private let sourceNumbers: [Int]
  private let destinationNumbers: [Int]
  private let outsideRows: [(row: [Int], source: String, destination: String)]
  private let traffic: [TrafficSet]

  init(_ text: String) throws {
    self.text = text
    let start = try #require(text.range(of: "<script type=\"application/json\" id=\"tables\">\n"))
    let end = try #require(text.range(of: "</script>", range: start.upperBound..<text.endIndex))
    let json = text[start.upperBound..<end.lowerBound]
    let root = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    func numbers(_ name: String) throws -> [Int] { try #require(root[name] as? [Int], "\(name)") }
    let names = try #require(root["ends"] as? [[Any]]).map { $0[0] as? String ?? "" }
    let traffic = try #require(root["traffic"] as? [String]).map {
      try PrintedRows.traffic($0 == "all ports" ? "all" : $0)
    }
    self.traffic = traffic
    let ports = try #require(root["ports"] as? [[[Any]]])
    #expect(try ports.map { try Self.traffic($0) } == traffic)
    insideCount = try #require(root["inside"] as? Int)
    connections = try #require(root["connections"] as? Int)
    sourceNumbers = try numbers("sources")
    destinationNumbers = try numbers("destinations")
    sources = sourceNumbers.map { names[$0] }
    destinations = destinationNumbers.map { names[$0] }
    func set(_ number: Int) -> TrafficSet { number < 0 ? .none : traffic[number] }
    let known = try #require(root["flows"] as? [[Any]]).map { flow in
      Flow(
        state: try #require(flow[0] as? Int), allowed: set(try #require(flow[1] as? Int)),
        undefined: set(try #require(flow[2] as? Int)), dependsOnPlacement: flow[5] as? Int == 1,
        within: (flow[6] as? [Int] ?? []).map { names[$0] }, denied: set(try #require(flow[3] as? Int)))
    }
    let lines = try #require(root["lines"] as? [String])
    let reasons = try #require(root["reasons"] as? [[[Any]]]).map { parts in
      try parts.map { part in
        let number = try #require(part[1] as? Int)
        return Part(
          outcome: try #require(part[0] as? String), traffic: number < 0 ? nil : traffic[number],
          line: lines[try #require(part[2] as? Int)])
      }
    }
    func layer(_ name: String) throws -> [[Int]] {
      let rows = try #require(root["\(name)Rows"] as? [[Int]]).map { runs in
        stride(from: 0, to: runs.count, by: 2).flatMap { Array(repeating: runs[$0], count: runs[$0 + 1]) }
      }
      return try numbers("\(name)Lines").map { rows[$0] }
    }
    flows = try layer("flow").map { $0.map { known[$0] } }
    egress = try layer("egress").map { $0.map { reasons[$0] } }
    ingress = try layer("ingress").map { $0.map { reasons[$0] } }
    outsideRows = try #require(root["outsideRows"] as? [[Int]]).map { ($0, names[$0[0]], names[$0[1]]) }
    #expect(flows.count == sources.count && flows.allSatisfy { $0.count == destinations.count })
    if !egress.isEmpty {
      #expect(egress.count == sources.count && egress.allSatisfy { $0.count == destinations.count })
      #expect(ingress.count == destinations.count && ingress.allSatisfy { $0.count == sources.count })
    }
  }

  private static func traffic(_ ranges: [[Any]]) throws -> TrafficSet {
    try ranges.reduce(TrafficSet.none) { whole, range in
      let transport = try #require((range[0] as? String).flatMap { TransportProtocol(name: $0.uppercased()) })
      let (low, high) = (try #require(range[1] as? Int), try #require(range[2] as? Int))
      return whole.union(TrafficSet(transport, PortSet(UInt16(low)...UInt16(high))))
    }
  }

  /// The rows that the page's list has, in its order.
  var rows: [PrintedRow] {
    var found: [PrintedRow] = []
    func add(_ source: String, _ destination: String, _ allowed: TrafficSet, _ undefined: TrafficSet) {
      for (traffic, isUndefined) in [(allowed, false), (undefined, true)] where !traffic.isEmpty {
        found.append(
          PrintedRow(source: source, destination: destination, isUndefined: isUndefined, traffic: traffic))
      }
    }
    func add(_ row: (row: [Int], source: String, destination: String)) {
      add(
        row.source, row.destination, row.row[2] < 0 ? .none : traffic[row.row[2]],
        row.row[3] < 0 ? .none : traffic[row.row[3]])
    }
    for (row, source) in sourceNumbers.enumerated() where source < insideCount {
      for (column, destination) in destinationNumbers.enumerated() where destination < insideCount {
        let flow = flows[row][column]
        add(sources[row], destinations[column], flow.allowed, flow.undefined)
      }
      for row in outsideRows where row.row[0] == source { add(row) }
    }
    for row in outsideRows where row.row[0] >= insideCount { add(row) }
    return found
  }
}

extension PrintedRows {
  static func html(_ text: String) throws -> [PrintedRow] {
    let page = try PrintedPage(text)
    #expect(page.connections == page.rows.count)
    return page.rows
  }
}
