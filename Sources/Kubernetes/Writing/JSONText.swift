/// Strings as JSON.
package enum JSONText {
  /// With quotes, everything escaped that RFC 8259 demands, and what YAML reads as line breaks or drops: control
  /// characters, separators and the byte order mark.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}",
        "\u{FFFF}":
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Strings as YAML.
package enum YAMLText {
  /// Plain when every YAML reader sees the same string, else double-quoted (which JSON quoting is a part of).
  package static func scalar(_ text: String) -> String {
    isPlain(text) ? text : JSONText.quoted(text)
  }

  /// A line of comment; what readers take for a line break, or refuse, is a blank.
  package static func comment(_ text: String) -> String {
    var line = "# "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}",
        "\u{FFFF}":
        line += " "
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  /// Letters, digits and `-_./` only, starting with a letter, and no word that YAML 1.1 resolves.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.last != UInt8(ascii: "-") else {
      return false
    }
    let isSimple = text.utf8.allSatisfy {
      isLetter($0) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || "-_./".utf8.contains($0)
    }
    return isSimple
      && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(text.lowercased())
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }
}
