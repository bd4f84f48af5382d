internal import Crypto

/// The text of an API token: `mrl_`, then 32 random bytes and 4 of a checksum in 48 letters.
///
/// Secret scanners find it by `mrl_[A-Za-z0-9_-]{48}`, and the checksum tells a typing error from a token that is not
/// known here.
struct APITokenText {
  static let prefix = "mrl_"
  private static let randomCount = 32
  private static let checksumCount = 4

  let text: SecretText

  /// A new one.
  static func random() -> APITokenText {
    let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    return APITokenText(text: SecretText(prefix + Base64.encode(bytes + checksum(bytes))))
  }

  /// nil when it is no token, or not all of one.
  init?(_ presented: SecretText) {
    guard presented.revealed.hasPrefix(Self.prefix),
      let bytes = Base64.decode(presented.revealed.dropFirst(Self.prefix.count)),
      bytes.count == Self.randomCount + Self.checksumCount,
      Array(bytes[Self.randomCount...]) == Self.checksum(bytes[..<Self.randomCount])
    else { return nil }
    text = presented
  }

  private init(text: SecretText) {
    self.text = text
  }

  /// What is kept of it. A plain hash is enough: nobody guesses 32 random bytes.
  var hash: String { sha256(text.revealed) }

  private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(prefix.utf8) + bytes).prefix(checksumCount))
  }
}
