/// The standard alphabet of RFC 4648 §4.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  private static let values: [UInt8?] = {
    var values = [UInt8?](repeating: nil, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// The bytes that a text stands for; nil when it is not base64 with its padding. Line breaks do not count, as for
  /// kubectl; blanks and other alphabets are errors. O(length).
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var group: UInt32 = 0
    var letters = 0
    var paddings = 0
    for letter in text where letter != UInt8(ascii: "\n") && letter != UInt8(ascii: "\r") {
      if letter == padding {
        paddings += 1
      } else {
        guard paddings == 0, let value = values[Int(letter)] else { return nil }
        group = group << 6 | UInt32(value)
        letters += 1
        if letters.isMultiple(of: 4) {
          bytes += [UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8)]
          bytes.append(UInt8(truncatingIfNeeded: group))
          group = 0
        }
      }
    }
    switch (letters % 4, paddings) {
    case (0, 0): break
    case (2, 2): bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    case (3, 1):
      bytes += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
    default: return nil
    }
    return bytes
  }

  /// The text that stands for bytes, on one line. O(length).
  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let group = (0..<3).reduce(UInt32(0)) { $0 << 8 | ($1 < part.count ? UInt32(part[start + $1]) : 0) }
      for letter in 0..<4 {
        let value = Int(group >> UInt32(18 - 6 * letter) & 0x3F)
        text.append(letter <= part.count ? alphabet[value] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
