@testable import SourceGroupDocuments

/// A text with a few of its bytes changed, removed or doubled: most are no documents any more, and some still are.
struct MutatedTexts {
  private let bytes: [UInt8]
  private var generator: SplitMix64

  init(_ text: String, seed: UInt64) {
    bytes = Array(text.utf8)
    generator = SplitMix64(seed: seed)
  }

  mutating func next() -> String {
    var mutated = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: mutated.indices, using: &generator)
      let other = bytes[Int.random(in: bytes.indices, using: &generator)]
      switch Int.random(in: 0...3, using: &generator) {
      case 0: mutated[place] = other
      case 1: mutated.remove(at: place)
      case 2: mutated.insert(other, at: place)
      default:
        let end = min(place + Int.random(in: 1...30, using: &generator), mutated.count)
        mutated.replaceSubrange(place..<end, with: [])
      }
    }
    return String(decoding: mutated, as: UTF8.self)
  }
}
