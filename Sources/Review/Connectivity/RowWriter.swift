internal import Kubernetes
internal import PolicyModel

/// Writes rows of one text form. A row is the parts of its source, destination and traffic one after the other;
/// each is made once and only copied afterwards.
protocol RowWriter {
  var head: String { get }
  /// Between two rows.
  var separator: String { get }
  func sourcePart(_ name: String) -> String
  func destinationPart(_ name: String) -> String
  func trafficPart(_ traffic: TrafficSet, isUndefined: Bool) -> String
  /// Why, when rows are explained.
  func explanationPart(_ lines: [String]) -> String
  var rowEnd: String { get }
  func tail(hasRows: Bool) -> String
}

/// Columns for people.
struct TextRowWriter: RowWriter {
  private let width: Int
  let head = ""
  let separator = ""
  let rowEnd = ""

  /// - Parameter width: the longest name, so that columns line up without waiting for the end.
  init(width: Int) {
    self.width = min(width, 60)
  }

  func sourcePart(_ name: String) -> String { padded(name) + " -> " }
  func destinationPart(_ name: String) -> String { padded(name) + "  " }

  func trafficPart(_ traffic: TrafficSet, isUndefined: Bool) -> String {
    traffic.description + (isUndefined ? " (undefined)\n" : "\n")
  }

  func explanationPart(_ lines: [String]) -> String { lines.map { "    \($0)\n" }.joined() }
  func tail(hasRows: Bool) -> String { "" }

  private func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(0, width - name.count))
  }
}

/// RFC 4180.
struct CSVRowWriter: RowWriter {
  let head = "source,destination,verdict,ports\n"
  let separator = ""
  let rowEnd = ""

  static func cell(_ text: String) -> String {
    let needsQuotes = text.contains { ",\"\n\r".contains($0) }
    if !needsQuotes { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  func sourcePart(_ name: String) -> String { Self.cell(name) + "," }
  func destinationPart(_ name: String) -> String { Self.cell(name) + "," }

  func trafficPart(_ traffic: TrafficSet, isUndefined: Bool) -> String {
    (isUndefined ? "undefined," : "allowed,") + Self.cell(traffic.description) + "\n"
  }

  func explanationPart(_ lines: [String]) -> String { "" }
  func tail(hasRows: Bool) -> String { "" }
}

/// A GitHub table.
struct MarkdownRowWriter: RowWriter {
  let head = "| source | destination | ports |\n| --- | --- | --- |\n"
  let separator = ""
  let rowEnd = ""

  static func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  func sourcePart(_ name: String) -> String { "| \(Self.cell(name)) | " }
  func destinationPart(_ name: String) -> String { "\(Self.cell(name)) | " }

  func trafficPart(_ traffic: TrafficSet, isUndefined: Bool) -> String {
    traffic.description + (isUndefined ? " (undefined) |\n" : " |\n")
  }

  func explanationPart(_ lines: [String]) -> String {
    lines.map { "| | | \(Self.cell($0)) |\n" }.joined()
  }

  func tail(hasRows: Bool) -> String { "" }
}

/// One JSON document, one row a line.
struct JSONRowWriter: RowWriter {
  let profile: String
  let separator = ",\n"
  let rowEnd = "}"

  var head: String {
    "{\"apiVersion\":\"merlon.dev/v1\",\"kind\":\"Connectivity\",\"profile\":\(JSONText.quoted(profile)),\"rows\":[\n"
  }

  func sourcePart(_ name: String) -> String { "{\"source\":\(JSONText.quoted(name))," }
  func destinationPart(_ name: String) -> String { "\"destination\":\(JSONText.quoted(name))," }

  func trafficPart(_ traffic: TrafficSet, isUndefined: Bool) -> String {
    "\"verdict\":\"\(isUndefined ? "undefined" : "allowed")\",\"ports\":\(traffic.data.json)"
  }

  func explanationPart(_ lines: [String]) -> String {
    ",\"reasons\":[\(lines.map(JSONText.quoted).joined(separator: ","))]"
  }

  func tail(hasRows: Bool) -> String { hasRows ? "\n]}\n" : "]}\n" }
}

/// The same document as YAML.
struct YAMLRowWriter: RowWriter {
  let profile: String
  let separator = ""
  let rowEnd = ""

  var head: String {
    "apiVersion: merlon.dev/v1\nkind: Connectivity\nprofile: \(YAMLText.scalar(profile))\nrows:\n"
  }

  func sourcePart(_ name: String) -> String { "  - source: \(YAMLText.scalar(name))\n" }
  func destinationPart(_ name: String) -> String { "    destination: \(YAMLText.scalar(name))\n" }

  func trafficPart(_ traffic: TrafficSet, isUndefined: Bool) -> String {
    "    verdict: \(isUndefined ? "undefined" : "allowed")\n    ports: \(traffic.data.json)\n"
  }

  func explanationPart(_ lines: [String]) -> String {
    "    reasons:\n" + lines.map { "      - \(YAMLText.scalar($0))\n" }.joined()
  }

  func tail(hasRows: Bool) -> String { hasRows ? "" : "  []\n" }
}
