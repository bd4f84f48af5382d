/// A tree of data for machine-readable output. Members keep their order.
package indirect enum DataValue: Sendable, Equatable {
  case string(String)
  case integer(Int)
  /// A number with a fraction or an exponent, in digits as somebody wrote it.
  case number(String)
  case bool(Bool)
  case list([DataValue])
  case object([Member])
  /// An element of a list with lines that YAML has as comments before it, and JSON leaves out.
  case noted([String], DataValue)

  /// A key with its value. Keys are written as they are: nobody checks that they are unique.
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: DataValue

    package init(_ key: String, _ value: DataValue) {
      self.key = key
      self.value = value
    }
  }

  /// An object whose absent members are left out.
  package static func members(_ members: (String, DataValue?)...) -> DataValue { .members(members) }

  package static func members(_ members: [(String, DataValue?)]) -> DataValue {
    .object(members.compactMap { key, value in value.map { Member(key, $0) } })
  }
}

extension DataValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension DataValue {
  /// JSON on one line.
  package var json: String {
    var text = ""
    writeJSON(into: &text, indent: nil)
    return text
  }

  /// JSON over several lines.
  package var prettyJSON: String {
    var text = ""
    writeJSON(into: &text, indent: 0)
    return text + "\n"
  }

  /// YAML in block style; strings that YAML 1.1 would read as something else are quoted.
  package var yaml: String {
    var text = ""
    writeYAML(into: &text, indent: 0)
    return text
  }

  private func writeJSON(into text: inout String, indent: Int?) {
    switch self {
    case .string(let value): text += JSONText.quoted(value)
    case .integer(let value): text += String(value)
    case .number(let digits): text += digits
    case .bool(let value): text += value ? "true" : "false"
    case .list(let values):
      Self.writeCollection("[", "]", values.count, into: &text, indent: indent) { index, inner, text in
        values[index].writeJSON(into: &text, indent: inner)
      }
    case .object(let members):
      Self.writeCollection("{", "}", members.count, into: &text, indent: indent) { index, inner, text in
        text += JSONText.quoted(members[index].key) + (inner == nil ? ":" : ": ")
        members[index].value.writeJSON(into: &text, indent: inner)
      }
    case .noted(_, let value): value.writeJSON(into: &text, indent: indent)
    }
  }

  private static func writeCollection(
    _ open: String, _ close: String, _ count: Int, into text: inout String, indent: Int?,
    _ element: (Int, Int?, inout String) -> Void
  ) {
    text += open
    for index in 0..<count {
      if index > 0 { text += "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      element(index, indent.map { $0 + 1 }, &text)
    }
    if let indent, count > 0 { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private func writeYAML(into text: inout String, indent: Int) {
    let margin = String(repeating: "  ", count: indent)
    switch self {
    case .string(let value): text += YAMLText.scalar(value)
    case .integer(let value): text += String(value)
    case .number(let digits): text += digits
    case .bool(let value): text += value ? "true" : "false"
    case .list(let values):
      if values.isEmpty { text += "[]" }
      for (index, value) in values.enumerated() {
        if index == 0, text.hasSuffix("- ") {
          text += "- "
        } else {
          for note in value.notes { text += Self.lineBreak(after: text) + margin + YAMLText.comment(note) }
          text += Self.lineBreak(after: text) + margin + "- "
        }
        value.writeYAML(into: &text, indent: indent + 1)
      }
    case .object(let members):
      if members.isEmpty { text += "{}" }
      for (index, member) in members.enumerated() {
        if !(index == 0 && text.hasSuffix("- ")) {
          text += Self.lineBreak(after: text) + margin
        }
        text += YAMLText.scalar(member.key) + ":"
        switch member.value {
        case .list(let values) where !values.isEmpty: break
        case .object(let inner) where !inner.isEmpty: break
        default: text += " "
        }
        member.value.writeYAML(into: &text, indent: indent + 1)
      }
    case .noted(_, let value): return value.writeYAML(into: &text, indent: indent)
    }
    if indent == 0 { text += "\n" }
  }

  private var notes: [String] { if case .noted(let notes, _) = self { notes } else { [] } }

  private static func lineBreak(after text: String) -> String {
    text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
  }
}
