/// Reads JSON text (RFC 8259) into documents with positions. Several values may follow each other.
struct JSONParser {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var line: UInt32 = 1
  private var lineStart = 0
  /// Bytes of the current line that only continue a character, so that columns count characters.
  private var continuationBytes = 0
  private var builder: DocumentBuilder

  private init(_ text: UnsafeBufferPointer<UInt8>, from start: Int, builder: DocumentBuilder) {
    self.text = text
    self.builder = builder
    position = start
    lineStart = start
  }

  /// Parses every value of the text from `start` on, in order. O(bytes).
  ///
  /// - Parameter firstLine: the number of the line that `start` is in.
  static func parse(
    _ input: [UInt8], from start: Int, file: SourceFile, firstLine: UInt32 = 1, body: (Document) -> Void
  ) throws(DocumentError) {
    try input.withUnsafeBufferPointer { text throws(DocumentError) in
      let builder = DocumentBuilder(file: file, input: input, expectedBytes: text.count - start)
      var parser = JSONParser(text, from: start, builder: builder)
      parser.line = firstLine
      parser.skipSpace()
      while parser.position < text.count {
        try parser.parseValue()
        body(parser.builder.finish())
        parser.skipSpace()
      }
    }
  }

  private var column: UInt32 {
    UInt32(truncatingIfNeeded: position - lineStart - continuationBytes + 1)
  }

  private func failure(_ message: String) -> DocumentError {
    DocumentError(message: message, line: line, column: column)
  }

  private enum Expectation {
    case value
    case keyOrEnd
    case key
    case separatorOrEnd
    case valueOrEnd
  }

  /// One value, without recursion: `isObject` is the stack of open collections.
  private mutating func parseValue() throws(DocumentError) {
    var isObject: [Bool] = []
    var expectation = Expectation.value
    while true {
      skipSpace()
      guard position < text.count else { throw failure("the text ends inside a value") }
      let byte = text[position]
      switch expectation {
      case .keyOrEnd where byte == UInt8(ascii: "}"),
        .separatorOrEnd where byte == UInt8(ascii: "}") && isObject.last == true,
        .valueOrEnd where byte == UInt8(ascii: "]"),
        .separatorOrEnd where byte == UInt8(ascii: "]") && isObject.last == false:
        position += 1
        isObject.removeLast()
        builder.endCollection()
        if isObject.isEmpty { return }
        expectation = .separatorOrEnd
      case .separatorOrEnd:
        guard byte == UInt8(ascii: ",") else {
          throw failure("expected `,` or `\(isObject.last == true ? "}" : "]")`")
        }
        position += 1
        expectation = isObject.last == true ? .key : .value
      case .key, .keyOrEnd:
        guard byte == UInt8(ascii: "\"") else { throw failure("expected a key in double quotes") }
        try parseString()
        skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: ":") else {
          throw failure("expected `:`")
        }
        position += 1
        expectation = .value
      case .value, .valueOrEnd:
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          let opensObject = byte == UInt8(ascii: "{")
          try builder.beginCollection(opensObject ? .mapping : .sequence, line: line, column: column)
          position += 1
          isObject.append(opensObject)
          expectation = opensObject ? .keyOrEnd : .valueOrEnd
          continue
        case UInt8(ascii: "\""): try parseString()
        default: try parseBareWord()
        }
        if isObject.isEmpty { return }
        expectation = .separatorOrEnd
      }
    }
  }

  private mutating func skipSpace() {
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\n"):
        position += 1
        line += 1
        lineStart = position
        continuationBytes = 0
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      default: return
      }
    }
  }

  /// A string without escapes is a range of the input; any other is decoded into the pool.
  private mutating func parseString() throws(DocumentError) {
    let startLine = line
    let startColumn = column
    position += 1
    let contentStart = position
    let poolStart = builder.poolEnd
    var runStart = position
    while true {
      guard position < text.count else { throw failure("the text ends inside a string") }
      let byte = text[position]
      if byte == UInt8(ascii: "\"") { break }
      if byte < 0x20 { throw failure("a control character inside a string") }
      if byte & 0xC0 == 0x80 { continuationBytes += 1 }
      guard byte == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      builder.appendToPool(text[runStart..<position])
      try parseEscape()
      runStart = position
    }
    var content = contentStart..<position
    if runStart > contentStart {
      builder.appendToPool(text[runStart..<position])
      content = poolStart..<builder.poolEnd
    }
    position += 1
    builder.appendScalar(
      content, isPlain: false, isVerbatim: runStart == contentStart, line: startLine, column: startColumn)
  }

  private mutating func parseEscape() throws(DocumentError) {
    guard position + 1 < text.count else { throw failure("the text ends inside a string") }
    let escaped = text[position + 1]
    position += 2
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      builder.appendToPool(CollectionOfOne(escaped))
    case UInt8(ascii: "n"): builder.appendToPool(CollectionOfOne(UInt8(ascii: "\n")))
    case UInt8(ascii: "t"): builder.appendToPool(CollectionOfOne(UInt8(ascii: "\t")))
    case UInt8(ascii: "r"): builder.appendToPool(CollectionOfOne(UInt8(ascii: "\r")))
    case UInt8(ascii: "b"): builder.appendToPool(CollectionOfOne(8))
    case UInt8(ascii: "f"): builder.appendToPool(CollectionOfOne(12))
    case UInt8(ascii: "u"): try parseUnicodeEscape()
    default: throw failure("`\\\(Character(Unicode.Scalar(escaped)))` is not an escape of JSON")
    }
  }

  /// Surrogates without a partner become U+FFFD, as in Go.
  private mutating func parseUnicodeEscape() throws(DocumentError) {
    var code = try parseHexQuad()
    if (0xD800..<0xDC00).contains(code), position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
      text[position + 1] == UInt8(ascii: "u")
    {
      let next = position
      position += 2
      let low = try parseHexQuad()
      if (0xDC00..<0xE000).contains(low) {
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      } else {
        position = next
      }
    }
    builder.appendToPool(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
  }

  private mutating func parseHexQuad() throws(DocumentError) -> UInt32 {
    guard position + 4 <= text.count else { throw failure("the text ends inside a string") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(text[position])).hexDigitValue else {
        throw failure("`\\u` needs four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func parseBareWord() throws(DocumentError) {
    let startColumn = column
    let start = position
    scan: while position < text.count {
      switch text[position] {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: " "), UInt8(ascii: "\n"),
        UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "["),
        UInt8(ascii: "\""):
        break scan
      default: position += 1
      }
    }
    let word = UnsafeBufferPointer(rebasing: text[start..<position])
    guard Self.isBareWord(word) else {
      position = start
      throw failure("expected a JSON value")
    }
    builder.appendScalar(
      start..<position, isPlain: true, isVerbatim: true, line: line, column: startColumn)
  }

  /// `true`, `false`, `null` or a number of RFC 8259.
  private static func isBareWord(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = word.first else { return false }
    if first >= UInt8(ascii: "a") {
      return word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8)
        || word.elementsEqual("null".utf8)
    }
    var rest = word[...]
    func takeDigits() -> Int {
      let before = rest.count
      rest = rest.drop { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      return before - rest.count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let whole = takeDigits()
    if whole == 0 || (startsWithZero && whole > 1) { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      if takeDigits() == 0 { return false }
    }
    if let exponent = rest.first, exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        rest = rest.dropFirst()
      }
      if takeDigits() == 0 { return false }
    }
    return rest.isEmpty
  }
}
