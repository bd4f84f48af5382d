/// Cuts a YAML stream into pieces at its `---` lines, so that a broken document hides no other
/// and pieces can be parsed in parallel.
///
/// A `---` at the start of a line is a document marker wherever it stands (YAML 1.2.2 §9.1.2), also inside
/// block scalars; kubectl cuts at the same places (apimachinery `yaml/decoder.go`).
enum YAMLStream {
  struct Piece {
    let range: Range<Int>
    /// 0-based line of the first byte.
    let firstLine: Int
  }

  /// O(bytes). A piece that holds only a `%YAML` directive is joined with the next.
  static func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    let newline = UInt8(ascii: "\n")
    let dash = UInt8(ascii: "-")
    var pieces: [Piece] = []
    var start = 0
    var startLine = 0
    var line = 0
    var position = 0
    var hasDirective = false
    while position < text.count {
      if text[position] == UInt8(ascii: "%"), position == start { hasDirective = true }
      if text[position] == dash, position > start, position + 2 < text.count, text[position + 1] == dash,
        text[position + 2] == dash, position + 3 == text.count || isBlank(text[position + 3])
      {
        if hasDirective {
          hasDirective = false
        } else {
          pieces.append(Piece(range: start..<position, firstLine: startLine))
          start = position
          startLine = line
        }
      }
      while position < text.count, text[position] != newline { position += 1 }
      position += 1
      line += 1
    }
    if start < text.count {
      pieces.append(Piece(range: start..<text.count, firstLine: startLine))
    }
    return pieces
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: " ")
      || byte == UInt8(ascii: "\t")
  }
}
