/// Estimates how wide text is drawn, since no font is at hand and the reader's font is not known.
///
/// The widths are those of DejaVu Sans, wider than nearly every other sans-serif font, so that text
/// which fits here fits everywhere.
enum TextMeasure {
  static func width(of text: String, size: Int) -> Int {
    let thousandths = text.reduce(0) { $0 + thousandthsOfEm($1) }
    return (thousandths * size + 999) / 1000
  }

  /// The text, or as much of its start and end as fits around an ellipsis.
  static func fit(_ text: String, width limit: Int, size: Int) -> String {
    guard width(of: text, size: size) > limit else { return text }
    var head = Array(text.prefix(200))
    let tail = text.suffix(4)
    while !head.isEmpty {
      head.removeLast()
      let shortened = String(head) + "…" + tail
      if width(of: shortened, size: size) <= limit { return shortened }
    }
    return "…"
  }

  private static func thousandthsOfEm(_ character: Character) -> Int {
    switch character {
    case "i", "j", "l", "I", "'", "|": 300
    case ".", ",", ":", ";", " ", "/", "-", "f", "t", "r", "(", ")": 400
    case "m", "w", "M", "W", "@", "%", "…", "→": 1000
    case "A"..."Z": 720
    case "\0"..."~": 640
    default: 1050
    }
  }
}
