/// Text made safe for XML content and double-quoted attributes.
struct XMLText: CustomStringConvertible {
  let description: String

  init(_ text: String) {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\t", "\n", "\r": escaped += " "
      // XML 1.0 has no way to write these, not even escaped.
      case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      case _ where scalar.isBidiControl: escaped += scalar.visible
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    description = escaped
  }
}
