extension DomainName {
  /// Reads `www.example.com`, with or without the final dot; `.` is the root.
  ///
  /// `\.` and `\\` are these characters in a label, `\032` is the byte of that decimal number (RFC 1035 §5.1).
  /// Nil for empty labels, and for labels or names that are too long.
  package init?(_ text: String) {
    if text == "." {
      self = .root
      return
    }
    var wire: [UInt8] = []
    var label: [UInt8] = []
    var rest = Array(text.utf8)[...]
    func end() -> Bool {
      guard !label.isEmpty, label.count <= Self.longestLabel else { return false }
      wire.append(UInt8(label.count))
      wire += label
      label = []
      return wire.count < Self.longest
    }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "."):
        guard end() else { return nil }
      case UInt8(ascii: "\\"):
        guard let escaped = Self.escaped(&rest) else { return nil }
        label.append(escaped)
      default: label.append(byte)
      }
    }
    if !label.isEmpty, !end() { return nil }
    if wire.isEmpty { return nil }
    self.init(checkedWire: wire + [0])
  }

  private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
    guard let first = rest.popFirst() else { return nil }
    guard isDigit(first) else { return first }
    guard let second = rest.popFirst(), let third = rest.popFirst(), isDigit(second), isDigit(third)
    else { return nil }
    let zero = Int(UInt8(ascii: "0"))
    return UInt8(exactly: (Int(first) - zero) * 100 + (Int(second) - zero) * 10 + Int(third) - zero)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension DomainName: CustomStringConvertible {
  /// The text without the final dot, in ASCII, and `.` for the root. Reading it gives the same bytes.
  ///
  /// A dot inside a label is escaped, so that no pattern takes `www\.example.com`, a child of `com`, for a child of
  /// `example.com`.
  package var description: String {
    let labels = labels
    if labels.isEmpty { return "." }
    return labels.map { $0.map(Self.text).joined() }.joined(separator: ".")
  }

  private static func text(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "\\"): return "\\" + String(Unicode.Scalar(byte))
    case 0x21...0x7E: return String(Unicode.Scalar(byte))
    default:
      let digits = String(byte)
      return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }
  }
}
