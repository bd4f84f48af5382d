import Foundation
import PolicyModel
import Testing

@testable import Kubernetes

/// A row of a report, read back from what was printed.
struct PrintedRow: Hashable {
  let source: String
  let destination: String
  let isUndefined: Bool
  let traffic: TrafficSet
}

/// Readers of every text form, which share nothing with the writers.
enum PrintedRows {
  static func text(_ text: String) throws -> [PrintedRow] {
    try text.split(separator: "\n").filter { !$0.hasPrefix("    ") }.map { line in
      let ends = String(line).components(separatedBy: " -> ")
      try #require(ends.count == 2, "\(line)")
      let gap = try #require(ends[1].range(of: "  ", options: .backwards), "\(line)")
      return try row(
        ends[0].trimmingCharacters(in: .whitespaces),
        ends[1][..<gap.lowerBound].trimmingCharacters(in: .whitespaces),
        marked: String(ends[1][gap.upperBound...]))
    }
  }

  static func markdown(_ text: String) throws -> [PrintedRow] {
    let lines = text.split(separator: "\n")
    try #require(lines.prefix(2) == ["| source | destination | ports |", "| --- | --- | --- |"])
    return try lines.dropFirst(2).filter { !$0.hasPrefix("| | |") }.map { line in
      let cells = line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
      try #require(cells.count == 3, "\(line)")
      return try row(cells[0], cells[1], marked: cells[2])
    }
  }

  static func csv(_ text: String) throws -> [PrintedRow] {
    let records = csvRecords(text)
    try #require(records.first == ["source", "destination", "verdict", "ports"])
    return try records.dropFirst().map { record in
      try #require(record.count == 4, "\(record)")
      return PrintedRow(
        source: record[0], destination: record[1], isUndefined: record[2] == "undefined",
        traffic: try traffic(record[3]))
    }
  }

  static func json(_ text: String) throws -> [PrintedRow] {
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["apiVersion"] as? String == "merlon.dev/v1")
    let rows = try #require(document["rows"] as? [[String: Any]])
    return try rows.map { row in
      PrintedRow(
        source: try #require(row["source"] as? String),
        destination: try #require(row["destination"] as? String),
        isUndefined: row["verdict"] as? String == "undefined",
        traffic: try (row["ports"] as? [[String: Any]] ?? []).reduce(.none) { whole, entry in
          let first = entry["port"] as? Int
          return whole.union(
            try ports(try #require(entry["protocol"] as? String), first, entry["endPort"] as? Int ?? first))
        })
    }
  }

  static func yaml(_ text: String) throws -> [PrintedRow] {
    let root = try parseYAML(text)
    let rows = try #require(root["rows"])
    return try rows.elements.map { row in
      PrintedRow(
        source: try #require(row["source"]).text, destination: try #require(row["destination"]).text,
        isUndefined: row["verdict"]?.text == "undefined",
        traffic: try (row["ports"]?.elements ?? []).reduce(.none) { whole, entry in
          let first = entry["port"].flatMap { Int($0.text) }
          let last = entry["endPort"].flatMap { Int($0.text) } ?? first
          return whole.union(try ports(try #require(entry["protocol"]).text, first, last))
        })
    }
  }

  /// RFC 4180, with quotes.
  static func csvRecords(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var cell = ""
    var isQuoted = false
    func endCell() {
      record.append(cell)
      cell = ""
    }
    for character in text {
      switch character {
      case "\"":
        isQuoted.toggle()
        // The second quote of a pair stands for itself.
        if isQuoted, !cell.isEmpty { cell.append(character) }
      case "," where !isQuoted: endCell()
      case "\n" where !isQuoted:
        endCell()
        records.append(record)
        record = []
      default: cell.append(character)
      }
    }
    return records
  }

  /// `TCP 80,443 UDP all`.
  static func traffic(_ text: String) throws -> TrafficSet {
    if text == "all" { return .all }
    let words = text.split(separator: " ")
    var traffic = TrafficSet.none
    for index in stride(from: 0, to: words.count - 1, by: 2) {
      if words[index + 1] == "all" {
        traffic = traffic.union(try ports(String(words[index]), nil, nil))
        continue
      }
      for range in words[index + 1].split(separator: ",") {
        let bounds: [Int] = range.split(separator: "-").compactMap { Int($0) }
        try #require(!bounds.isEmpty, "\(text)")
        traffic = traffic.union(try ports(String(words[index]), bounds.first, bounds.last))
      }
    }
    return traffic
  }

  private static func row(_ source: String, _ destination: String, marked: String) throws -> PrintedRow {
    let mark = " (undefined)"
    let isUndefined = marked.hasSuffix(mark)
    return PrintedRow(
      source: source, destination: destination, isUndefined: isUndefined,
      traffic: try traffic(isUndefined ? String(marked.dropLast(mark.count)) : marked))
  }

  private static func ports(_ transport: String, _ first: Int?, _ last: Int?) throws -> TrafficSet {
    let transport = try #require(TransportProtocol(name: transport))
    guard let first, let last else { return TrafficSet(transport, .all) }
    return TrafficSet(transport, PortSet(UInt16(first)...UInt16(last)))
  }
}

/// The one document of a YAML text.
func parseYAML(_ text: String) throws -> Node {
  var documents: [Document] = []
  var copy = Array(text.utf8)
  copy.append(0)
  try copy.withUnsafeBufferPointer { bytes in
    try YAMLParser.parse(
      UnsafeBufferPointer(rebasing: bytes.dropLast()), file: SourceFile(path: "output.yaml"), firstLine: 0
    ) { documents.append($0) }
  }
  return try #require(documents.first).root
}

/// `10.0.0.0/8 except 10.1.0.0/16, 2001:db8::/32`: a CIDR inside the block before it is an exception of it.
func parseAddresses(_ text: String) throws -> AddressSet {
  if text == "any address" { return .all }
  if text == "no address" { return .empty }
  var whole = AddressSet.empty
  var block = AddressSet.empty
  for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) where word != "except" {
    let cidr = AddressSet(try #require(ParsedCIDR(String(word)), "\(text)").cidr)
    if cidr.isSubset(of: block) {
      whole = whole.subtracting(cidr)
    } else {
      block = cidr
      whole = whole.union(cidr)
    }
  }
  return whole
}
