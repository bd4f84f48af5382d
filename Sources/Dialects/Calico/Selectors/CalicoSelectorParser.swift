package import Kubernetes

/// Why a text is not a selector: what was expected, and where.
package struct CalicoSelectorError: Error, Sendable, Equatable {
  /// ``expectation`` was not found here.
  package let offset: Int
  /// The column of the text, in characters from 1.
  package let column: Int
  package let expectation: String
  package let fix: String?
}

/// Reads the selector language (SEMANTICS.md §3.4; `libcalico-go/lib/selector`) without recursion, so that no text
/// exhausts the stack. O(text).
package struct CalicoSelectorParser {
  /// How deep parentheses may nest. Calico knows no limit; nobody writes so many.
  static let depthLimit = 100

  private static let longestLabel = 512

  private let bytes: [UInt8]
  private let location: SourceLocation
  private let textStart: SourceLocation?
  private var position = 0
  private var columns = ColumnCounter()

  /// What has been read of the text, or of what stands in parentheses.
  private struct Group {
    /// Where the parenthesis stands.
    let start: Int
    let isNegated: Bool
    var alternatives: [CalicoSelector.Expression] = []
    var conjunction: [CalicoSelector.Expression] = []

    /// Ends a run of `&&`.
    mutating func endConjunction() {
      alternatives.append(conjunction.count == 1 ? conjunction[0] : .allOf(conjunction))
      conjunction = []
    }

    /// Everything, when the group ends.
    mutating func finish() -> CalicoSelector.Expression {
      endConjunction()
      let whole = alternatives.count == 1 ? alternatives[0] : CalicoSelector.Expression.anyOf(alternatives)
      return isNegated ? .not(whole) : whole
    }
  }

  private init(_ text: String, location: SourceLocation, textStart: SourceLocation?) {
    bytes = Array(text.utf8)
    self.location = location
    self.textStart = textStart
  }

  /// Reads a text; the empty one is `all()`.
  ///
  /// - Parameter location: where the text's scalar stands.
  /// - Parameter textStart: where its first character stands, when the others follow it on the line.
  package static func parse(
    _ text: String, location: SourceLocation, textStart: SourceLocation?
  ) throws(CalicoSelectorError) -> CalicoSelector.Expression {
    var parser = CalicoSelectorParser(text, location: location, textStart: textStart)
    return try parser.parseWhole()
  }

  private mutating func parseWhole() throws(CalicoSelectorError) -> CalicoSelector.Expression {
    skipSpace()
    if position == bytes.count { return .term(.init(kind: .all, location: place(of: 0))) }
    var groups = [Group(start: 0, isNegated: false)]
    while true {
      let isNegated = takeNegations()
      if take("(") {
        if groups.count > Self.depthLimit {
          throw failure("at most \(Self.depthLimit) levels of parentheses", at: position - 1)
        }
        groups.append(Group(start: position - 1, isNegated: isNegated))
        continue
      }
      let term = CalicoSelector.Expression.term(try parseTerm())
      groups[groups.count - 1].conjunction.append(isNegated ? .not(term) : term)
      if let whole = try parseOperator(&groups) { return whole }
    }
  }

  /// Reads what follows an operand: closing parentheses, then `&&` or `||`; answers the whole at the end.
  private mutating func parseOperator(
    _ groups: inout [Group]
  ) throws(CalicoSelectorError) -> CalicoSelector.Expression? {
    while true {
      skipSpace()
      let last = groups.count - 1
      if position == bytes.count {
        if last == 0 { return groups[0].finish() }
        throw failure("`)` for the `(` in column \(column(of: groups[last].start))")
      }
      if take("&&") { return nil }
      if take("||") {
        groups[last].endConjunction()
        return nil
      }
      guard last > 0, take(")") else {
        throw failure("`&&`, `||` or \(last > 0 ? "`)`" : "the end")", fix: operatorFix)
      }
      let inner = groups[last].finish()
      groups.removeLast()
      groups[last - 1].conjunction.append(inner)
    }
  }

  private mutating func parseTerm() throws(CalicoSelectorError) -> CalicoSelector.Term {
    let start = position
    if take("has(") {
      skipSpace()
      let label = try takeLabel("a label")
      try takeParenthesis()
      return .init(kind: .label(label, .exists), location: place(of: start))
    }
    for (name, kind) in [("all(", CalicoSelector.Term.Kind.all), ("global(", .global)] where take(name) {
      try takeParenthesis()
      return .init(kind: kind, location: place(of: start))
    }
    let label = try takeLabel("a label, `has(…)`, `all()`, `global()`, `!` or `(`")
    return .init(kind: .label(label, try parseTest(of: label)), location: place(of: start))
  }

  private mutating func parseTest(of label: String) throws(CalicoSelectorError) -> CalicoSelector.LabelTest {
    skipSpace()
    if take("==") { return .equals(try takeString()) }
    if take("!=") { return .notEquals(try takeString()) }
    if take("contains") { return .contains(try takeString()) }
    if take("starts", then: "with") { return .startsWith(try takeString()) }
    if take("ends", then: "with") { return .endsWith(try takeString()) }
    if take("not", then: "in") { return .isNotIn(try takeSet()) }
    if take("in") { return .isIn(try takeSet()) }
    throw failure(
      "`==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after the label `\(label)`",
      fix: testFix(after: label))
  }

  // MARK: - Words

  /// Whether an odd number of `!` stands here.
  private mutating func takeNegations() -> Bool {
    var isNegated = false
    skipSpace()
    // `!=` is a word of its own.
    while byte(0) == UInt8(ascii: "!"), byte(1) != UInt8(ascii: "=") {
      isNegated.toggle()
      position += 1
      skipSpace()
    }
    return isNegated
  }

  private mutating func takeLabel(_ expectation: String) throws(CalicoSelectorError) -> String {
    let end = bytes[position...].firstIndex { !Self.isLabelByte($0) } ?? bytes.count
    if end == position { throw failure(expectation) }
    if end - position > Self.longestLabel {
      throw failure("a label of at most \(Self.longestLabel) characters")
    }
    defer { position = end }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func takeString() throws(CalicoSelectorError) -> String {
    skipSpace()
    guard let quote = byte(0), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      let word = bytes[position...].prefix { Self.isLabelByte($0) }
      throw failure(
        "a string in quotes",
        fix: word.isEmpty ? nil : "quote it: '\(String(decoding: word, as: UTF8.self))'")
    }
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote) else {
      throw failure("a string that ends: it has no closing quote")
    }
    position = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func takeSet() throws(CalicoSelectorError) -> [String] {
    skipSpace()
    guard take("{") else { throw failure("`{` and strings in quotes") }
    var values: Set<String> = []
    skipSpace()
    while !take("}") {
      guard byte(0) == UInt8(ascii: "'") || byte(0) == UInt8(ascii: "\"") else {
        throw failure("a string in quotes, or `}`")
      }
      values.insert(try takeString())
      skipSpace()
      if take(",") {
        skipSpace()
      } else if byte(0) != UInt8(ascii: "}") {
        throw failure("`,` or `}`")
      }
    }
    return values.sorted()
  }

  private mutating func takeParenthesis() throws(CalicoSelectorError) {
    skipSpace()
    guard take(")") else { throw failure("`)`") }
  }

  /// Only spaces and tabs separate words.
  private mutating func skipSpace() {
    while let byte = byte(0), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
  }

  private mutating func take(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// Takes an operator of two words, with or without space between them.
  private mutating func take(_ first: String, then second: String) -> Bool {
    let start = position
    if take(first) {
      skipSpace()
      if take(second) { return true }
    }
    position = start
    return false
  }

  private func byte(_ ahead: Int) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  // MARK: - Places and errors

  private mutating func place(of offset: Int) -> SourceLocation {
    guard let textStart else { return location }
    let before = columns.characters(before: offset, of: bytes)
    return SourceLocation(
      file: textStart.file, line: textStart.line,
      column: textStart.column + UInt32(truncatingIfNeeded: before))
  }

  private func column(of offset: Int) -> Int {
    var counter = ColumnCounter()
    return counter.characters(before: offset, of: bytes) + 1
  }

  private func failure(_ expectation: String, at offset: Int? = nil, fix: String? = nil)
    -> CalicoSelectorError
  {
    let offset = offset ?? position
    let isLineBreak = byte(0) == UInt8(ascii: "\n") || byte(0) == UInt8(ascii: "\r")
    return CalicoSelectorError(
      offset: offset, column: column(of: offset),
      expectation: expectation + (isLineBreak ? ", not a line break" : ""),
      fix: isLineBreak ? "write it on one line, or fold the lines with >-" : fix)
  }

  private var operatorFix: String? {
    switch byte(0) {
    case UInt8(ascii: ","), UInt8(ascii: "&"): "write &&"
    case UInt8(ascii: "|"): "write ||"
    case UInt8(ascii: ")"): "remove it: no `(` is open"
    default: nil
    }
  }

  private func testFix(after label: String) -> String? {
    if byte(0) == UInt8(ascii: "=") { return "write ==" }
    guard byte(0) == UInt8(ascii: "("),
      let name = ["has", "all", "global"].first(where: { $0 == label.lowercased() })
    else { return nil }
    return "write \(name)(\(name == "has" ? "label" : ""))"
  }
}

/// Counts characters of a text up to offsets that grow, in O(text) for all of them.
private struct ColumnCounter {
  private var offset = 0
  private var count = 0

  mutating func characters(before end: Int, of bytes: [UInt8]) -> Int {
    if end < offset { self = ColumnCounter() }
    count += bytes[offset..<end].count { $0 & 0xC0 != 0x80 }
    offset = end
    return count
  }
}
