internal import Glibc

/// Cuts a YAML stream into pieces at its `---` and `...` lines, so that a broken document hides no other
/// and pieces can be parsed in parallel.
///
/// Both are document markers wherever a line starts with them (YAML 1.2.2 §9.1.2), also inside block scalars;
/// kubectl cuts at `---` in the same places (apimachinery `yaml/decoder.go`).
enum YAMLStream {
  struct Piece {
    let range: Range<Int>
    /// 0-based line of the first byte.
    let firstLine: Int
  }

  /// O(bytes). Comments and directives before a `---` stay with the document that it opens.
  static func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    var pieces: [Piece] = []
    var start = 0
    var startLine = 0
    var line = 0
    var position = 0
    var hasContent = false
    while position < text.count {
      let next = endOfLine(of: text, from: position)
      switch kind(of: text, position..<next, hasContent: hasContent) {
      case .documentStart:
        if hasContent {
          pieces.append(Piece(range: start..<position, firstLine: startLine))
          start = position
          startLine = line
        }
        hasContent = true
      case .documentEnd:
        if hasContent { pieces.append(Piece(range: start..<next, firstLine: startLine)) }
        start = next
        startLine = line + 1
        hasContent = false
      case .content: hasContent = true
      case .nothing: break
      }
      position = next
      line += 1
    }
    if hasContent { pieces.append(Piece(range: start..<text.count, firstLine: startLine)) }
    return pieces
  }

  private enum LineKind {
    case documentStart
    case documentEnd
    case content
    /// A blank line, a comment, or a directive before a document.
    case nothing
  }

  @inline(__always)
  private static func kind(
    of text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, hasContent: Bool
  ) -> LineKind {
    let first = text[line.lowerBound]
    if first == UInt8(ascii: "-") || first == UInt8(ascii: "."), line.count >= 3,
      text[line.lowerBound + 1] == first, text[line.lowerBound + 2] == first,
      line.count == 3 || isBlank(text[line.lowerBound + 3])
    {
      return first == UInt8(ascii: "-") ? .documentStart : .documentEnd
    }
    if hasContent { return .content }
    if first == UInt8(ascii: "%") { return .nothing }
    guard let firstVisible = text[line].first(where: { !isBlank($0) }) else { return .nothing }
    return firstVisible == UInt8(ascii: "#") ? .nothing : .content
  }

  /// The index after the line's newline.
  @inline(__always)
  private static func endOfLine(of text: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
    guard let base = text.baseAddress,
      let newline = memchr(base + position, Int32(UInt8(ascii: "\n")), text.count - position)
    else { return text.count }
    return UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: " ")
      || byte == UInt8(ascii: "\t")
  }
}
