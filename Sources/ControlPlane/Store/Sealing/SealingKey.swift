internal import Crypto

/// What secrets are sealed with: 32 bytes. Whoever has it and the database has the secrets.
package struct SealingKey: Sendable, Equatable, Redacted {
  static let byteCount = 32
  /// How many bytes of its hash tell it from other keys.
  static let idByteCount = 8

  /// Compared in constant time.
  let key: SymmetricKey
  /// The first bytes of its SHA-256, which stand before what it sealed.
  let idBytes: [UInt8]

  /// The same in hexadecimal, for messages.
  package var id: String { Hexadecimal.encode(idBytes) }

  package var description: String { "<sealing key \(id)>" }

  /// A new one.
  package static func random() -> SealingKey {
    SealingKey(SymmetricKey(size: .bits256))
  }

  /// - Parameter text: 32 bytes in base64, as `openssl rand -base64 32` writes them.
  /// - Parameter source: where it is from, for the message: `MERLON_KEY`.
  package init(base64 text: String, source: String) throws(StoreError) {
    guard let bytes = Base64.decode(text.trimmingWhitespace), bytes.count == Self.byteCount else {
      throw StoreError(
        .invalid, "\(source) is not a key: 32 bytes in base64",
        fix: "make one with `openssl rand -base64 32`, if nothing is sealed yet")
    }
    self.init(SymmetricKey(data: bytes))
  }

  private init(_ key: SymmetricKey) {
    self.key = key
    idBytes = key.withUnsafeBytes { Array(SHA256.hash(data: Array($0)).prefix(Self.idByteCount)) }
  }

  /// As it is kept in a file.
  var base64: SecretText {
    SecretText(key.withUnsafeBytes { Base64.encode(Array($0)) })
  }
}

extension StringProtocol {
  /// Without blanks and line breaks around it.
  var trimmingWhitespace: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}
