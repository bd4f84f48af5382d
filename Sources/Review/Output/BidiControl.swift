extension Unicode.Scalar {
  /// Whether it changes the direction in which what follows is shown, so that a text reads as another one.
  var isBidiControl: Bool {
    switch value {
    case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// `\\u{202E}`, for those who are to see it.
  var visible: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }
}
