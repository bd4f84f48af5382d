import Testing

@testable import Kubernetes

@Suite("YAML documents")
struct YAMLParserTests {
  private func root(_ text: String) throws -> Node {
    try #require(try parseYAML(text).first).root
  }

  @Test("every node knows its line and its column, in characters")
  func positions() throws {
    let root = try root("a: 1\nbä: {c: [x, yy]}\n\"d\":\n  - e: f\n")
    let list = try #require(root.members[1].value["c"])
    #expect(list.location.description == "a.yaml:2:9")
    #expect(list.elements.map { $0.location.column } == [10, 13])
    #expect(root["d"]?.elements.first?.location.description == "a.yaml:4:5")
    #expect(root["d"]?.elements.first?["e"]?.location.description == "a.yaml:4:8")
  }

  @Test(
    "where a scalar's text starts is known when it is written as it is, on one line",
    arguments: [
      ("a: xyz", 4), ("a: 'xyz'", 5), ("a: \"xyz\"", 5), ("ä: äyz", 4), ("a: 'äyz'", 5), ("a: ''", 5),
      ("a: \"x\\tz\"", nil), ("a: 'x''z'", nil), ("a: \"\\té\"", nil), ("a: x\n  z", nil),
      ("a: 'x\n  z'", nil), ("a: |\n  xyz", nil), ("a: &s xyz", nil), ("a: !!str xyz", nil),
      ("a: !!str \"xyz\"", nil),
    ] as [(String, UInt32?)])
  func textStart(_ text: String, _ column: UInt32?) throws {
    let node = try #require(root(text).members.first?.value)
    #expect(node.location.description == "a.yaml:1:4")
    #expect(node.textStart?.column == column && node.textStart?.line ?? 1 == 1)
  }

  @Test("a quoted scalar is text, whatever it says; so is one tagged !!str")
  func quoting() throws {
    let root = try root("[y, \"y\", 'y', !!str y, !other y, !!int \"7\", !!bool yes]")
    #expect(
      root.elements.map(\.scalar) == [
        .bool(true), .string, .string, .string, .string, .integer(7), .bool(true),
      ])
  }

  @Test("block scalars are text")
  func blockScalars() throws {
    let root = try root("a: |\n  one\n  two\nb: >-\n  one\n  two\n")
    #expect(root["a"]?.text == "one\ntwo\n" && root["b"]?.text == "one two")
    #expect(root["a"]?.scalar == .string)
  }

  @Test("an alias stands for its anchor, and keeps the anchor's place")
  func aliases() throws {
    let root = try root("a: &x {b: 1}\nc: *x\nd: &s text\ne: *s\n")
    #expect(root["c"]?["b"]?.text == "1")
    #expect(root["c"]?.location.line == 1)
    #expect(root["e"]?.text == "text")
  }

  @Test("the later of two anchors of one name counts, also inside the first")
  func anchorsAgain() throws {
    let root = try root("a: &x 1\nb: &x 2\nc: *x\nd: &y [&y 3, *y]\ne: *y\n")
    #expect(root["c"]?.text == "2")
    #expect(root["d"]?.elements.map(\.text) == ["3", "3"])
    #expect(root["e"]?.text == "3")
  }

  @Test("merge keys: what the mapping says itself wins, then the first source")
  func mergeKeys() throws {
    let root = try root(
      "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nx: {<<: [*one, *two], a: 0}\ny: {<<: *two, \"<<\": text}\n"
    )
    let merged = try #require(root["x"])
    #expect(merged.members.map { "\($0.key.text)=\($0.value.text)" } == ["a=0", "b=1", "c=2"])
    #expect(
      merged["a"]?.text == "0" && merged["b"]?.text == "1" && merged["c"]?.text == "2" && merged["d"] == nil)
    #expect(try #require(root["y"]).members.map(\.key.text) == ["<<", "b", "c"])
  }

  @Test("an anchor that contains itself, and one that does not exist, are errors with a place")
  func wrongAliases() throws {
    let itself = try #require(throws: DocumentError.self) { try parseYAML("a: &x\n  - *x\n") }
    #expect(itself.message == "anchor `x` contains itself" && itself.line == 2 && itself.column == 5)
    let unknown = try #require(throws: DocumentError.self) { try parseYAML("a: *nope\n") }
    #expect(unknown.message == "unknown anchor `nope`" && unknown.column == 4)
  }

  @Test("aliases that multiply end in an error, not in memory")
  func aliasBomb() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let alias = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
    }
    let error = try #require(throws: DocumentError.self) { try parseYAML(text) }
    #expect(error.message.hasPrefix("aliases stand for more than") && error.line == 5)
  }

  @Test("merge keys that multiply end in an error too")
  func mergeBomb() throws {
    var text = "a0: &a0 {x: 1, y: 2, z: 3}\n"
    for level in 1...1000 {
      text += "a\(level): &a\(level) {<<: [*a\(level - 1), *a\(level - 1)], k\(level): 1}\n"
    }
    #expect(throws: DocumentError.self) { try parseYAML(text) }
  }

  @Test("200 levels may nest, not 201", arguments: [("[", "]"), ("{a: ", "}")])
  func depth(_ open: String, _ close: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth)
    }
    #expect(try parseYAML(nested(200)).count == 1)
    let error = try #require(throws: DocumentError.self) { try parseYAML(nested(201)) }
    #expect(error.message == "nested deeper than 200 levels")
    #expect(throws: DocumentError.self) { try parseYAML(String(repeating: open, count: 100_000)) }
  }

  @Test("duplicate keys are noted, quoted or not, in small mappings and in large ones")
  func duplicateKeys() throws {
    let small = try #require(try parseYAML("a: 1\n\"a\": 2\nb: {c: 1, c: 2}\nd: [c, c]\n").first)
    #expect(small.duplicateKeyProblems().map { $0.location?.description } == ["a.yaml:2:1", "a.yaml:3:11"])
    var text = (0..<100).map { "k\($0): {x: 1}\n" }.joined()
    text += "k3: 1\nk99: 1\nnew: 1\n"
    let large = try #require(try parseYAML(text).first)
    #expect(large.duplicateKeyProblems().map { $0.location?.line } == [101, 102])
  }

  @Test("a mapping of a hundred thousand keys is read in time that grows with its length")
  func manyKeys() throws {
    let text = (0..<100_000).map { "k\($0): v\n" }.joined() + "k5: v\n"
    let document = try #require(try parseYAML(text).first)
    #expect(document.duplicateKeys.count == 1)
    var problems: [Diagnostic] = []
    let labels = Labels(document.root, field: "labels", &problems)
    #expect(labels.entries.count == 100_000 && problems.isEmpty)
  }

  @Test(
    "what is not YAML is an error at its place",
    arguments: [
      ("a: b: c\n", 1, 5), ("a: 'open\n", 2, 1), ("a: [1, 2\n", 2, 1), ("\ta: 1\n", 1, 1),
      ("a: 1\n b: 2\n", 2, 3),
      ("a: @x\n", 1, 4), ("%YAML 3.0\n---\na: 1\n", 1, 1),
    ] as [(String, UInt32, UInt32)])
  func syntaxErrors(_ text: String, _ line: UInt32, _ column: UInt32) throws {
    let error = try #require(throws: DocumentError.self) { try parseYAML(text) }
    #expect(error.line == line && error.column == column, "\(error)")
  }

  @Test("control characters are an error")
  func controlCharacters() throws {
    let error = try #require(throws: DocumentError.self) { try parseYAML("a: \u{1}\n") }
    #expect(error.message == "control characters are not allowed")
  }
}
