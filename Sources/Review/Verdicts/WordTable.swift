/// Remembers what words of a text stand for. Words are compared as bytes, where `String` would compare
/// characters; O(length) per look-up.
struct WordTable<Value> {
  private struct Slot {
    var hash: UInt64 = 0
    var start = 0
    var count = -1
    var value = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 256)
  private var pool: [UInt8] = []
  private(set) var values: [Value] = []

  /// The number of a word's value in ``values``; nil for a word that is new.
  @inline(__always)
  func number(of word: UnsafeRawBufferPointer) -> Int? {
    let hash = Self.hash(word)
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place].count >= 0 {
      let slot = slots[place]
      if slot.hash == hash, slot.count == word.count, isEqual(slot.start, word) { return slot.value }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds a word that is new; answers its number.
  mutating func append(_ value: Value, for word: UnsafeRawBufferPointer) -> Int {
    let hash = Self.hash(word)
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place].count >= 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = Slot(hash: hash, start: pool.count, count: word.count, value: values.count)
    pool.append(contentsOf: word)
    values.append(value)
    if values.count * 2 > slots.count { grow() }
    return values.count - 1
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for slot in old where slot.count >= 0 {
      var place = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
      while slots[place].count >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }

  private func isEqual(_ start: Int, _ word: UnsafeRawBufferPointer) -> Bool {
    pool.withUnsafeBytes {
      ByteScan.areEqual(UnsafeRawBufferPointer(rebasing: $0[start..<(start + word.count)]), word)
    }
  }

  /// Multiply-and-fold over eight bytes at a time. Collisions only cost time, and flow files are the user's own.
  private static func hash(_ word: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: word.count) &* 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset + 8 <= word.count {
      hash = fold(hash ^ word.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    // The last eight bytes, those that were seen already among them.
    if offset > 0 { return fold(hash ^ word.loadUnaligned(fromByteOffset: word.count - 8, as: UInt64.self)) }
    var rest: UInt64 = 0
    while offset < word.count {
      rest = rest << 8 | UInt64(word[offset])
      offset += 1
    }
    return fold(hash ^ rest)
  }

  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}
