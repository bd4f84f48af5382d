import Testing

@testable import Kubernetes

@Suite("JSON documents")
struct JSONParserTests {
  private func root(_ text: String) throws -> Node {
    try #require(try parseJSON(text).first).root
  }

  @Test("every node knows its line and its column, in characters")
  func positions() throws {
    let root = try root("{\n  \"ä\": \"é\", \"b\": [1,\n 22],\r\n \"c\": {\"d\": null}}")
    #expect(
      root.members.map { $0.value.location.description } == ["a.json:2:8", "a.json:2:18", "a.json:4:7"])
    #expect(root["b"]?.elements.map { "\($0.location.line):\($0.location.column)" } == ["2:19", "3:2"])
  }

  @Test(
    "escapes",
    arguments: [
      (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
      (#""\u0041\u00e9\u20AC""#, "Aé€"),
      (#""x\ud83d\ude00y""#, "x😀y"),
      (#""\ud83d""#, "\u{FFFD}"),
      (#""\ude00x""#, "\u{FFFD}x"),
      (#""\ud83d\u0041""#, "\u{FFFD}A"),
      (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
      (#""\ud83dA""#, "\u{FFFD}A"),
      (#""no escape""#, "no escape"),
      (#""""#, ""),
    ])
  func escapes(_ text: String, _ value: String) throws {
    let root = try root(text)
    #expect(Array(root.text.utf8) == Array(value.utf8))
    #expect(root.scalar == .string)
  }

  @Test(
    "where a scalar's text starts is known when it has no escapes",
    arguments: [("\"xyz\"", 5), (#""ä""#, 5), (#""x\tz""#, nil), ("123", 4)] as [(String, UInt32?)])
  func textStart(_ text: String, _ column: UInt32?) throws {
    let root = try root("   \(text)")
    #expect(root.location.column == 4 && root.textStart?.column == column)
  }

  @Test("strings with and without escapes stand side by side")
  func mixedStrings() throws {
    let root = try root(#"{"a":"x","b\n":"y\tz","c":"w","d":["\\","q"]}"#)
    #expect(root.members.map(\.key.text) == ["a", "b\n", "c", "d"])
    #expect(root.members.dropLast().map(\.value.text) == ["x", "y\tz", "w"])
    #expect(root["d"]?.elements.map(\.text) == ["\\", "q"])
  }

  @Test(
    "numbers and words",
    arguments: [
      ("0", .integer(0)), ("-0", .integer(0)), ("12", .integer(12)), ("-12", .integer(-12)), ("1.5", .float),
      ("1e3", .float), ("1E+3", .float), ("-0.1e-3", .float), ("true", .bool(true)), ("false", .bool(false)),
      ("null", .null),
    ] as [(String, PlainScalar)])
  func numbers(_ text: String, _ value: PlainScalar) throws {
    #expect(try root("[\(text)]").elements.map(\.scalar) == [value])
  }

  @Test(
    "what is not JSON is an error at its place",
    arguments: [
      ("{", 1, 2), ("[", 1, 2), ("{\"a\"", 1, 5), ("{\"a\":", 1, 6), ("{\"a\":1", 1, 7), ("{\"a\":1,}", 1, 8),
      ("[1,]", 1, 4), ("[1 2]", 1, 4), ("[,1]", 1, 2), ("{a:1}", 1, 2), ("{1:1}", 1, 2), ("{\"a\" 1}", 1, 6),
      ("}", 1, 1), ("]", 1, 1), ("[}", 1, 2), ("{]", 1, 2), ("[1}", 1, 3), ("\"open", 1, 6),
      ("\"a\nb\"", 1, 3),
      ("[01]", 1, 2), ("[+1]", 1, 2), ("[.5]", 1, 2), ("[1.]", 1, 2), ("[1e]", 1, 2), ("[-]", 1, 2),
      ("[0x1]", 1, 2),
      ("[NaN]", 1, 2), ("[True]", 1, 2), ("[nul]", 1, 2), ("[yes]", 1, 2), ("['a']", 1, 2), ("// c\n1", 1, 1),
      ("[\n\n  ?]", 3, 3),
    ] as [(String, UInt32, UInt32)])
  func syntaxErrors(_ text: String, _ line: UInt32, _ column: UInt32) throws {
    let error = try #require(throws: DocumentError.self) { try parseJSON(text) }
    #expect(error.line == line && error.column == column, "\(error)")
  }

  @Test("wrong escapes", arguments: [#""\x41""#, #""\u12""#, #""\u12g4""#, #""\'""#, "\"\\", "\"\\u"])
  func wrongEscapes(_ text: String) {
    #expect(throws: DocumentError.self) { try parseJSON(text) }
  }

  @Test("values may follow each other; those before an error are kept")
  func concatenated() throws {
    #expect(try parseJSON("{\"a\":1}{\"b\":2}\n[3] 4\n\"x\"").count == 5)
    let pod = { (name: String) in #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(name)"}}"# }
    let reading = Reading("\(pod("a"))\n\(pod("b"))\n{oops", path: "a.json")
    #expect(reading.podNames == ["a", "b"])
    #expect(reading.places == ["3:2 syntax"])
  }

  @Test("duplicate keys are noted, also when only one of them has escapes")
  func duplicateKeys() throws {
    let document = try #require(try parseJSON(#"{"a":1,"b":2,"\u0061":3,"c":{"b":1}}"#).first)
    #expect(document.duplicateKeyProblems().map { $0.location?.column } == [14])
  }

  @Test("200 levels may nest, not 201")
  func depth() throws {
    let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try parseJSON(deep(200)).count == 1)
    #expect(throws: DocumentError.self) { try parseJSON(deep(201)) }
    #expect(throws: DocumentError.self) { try parseJSON(String(repeating: "[{\"a\":", count: 100_000)) }
  }

  @Test("no value at all")
  func nothing() throws {
    #expect(try parseJSON("").isEmpty)
    #expect(try parseJSON(" \r\n\t").isEmpty)
  }
}
