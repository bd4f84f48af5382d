internal import PolicyModel

/// Writes rows of one text form. All names and traffic come as bytes that were made once.
protocol RowWriter {
  /// How a name or address range looks in this form.
  func name(_ text: String) -> [UInt8]
  func traffic(_ traffic: TrafficSet) -> String
  mutating func begin(_ output: Output)
  mutating func row(_ output: Output, _ source: [UInt8], _ destination: [UInt8], _ traffic: [UInt8], isUndefined: Bool)
  /// Lines that belong to the row before, when rows are explained.
  mutating func explanation(_ output: Output, _ lines: [String])
  mutating func end(_ output: Output)
}

/// Columns for people.
struct TextRowWriter: RowWriter {
  private let width: Int
  private let blanks = [UInt8](repeating: UInt8(ascii: " "), count: 80)

  /// - Parameter width: the longest source and destination, so that columns line up without waiting for the end.
  init(width: Int) {
    self.width = min(width, 60)
  }

  func name(_ text: String) -> [UInt8] { Array(text.utf8) }
  func traffic(_ traffic: TrafficSet) -> String { traffic == .all ? "all" : traffic.description }
  mutating func begin(_ output: Output) {}

  mutating func row(
    _ output: Output, _ source: [UInt8], _ destination: [UInt8], _ traffic: [UInt8], isUndefined: Bool
  ) {
    output.write(source)
    pad(output, source.count)
    output.write(" -> " as StaticString)
    output.write(destination)
    pad(output, destination.count)
    output.write("  " as StaticString)
    output.write(traffic)
    output.write(isUndefined ? " (undefined)\n" as StaticString : "\n")
  }

  mutating func explanation(_ output: Output, _ lines: [String]) {
    for line in lines { output.line("    \(line)") }
  }

  mutating func end(_ output: Output) {}

  private func pad(_ output: Output, _ used: Int) {
    if used < width { output.write(Array(blanks[..<(width - used)])) }
  }
}

/// RFC 4180.
struct CSVRowWriter: RowWriter {
  func name(_ text: String) -> [UInt8] {
    let needsQuotes = text.contains { ",\"\n\r".contains($0) }
    return Array((needsQuotes ? "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : text).utf8)
  }

  func traffic(_ traffic: TrafficSet) -> String { String(decoding: name(traffic.description), as: UTF8.self) }

  mutating func begin(_ output: Output) { output.line("source,destination,verdict,ports") }

  mutating func row(
    _ output: Output, _ source: [UInt8], _ destination: [UInt8], _ traffic: [UInt8], isUndefined: Bool
  ) {
    output.write(source)
    output.write("," as StaticString)
    output.write(destination)
    output.write(isUndefined ? ",undefined," as StaticString : ",allowed,")
    output.write(traffic)
    output.write("\n" as StaticString)
  }

  mutating func explanation(_ output: Output, _ lines: [String]) {}
  mutating func end(_ output: Output) {}
}

/// A GitHub table.
struct MarkdownRowWriter: RowWriter {
  func name(_ text: String) -> [UInt8] {
    Array(text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|").utf8)
  }

  func traffic(_ traffic: TrafficSet) -> String { traffic.description }

  mutating func begin(_ output: Output) {
    output.line("| source | destination | ports |")
    output.line("| --- | --- | --- |")
  }

  mutating func row(
    _ output: Output, _ source: [UInt8], _ destination: [UInt8], _ traffic: [UInt8], isUndefined: Bool
  ) {
    output.write("| " as StaticString)
    output.write(source)
    output.write(" | " as StaticString)
    output.write(destination)
    output.write(" | " as StaticString)
    output.write(traffic)
    output.write(isUndefined ? " (undefined) |\n" as StaticString : " |\n")
  }

  mutating func explanation(_ output: Output, _ lines: [String]) {
    for line in lines { output.line("| | | \(String(decoding: name(line), as: UTF8.self)) |") }
  }

  mutating func end(_ output: Output) {}
}

/// One JSON document, one row a line.
struct JSONRowWriter: RowWriter {
  let profile: String
  private var isFirst = true
  private var pendingClose = false

  init(profile: String) { self.profile = profile }

  func name(_ text: String) -> [UInt8] { Array(JSONText.quoted(text).utf8) }
  func traffic(_ traffic: TrafficSet) -> String { traffic.data.json }

  mutating func begin(_ output: Output) {
    output.write(
      "{\"apiVersion\":\"merlon.dev/v1\",\"kind\":\"Connectivity\",\"profile\":\(JSONText.quoted(profile)),\"rows\":[")
  }

  mutating func row(
    _ output: Output, _ source: [UInt8], _ destination: [UInt8], _ traffic: [UInt8], isUndefined: Bool
  ) {
    closeRow(output)
    output.write(isFirst ? "\n" as StaticString : ",\n")
    isFirst = false
    output.write("{\"source\":" as StaticString)
    output.write(source)
    output.write(",\"destination\":" as StaticString)
    output.write(destination)
    output.write(isUndefined ? ",\"verdict\":\"undefined\",\"ports\":" as StaticString : ",\"verdict\":\"allowed\",\"ports\":")
    output.write(traffic)
    pendingClose = true
  }

  mutating func explanation(_ output: Output, _ lines: [String]) {
    output.write(",\"reasons\":[\(lines.map(JSONText.quoted).joined(separator: ","))]")
  }

  mutating func end(_ output: Output) {
    closeRow(output)
    output.write(isFirst ? "]}\n" as StaticString : "\n]}\n")
  }

  private mutating func closeRow(_ output: Output) {
    if pendingClose { output.write("}" as StaticString) }
    pendingClose = false
  }
}

/// The same document as YAML.
struct YAMLRowWriter: RowWriter {
  let profile: String
  private var isFirst = true

  init(profile: String) { self.profile = profile }

  func name(_ text: String) -> [UInt8] { Array(YAMLText.scalar(text).utf8) }
  func traffic(_ traffic: TrafficSet) -> String { traffic.data.json }

  mutating func begin(_ output: Output) {
    output.line("apiVersion: merlon.dev/v1")
    output.line("kind: Connectivity")
    output.line("profile: \(YAMLText.scalar(profile))")
  }

  mutating func row(
    _ output: Output, _ source: [UInt8], _ destination: [UInt8], _ traffic: [UInt8], isUndefined: Bool
  ) {
    if isFirst { output.line("rows:") }
    isFirst = false
    output.write("  - source: " as StaticString)
    output.write(source)
    output.write("\n    destination: " as StaticString)
    output.write(destination)
    output.write(isUndefined ? "\n    verdict: undefined\n    ports: " as StaticString : "\n    verdict: allowed\n    ports: ")
    output.write(traffic)
    output.write("\n" as StaticString)
  }

  mutating func explanation(_ output: Output, _ lines: [String]) {
    output.line("    reasons:")
    for line in lines { output.line("      - \(YAMLText.scalar(line))") }
  }

  mutating func end(_ output: Output) {
    if isFirst { output.line("rows: []") }
  }
}
