/// Looks for bytes eight at a time, where lines are read and written by the million.
enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of every byte that is zero, and perhaps of bytes after the first such one.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }

  /// The place of the first byte of this value from `start` on; the count when there is none. O(bytes/8).
  @inline(__always)
  static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    let pattern = UInt64(byte) &* ones
    while place + 8 <= bytes.count {
      let found = zeros(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) ^ pattern)
      if found != 0 { return place + found.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < bytes.count, bytes[place] != byte { place += 1 }
    return place
  }

  /// The place of the first byte that is a space or below from `start` on; the count when there is none. O(bytes/8).
  @inline(__always)
  static func firstBlankOrControl(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    while place + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let found = (word &- 0x21 &* ones) & ~word & highBits
      if found != 0 { return place + found.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < bytes.count, bytes[place] > 0x20 { place += 1 }
    return place
  }

  /// Whether a byte is not printable ASCII, a quote or a backslash, so that JSON writes it another way. O(bytes/8).
  @inline(__always)
  static func needsEscapes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let special =
        (word & highBits) | ((word &- 0x20 &* ones) & ~word & highBits) | zeros(word ^ 0x22 &* ones)
        | zeros(word ^ 0x5C &* ones) | zeros(word ^ 0x7F &* ones)
      if special != 0 { return true }
      place += 8
    }
    while place < bytes.count {
      let byte = bytes[place]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte > 0x7E { return true }
      place += 1
    }
    return false
  }

  /// Whether two runs of bytes are the same. O(bytes/8).
  @inline(__always)
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    var place = 0
    while place + 8 <= left.count {
      guard
        left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          == right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      else { return false }
      place += 8
    }
    while place < left.count {
      if left[place] != right[place] { return false }
      place += 1
    }
    return true
  }
}
