import Testing

@testable import ControlPlane

@Suite("sealing")
struct SealingTests {
  private let sealing = Sealing(current: .a, others: [])
  private let record = SealedRecord.integrationToken("prod")

  @Test(
    "what is sealed can be opened for its record",
    arguments: ["", "hunter2", "ünïcödé\n\0", .init(repeating: "x", count: 9000)])
  func roundTrip(_ text: String) throws {
    let sealed = try sealing.seal(SecretText(text), for: record)
    #expect(try sealing.open(sealed, for: record).revealed == text)
  }

  @Test("the same secret is never sealed to the same text")
  func nonces() throws {
    let texts = try (0..<100).map { _ in try sealing.seal(SecretText("hunter2"), for: record) }
    #expect(Set(texts).count == 100)
  }

  @Test(
    "a secret cannot be moved to another record or kind",
    arguments: [
      SealedRecord(kind: "integration-token", id: "dev"), SealedRecord(kind: "integration-key", id: "prod"),
      // The same letters, with the border elsewhere.
      SealedRecord(kind: "integration-tokenp", id: "rod"),
    ])
  func associatedData(_ other: SealedRecord) throws {
    let sealed = try sealing.seal(SecretText("hunter2"), for: record)
    #expect(throws: SealingProblem.damaged) { try sealing.open(sealed, for: other) }
  }

  @Test("another key is told from damage")
  func otherKey() throws {
    let sealed = try sealing.seal(SecretText("hunter2"), for: record)
    let other = Sealing(current: .b, others: [])
    #expect(throws: SealingProblem.otherKey(SealingKey.a.id, have: [.b])) {
      try other.open(sealed, for: record)
    }
    #expect(
      SealingProblem.otherKey("1", have: [.b]).message
        == "is sealed with the key 1, not with \(SealingKey.b.id)")
  }

  @Test("a key that only opens does")
  func others() throws {
    let sealed = try sealing.seal(SecretText("hunter2"), for: record)
    let later = Sealing(current: .b, others: [.a])
    #expect(try later.open(sealed, for: record).revealed == "hunter2")
    #expect(!later.isCurrent(sealed))
    #expect(later.isCurrent(try later.seal(SecretText("hunter2"), for: record)))
  }

  @Test("any changed bit, and any cut, is found")
  func damage() throws {
    let bytes = try #require(Base64.decode(try sealing.seal(SecretText("hunter2"), for: record)))
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: SealingProblem.self) { try sealing.open(Base64.encode(damaged), for: record) }
      }
      #expect(throws: SealingProblem.damaged) {
        try sealing.open(Base64.encode(Array(bytes[..<index])), for: record)
      }
    }
    #expect(throws: SealingProblem.damaged) { try sealing.open("not base64!", for: record) }
  }
}

@Suite("base64")
struct Base64Tests {
  @Test(
    "is RFC 4648's, for URLs and without padding",
    arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("??>", "Pz8-")])
  func encoding(_ text: String, _ encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
  }

  @Test("both alphabets and padding are read", arguments: ["Zg==", "Zg", "Zm8=", "-_-_", "+/+/"])
  func reading(_ text: String) {
    #expect(Base64.decode(text) != nil)
  }

  @Test("anything else is not", arguments: ["Z", "Zg=", "Z===", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm9vZ", "é"])
  func refusing(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
