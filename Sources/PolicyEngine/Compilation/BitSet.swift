/// A set of small numbers in one run of machine words. All sets of one compilation have the same size.
struct BitSet: Sendable, Hashable {
  private(set) var words: [UInt64]

  /// An empty set for numbers below `size`.
  init(size: Int) {
    words = [UInt64](repeating: 0, count: (size + 63) / 64)
  }

  /// Every number below `size`.
  init(allBelow size: Int) {
    words = [UInt64](repeating: .max, count: (size + 63) / 64)
    let rest = size % 64
    if rest > 0 { words[words.count - 1] = (1 << UInt64(rest)) - 1 }
  }

  @inline(__always)
  func contains(_ number: Int) -> Bool {
    words[number >> 6] & (1 << UInt64(number & 63)) != 0
  }

  @inline(__always)
  mutating func insert(_ number: Int) {
    words[number >> 6] |= 1 << UInt64(number & 63)
  }

  /// Puts a number in, or takes it out when it is there.
  @inline(__always)
  mutating func toggle(_ number: Int) {
    words[number >> 6] ^= 1 << UInt64(number & 63)
  }

  func hash(into hasher: inout Hasher) { words.withUnsafeBytes { hasher.combine(bytes: $0) } }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  mutating func formUnion(_ other: BitSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: BitSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func subtract(_ other: BitSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  func union(_ other: BitSet) -> BitSet {
    var result = self
    result.formUnion(other)
    return result
  }

  func intersection(_ other: BitSet) -> BitSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  func subtracting(_ other: BitSet) -> BitSet {
    var result = self
    result.subtract(other)
    return result
  }

  func isSubset(of other: BitSet) -> Bool {
    for index in words.indices where words[index] & ~other.words[index] != 0 { return false }
    return true
  }

  func intersects(_ other: BitSet) -> Bool {
    for index in words.indices where words[index] & other.words[index] != 0 { return true }
    return false
  }

  /// Calls `body` for each member, ascending. O(words + members).
  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        body(index << 6 | word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }
}
