internal import Crypto

/// Bytes as people compare them.
enum Hexadecimal {
  /// In lower case.
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}

/// The SHA-256 of a text, in hexadecimal.
func sha256(_ text: String) -> String {
  Hexadecimal.encode(SHA256.hash(data: Array(text.utf8)))
}

/// Whether bytes are the same; the time it takes depends on their number only.
func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
