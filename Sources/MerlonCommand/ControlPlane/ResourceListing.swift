internal import ArgumentParser
internal import Kubernetes
internal import Review

/// How resources are printed.
enum ResourceFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case wide
  case json
  case yaml
  case name

  var isTable: Bool { self == .text || self == .wide }
}

/// A column of a table of resources.
struct ResourceColumn: Sendable {
  let title: String
  /// Whether it is there with `-o wide` only.
  var isWide = false
  let text: @Sendable (Node) -> String

  init(_ title: String, isWide: Bool = false, _ text: @escaping @Sendable (Node) -> String) {
    self.title = title
    self.isWide = isWide
    self.text = text
  }

  /// The column of a field.
  init(_ title: String, isWide: Bool = false, field: StaticString) {
    self.init(title, isWide: isWide) { $0[field]?.text ?? "" }
  }
}

/// Rows of one kind, as kubectl prints them: a header in capitals, and columns apart by blanks.
struct ResourceTable {
  private let columns: [ResourceColumn]
  private let items: [Node]

  init(_ items: [Node], _ columns: [ResourceColumn]) {
    self.items = items
    self.columns = columns
  }

  func text(isWide: Bool) -> String {
    let columns = columns.filter { isWide || !$0.isWide }
    var table = TextTable(columns.map(\.title), indent: 0)
    for item in items {
      // A note may have several lines, and a row has one.
      table.add(columns.map { $0.text(item).replacing("\n", with: " ") })
    }
    return TerminalText.safe(table.lines.map { $0 + "\n" }.joined())
  }
}

extension Node {
  /// The text of a field; empty when it is absent.
  func text(of field: StaticString) -> String { self[field]?.text ?? "" }

  /// The texts of a list, apart by commas.
  func joined(_ field: StaticString) -> String {
    (self[field]?.elements ?? []).map(\.text).joined(separator: ",")
  }

  func isTrue(_ field: StaticString) -> Bool {
    if case .bool(true)? = self[field]?.scalar { true } else { false }
  }

  /// A whole number; zero when it is absent.
  func number(of field: StaticString) -> Int {
    if case .integer(let value)? = self[field]?.scalar { Int(clamping: value) } else { 0 }
  }

  /// `shop/web`; the name alone of what has no namespace.
  var qualifiedName: String {
    let namespace = text(of: "namespace")
    return namespace.isEmpty ? text(of: "name") : "\(namespace)/\(text(of: "name"))"
  }
}

extension Output {
  /// Writes an answer as data.
  ///
  /// - Returns: false for formats that are not for data.
  func write(_ node: Node, as format: ResourceFormat) -> Bool {
    switch format {
    case .json: write(DataValue(node).prettyJSON)
    case .yaml: write(DataValue(node).yaml)
    case .text, .wide, .name: return false
    }
    return true
  }
}
