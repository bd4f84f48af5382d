/// RFC 4648 without padding: keys, tokens and sealed secrets as text.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private static let values: [UInt8: UInt8] = {
    var values = Dictionary(uniqueKeysWithValues: zip(alphabet, UInt8(0)...))
    values[UInt8(ascii: "+")] = 62
    values[UInt8(ascii: "/")] = 63
    return values
  }()

  /// In the alphabet for URLs and file names. O(length).
  static func encode(_ bytes: [UInt8]) -> String {
    var letters: [UInt8] = []
    letters.reserveCapacity((bytes.count * 4 + 2) / 3)
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      group = group << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        letters.append(alphabet[Int(group >> bits & 63)])
      }
    }
    if bits > 0 { letters.append(alphabet[Int(group << (6 - bits) & 63)]) }
    return String(decoding: letters, as: UTF8.self)
  }

  /// Reads both alphabets, with padding or without; nil for anything else. O(length).
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var letters = Array(text.utf8)[...]
    if letters.count.isMultiple(of: 4) {
      for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
    }
    if letters.count % 4 == 1 { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count * 3 / 4)
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for letter in letters {
      guard let value = values[letter] else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> bits))
      }
    }
    return bytes
  }
}
