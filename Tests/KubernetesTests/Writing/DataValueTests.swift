import Foundation
import Testing

@testable import Kubernetes

@Suite("DataValue")
struct DataValueTests {
  static let strings = [
    "", " ", "plain", "y", "Yes", "NO", "on", "null", "~", "true", "010", "1.5", "1e3", "0x1F", "0o7", ".inf",
    "-", "- a",
    "a: b", "a #b", "#a", "{a}", "[a]", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "'a'", "\"a\"", "a\\b",
    "a\nb", "a\tb",
    "a\rb", "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "ünï", "日本", "👩‍💻", "2024-01-01", "<<", "=", "a/b.c-d_e",
    "a-", ".5", "?",
    "? a", ":", "NaN", "::1", "12:30:45", " a", "a ", "\u{FEFF}a",
  ]

  static let values: [DataValue] = [
    .list([]), .object([]), .list([.list([]), .object([])]), .list([.list([1, 2]), .list([.list([3])])]),
    .members(("a", .list([])), ("b", .object([])), ("c", .list([.members(("d", 1), ("e", .list(["f"])))]))),
    .list([.members(("a", .members(("b", .members(("c", "d")))))), .members(("e", true))]),
    .members(("y", "n"), ("", ""), ("a b", "c d"), ("1", 1), ("true", false)),
    .list([.object([]), .list([.object([]), .members(("a", .object([])))])]), .integer(-5), "text",
    .list(strings.map { .string($0) }), .object(strings.map { .init($0, .string($0)) }),
  ]

  @Test("JSON, on one line and on several, is read back as the same value", arguments: values)
  func json(value: DataValue) throws {
    for text in [value.json, value.prettyJSON] {
      let read = try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
      #expect(Self.matches(read, value), "\(text)")
    }
    #expect(!value.json.contains("\n"))
  }

  @Test("YAML is read back as the same value", arguments: values)
  func yaml(value: DataValue) throws {
    let text = value.yaml
    #expect(Self.matches(try parseDocument(text), value), "\(text)")
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
  }

  @Test("strings that YAML 1.1 reads as something else are quoted", arguments: strings)
  func quoting(text: String) throws {
    let node = try #require(try parseDocument("- " + YAMLText.scalar(text) + "\n").elements.first)
    #expect(node.text == text)
    guard case .string = node.scalar else {
      Issue.record("\(text) is read as \(node.scalar)")
      return
    }
  }

  @Test("absent members are left out, and the order is kept")
  func members() {
    #expect(DataValue.members(("b", 1), ("x", nil), ("a", true)).json == #"{"b":1,"a":true}"#)
  }

  @Test("notes are comments before elements of lists, on one line whatever is in them")
  func notes() throws {
    let value = DataValue.members(
      (
        "a",
        .list([.noted(["one", "x\n- evil: true"], .members(("b", 1))), .noted([], 2), .noted(["y"], 3)])
      ))
    #expect(value.yaml == "a:\n  # one\n  # x - evil: true\n  - b: 1\n  - 2\n  # y\n  - 3\n")
    #expect(Self.matches(try parseDocument(value.yaml), value))
    #expect(value.json == #"{"a":[{"b":1},2,3]}"#)
  }

  @Test("numbers with a fraction stay numbers")
  func fractions() throws {
    let value = DataValue.members(("order", .number("100.5")))
    #expect(value.yaml == "order: 100.5\n" && value.json == #"{"order":100.5}"#)
    #expect(Self.matches(try parseDocument(value.yaml), value))
  }

  private static func matches(_ read: Any, _ value: DataValue) -> Bool {
    switch value {
    case .string(let text): return read as? String == text
    case .integer(let number): return read as? Int == number
    case .number(let digits): return (read as? Double).map { "\($0)" } == digits
    case .bool(let flag): return read as? Bool == flag
    case .list(let values):
      guard let list = read as? [Any], list.count == values.count else { return false }
      return zip(list, values).allSatisfy { matches($0, $1) }
    case .object(let members):
      guard let object = read as? [String: Any], object.count == members.count else { return false }
      return members.allSatisfy { member in object[member.key].map { matches($0, member.value) } ?? false }
    case .noted(_, let value): return matches(read, value)
    }
  }

  private static func matches(_ node: Node, _ value: DataValue) -> Bool {
    switch value {
    case .string(let text): return node.content == .scalar && node.text == text
    case .integer(let number): return node.text == "\(number)"
    case .number(let digits): return node.text == digits && node.scalar == .float
    case .bool(let flag): return node.text == "\(flag)"
    case .list(let values):
      let elements = node.elements
      return node.content == .sequence && elements.count == values.count
        && zip(elements, values).allSatisfy { matches($0, $1) }
    case .object(let members):
      let found = node.members
      return node.content == .mapping && found.count == members.count
        && zip(found, members).allSatisfy { $0.key.text == $1.key && matches($0.value, $1.value) }
    case .noted(_, let value): return matches(node, value)
    }
  }
}
