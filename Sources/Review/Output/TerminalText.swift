/// Text that may hold anything, made safe to print: control characters, and those that change the direction of writing, as
/// `\\u{1B}`.
package enum TerminalText {
  /// Leaves line feeds, tabs and the colours of ``TextStyle`` as they are.
  package static func safe(_ text: String) -> String {
    guard
      text.utf8.contains(where: {
        $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2
      })
    else {
      return text
    }
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    var place = 0
    while place < scalars.count {
      if let length = colourLength(scalars[place...]) {
        result.append(contentsOf: scalars[place..<(place + length)])
        place += length
        continue
      }
      let scalar = scalars[place]
      let isControl =
        scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
      if isControl || scalar.isBidiControl {
        result.append(contentsOf: scalar.visible.unicodeScalars)
      } else {
        result.append(scalar)
      }
      place += 1
    }
    return String(result)
  }

  /// The length of a sequence that ``TextStyle`` writes; nil for anything else.
  private static func colourLength(_ text: ArraySlice<Unicode.Scalar>) -> Int? {
    guard text.first == "\u{1B}" else { return nil }
    return ["0", "1", "2", "31", "32", "33"].map { "\u{1B}[\($0)m" }
      .first { text.starts(with: $0.unicodeScalars) }?.unicodeScalars.count
  }
}
