/// A number that depends on texts, and is the same in every run (FNV-1a).
struct StableHash: Sendable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The number of some texts in their order, told apart.
  init(_ texts: String...) { texts.forEach { combine($0) } }

  mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    // No text has this byte: `a`, `bc` is another list than `ab`, `c`.
    combine(0xFF)
  }

  private mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}

extension UInt64 {
  /// Sixteen digits.
  var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
