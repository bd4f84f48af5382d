import Testing

@testable import Review

@Suite("Scanning bytes eight at a time")
struct ByteScanTests {
  /// Every length around a word, with one byte of interest at every place.
  private func forEachCase(_ byte: UInt8, _ body: (_ bytes: [UInt8], _ place: Int) -> Void) {
    for count in 0...20 {
      for place in 0..<max(count, 1) {
        var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        if place < count { bytes[place] = byte }
        body(bytes, place)
      }
    }
  }

  @Test(
    "the first byte of a value is found, or the end", arguments: [0x00, 0x0A, 0x7F, 0x80, 0xFF] as [UInt8])
  func first(_ byte: UInt8) {
    forEachCase(byte) { bytes, _ in
      for start in 0...bytes.count {
        let expected = bytes[start...].firstIndex(of: byte) ?? bytes.count
        #expect(bytes.withUnsafeBytes { ByteScan.first(byte, in: $0, from: start) } == expected)
      }
    }
    // A byte that differs by one, after a match, does not count.
    let near: [UInt8] = [byte &+ 1, byte &+ 1, byte, byte &+ 1, byte ^ 1, 1, 2, 3, 4]
    #expect(near.withUnsafeBytes { ByteScan.first(byte, in: $0, from: 0) } == 2)
  }

  @Test("the first blank or control byte is found, and no other")
  func blanks() {
    for byte in UInt8.min...UInt8.max {
      forEachCase(byte) { bytes, _ in
        let expected = bytes.firstIndex { $0 <= 0x20 } ?? bytes.count
        #expect(bytes.withUnsafeBytes { ByteScan.firstBlankOrControl(in: $0, from: 0) } == expected)
      }
    }
  }

  @Test("what JSON escapes is seen at every place, and nothing else is")
  func escapes() {
    for byte in UInt8.min...UInt8.max {
      let isSpecial = byte < 0x20 || byte == 0x22 || byte == 0x5C || byte > 0x7E
      forEachCase(byte) { bytes, _ in
        #expect(bytes.withUnsafeBytes { ByteScan.needsEscapes($0) } == (isSpecial && !bytes.isEmpty))
      }
    }
  }

  @Test("runs are equal when every byte is")
  func equality() {
    forEachCase(UInt8(ascii: "b")) { bytes, place in
      let same = bytes
      #expect(bytes.withUnsafeBytes { left in same.withUnsafeBytes { ByteScan.areEqual(left, $0) } })
      guard place < bytes.count else { return }
      var other = bytes
      other[place] = UInt8(ascii: "c")
      #expect(!bytes.withUnsafeBytes { left in other.withUnsafeBytes { ByteScan.areEqual(left, $0) } })
      let shorter = Array(bytes.dropLast())
      #expect(!bytes.withUnsafeBytes { left in shorter.withUnsafeBytes { ByteScan.areEqual(left, $0) } })
    }
  }
}
