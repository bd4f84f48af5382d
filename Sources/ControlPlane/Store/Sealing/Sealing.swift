internal import Crypto

/// What a sealed secret belongs to. Opened for anything else, it is damaged: a secret cannot be moved.
struct SealedRecord: Sendable {
  let kind: String
  let id: String

  /// The token of an integration.
  static func integrationToken(_ name: String) -> SealedRecord {
    SealedRecord(kind: "integration-token", id: name)
  }

  var associatedData: [UInt8] { Array(kind.utf8) + [0] + Array(id.utf8) }
}

/// Why a sealed secret cannot be read, for after `a token that`.
struct SealingProblem: Error, Equatable {
  let message: String

  static let damaged = SealingProblem(message: "is damaged")

  static func otherKey(_ id: String, have keys: [SealingKey]) -> SealingProblem {
    SealingProblem(
      message: "is sealed with the key \(id), not with \(keys.map(\.id).joined(separator: " or "))")
  }
}

/// The key that seals, and those that only open what was sealed before.
struct Sealing: Sendable {
  let current: SealingKey
  let others: [SealingKey]

  /// A secret as it is stored: in base64 the version 1, the key's id, the nonce, the text under AES-GCM, the tag.
  func seal(_ secret: SecretText, for record: SealedRecord) throws(StoreError) -> String {
    guard
      let box = try? AES.GCM.seal(
        Array(secret.revealed.utf8), using: current.key, authenticating: record.associatedData),
      let combined = box.combined
    else { throw StoreError(.unavailable, "the \(record.kind) of `\(record.id)` cannot be sealed") }
    return Base64.encode([Self.version] + current.idBytes + Array(combined))
  }

  func open(_ sealed: String, for record: SealedRecord) throws(SealingProblem) -> SecretText {
    guard let bytes = Base64.decode(sealed), bytes.first == Self.version,
      bytes.count > 1 + SealingKey.idByteCount
    else { throw .damaged }
    let id = bytes[1...SealingKey.idByteCount]
    guard let key = ([current] + others).first(where: { $0.idBytes[...] == id }) else {
      throw .otherKey(Hexadecimal.encode(id), have: [current] + others)
    }
    guard let box = try? AES.GCM.SealedBox(combined: Array(bytes[(1 + SealingKey.idByteCount)...])),
      let text = try? AES.GCM.open(box, using: key.key, authenticating: record.associatedData),
      let secret = String(validating: Array(text), as: UTF8.self)
    else { throw .damaged }
    return SecretText(secret)
  }

  private static let version: UInt8 = 1

  /// Whether the current key sealed it. Says nothing about whether it can be opened.
  func isCurrent(_ sealed: String) -> Bool {
    Base64.decode(sealed)?.starts(with: [Self.version] + current.idBytes) ?? false
  }
}
