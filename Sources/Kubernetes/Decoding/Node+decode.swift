/// Typed reading of nodes. Each reports what is wrong and answers nil; `null` counts as absent, as in JSON
/// decoding of the API server (`json: omitempty` and pointer fields). The name of the field is made for messages only.
extension Node {
  /// A string. Other scalars are errors: the API server does not convert them.
  package func string(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> String? {
    guard content == .scalar else {
      problems.reportWrongType(self, field(), expected: "a string")
      return nil
    }
    switch scalar {
    case .string: return text
    case .null: return nil
    case .bool, .integer, .float:
      problems.reportWrongType(self, field(), expected: "a string", fix: "quote it: \"\(text)\"")
      return nil
    }
  }

  /// A whole number. Quoted numbers are strings, and floats are errors even when they are whole.
  package func integer(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> Int64? {
    guard content == .scalar else {
      problems.reportWrongType(self, field(), expected: "an integer")
      return nil
    }
    switch scalar {
    case .integer(let value):
      if hasLeadingZero {
        problems.append(
          Diagnostic(
            .legacyForm, .warning,
            "`\(text)` in `\(field())` is read as \(value): YAML 1.1 takes a leading zero for octal",
            at: location, fix: "write \(value)"))
      }
      return value
    case .null: return nil
    case .string, .bool, .float:
      let isQuotedNumber = Int64(text) != nil
      problems.reportWrongType(
        self, field(), expected: "an integer", fix: isQuotedNumber ? "remove the quotes: \(text)" : nil)
      return nil
    }
  }

  /// A port number, 1 to 65535.
  package func portNumber(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> UInt16? {
    guard let number = integer(field(), &problems) else { return nil }
    guard let port = UInt16(exactly: number), port > 0 else {
      problems.reportInvalid(self, "`\(field())` must be 1 to 65535, not \(number)")
      return nil
    }
    return port
  }

  /// The text as a CIDR, legacy forms included; reports what no API server takes for one.
  package func cidr(_ problems: inout [Diagnostic]) -> ParsedCIDR? {
    if let parsed = ParsedCIDR(text) { return parsed }
    let address = IPAddress(text)
    problems.reportInvalid(
      self, "`\(text)` is not a CIDR such as 10.0.0.0/8 or fd00::/8",
      fix: address.map { "add the prefix length: \($0)/\($0.family.bitWidth)" })
    return nil
  }

  /// A number, whole or not. Quoted numbers are strings; JSON has no infinity.
  package func number(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> Double? {
    switch content == .scalar ? scalar : .string {
    case .integer: return integer(field(), &problems).map { Double($0) }
    case .float:
      guard let value = Double(text.filter { $0 != "_" }), value.isFinite else { break }
      return value
    case .null: return nil
    case .string, .bool: break
    }
    problems.reportWrongType(self, field(), expected: "a number")
    return nil
  }

  /// `true` or `false`.
  package func bool(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> Bool? {
    guard content == .scalar else {
      problems.reportWrongType(self, field(), expected: "true or false")
      return nil
    }
    switch scalar {
    case .bool(let value): return value
    case .null: return nil
    case .string, .integer, .float:
      problems.reportWrongType(self, field(), expected: "true or false")
      return nil
    }
  }

  /// The elements of a list; nil when absent or wrong.
  package func list(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> [Node]? {
    if content == .sequence { return elements }
    if !isNull { problems.reportWrongType(self, field(), expected: "a list") }
    return nil
  }

  /// Whether this is a mapping; reports anything but a mapping or null.
  package func isMapping(_ field: @autoclosure () -> String, _ problems: inout [Diagnostic]) -> Bool {
    if content == .mapping { return true }
    if !isNull { problems.reportWrongType(self, field(), expected: "a mapping") }
    return false
  }

  /// The node as the author wrote it, short enough for a message, and on one line.
  package var excerpt: String {
    switch content {
    case .scalar:
      "`\(text.prefix(60).map { $0.isNewline ? "\\n" : "\($0)" }.joined())\(text.count > 60 ? "…" : "")`"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The text of a key as the API server's YAML reader turns it into a JSON key.
  package var keyText: String {
    guard content == .scalar else { return text }
    return switch scalar {
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .null, .float, .string: text
    }
  }

  private var hasLeadingZero: Bool {
    withBytes { bytes in
      let digits = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
      return digits.count > 1 && digits.first == UInt8(ascii: "0")
        && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
  }
}

/// The members of a mapping whose fields are all known.
package struct StrictFields {
  private let members: [(name: String, value: Node)]

  /// Reports every member that is not among `known`, with the known name nearest to it.
  ///
  /// - Parameter type: the API type's name, for messages.
  /// - Parameter elsewhere: what to say about fields that another place or version of the API has.
  /// - Parameter consequence: what dropping an unknown field would mean, for the message.
  package init(
    _ node: Node, type: String, known: [String], elsewhere: [String: String] = [:],
    consequence: String? = nil, _ problems: inout [Diagnostic]
  ) {
    members = node.members.map { key, value in
      let name = key.keyText
      if !known.contains(name) { Self.report(name, key, type, known, elsewhere, consequence, &problems) }
      return (name, value)
    }
  }

  private static func report(
    _ name: String, _ key: Node, _ type: String, _ known: [String], _ elsewhere: [String: String],
    _ consequence: String?, _ problems: inout [Diagnostic]
  ) {
    let hint =
      elsewhere[name] ?? Suggestion.nearest(to: name, among: known).map { "did you mean `\($0)`?" }
    problems.append(
      Diagnostic(
        .unknownField, .error,
        "unknown field `\(name)` in \(type)" + (hint.map { ": \($0)" } ?? "")
          + (consequence.map { " \($0)" } ?? ""),
        at: key.location,
        fix: hint == nil ? "\(type) has the fields \(known.joined(separator: ", "))" : nil))
  }

  /// The value of a field; nil when it is absent or null.
  package subscript(name: String) -> Node? {
    guard let node = written(name), !node.isNull else { return nil }
    return node
  }

  /// The value of a field as written, null included.
  package func written(_ name: String) -> Node? {
    members.first { $0.name == name }?.value
  }
}

extension [Diagnostic] {
  /// An error that says what the field must be and what stands there.
  ///
  /// - Parameters:
  ///   - field: the path as the manifest's author knows it, `spec.ports[].port`.
  ///   - expected: with its article, `a string`.
  package mutating func reportWrongType(_ node: Node, _ field: String, expected: String, fix: String? = nil) {
    let found =
      switch node.content {
      case .sequence: "a list"
      case .mapping: "a mapping"
      case .scalar:
        switch node.scalar {
        case .null: "null"
        case .bool: "the boolean `\(node.text)`"
        case .integer, .float: "the number `\(node.text)`"
        case .string: "the string `\(node.text)`"
        }
      }
    append(
      Diagnostic(
        .wrongType, .error, "`\(field)` must be \(expected), not \(found)", at: node.location, fix: fix))
  }

  /// An error about a value of the right type that the API server rejects.
  package mutating func reportInvalid(_ node: Node, _ message: String, fix: String? = nil) {
    append(Diagnostic(.invalidValue, .error, message, at: node.location, fix: fix))
  }
}

extension Document {
  /// One error per key that repeats an earlier key of its mapping.
  func duplicateKeyProblems() -> [Diagnostic] {
    duplicateKeys.sorted().map { index in
      let key = Node(document: self, index: Int(index))
      return Diagnostic(
        .duplicateKey, .error,
        "the key `\(key.text)` stands twice in one mapping; only one of the values can count",
        at: key.location, fix: "remove one of them")
    }
  }
}
