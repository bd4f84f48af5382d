import DomainNames
import Testing

@Suite("Random messages")
struct RandomMessageTests {
  @Test(
    "100,000 changed messages: none crashes, and what reads is written, reads the same and is written the same",
    arguments: [1, 2])
  func mutations(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var readable = 0
    for _ in 0..<50_000 {
      let bytes = Self.mutated(Bool.random(using: &generator) ? Wire.answer : Wire.query, &generator)
      guard let message = try? DNSMessage(reading: bytes) else { continue }
      readable += 1
      let written = try message.written()
      let again = try DNSMessage(reading: written)
      #expect(again == message)
      #expect(try again.written() == written)
      #expect(message.addresses() == again.addresses())
      #expect((try? DNSMessage(readingQuestionOf: bytes))?.question == message.question)
    }
    // Both kinds are there: changes that are noticed, and such as make another message.
    #expect((1000..<49_000).contains(readable), "\(readable) of 50,000")
  }

  /// With up to four bytes changed, removed, doubled or replaced by pointers.
  private static func mutated(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where bytes.count > 2 {
      let place = Int.random(in: 0..<(bytes.count - 1), using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(bytes[place], at: place)
      case 4:
        bytes[place] = 0xC0
        bytes[place + 1] = UInt8.random(in: 0...UInt8(bytes.count), using: &generator)
      default: bytes.removeLast(min(bytes.count, Int.random(in: 0...3, using: &generator)))
      }
    }
    return bytes
  }
}
