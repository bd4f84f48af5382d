internal import Glibc

/// Netlink messages one after the other in one buffer, written front to back.
///
/// Lengths of messages and nests are set when they end. The buffer grows by doubling, and is kept by ``removeAll()``, so a
/// writer that is used again allocates nothing.
struct MessageWriter: Sendable {
  private var bytes: [UInt8]
  /// The number of bytes that are written.
  private(set) var count = 0

  init(capacity: Int = 4096) {
    bytes = .zero(count: capacity)
  }

  mutating func removeAll() { count = 0 }

  // MARK: - Messages

  /// Begins a message, to which everything belongs that is written until ``end(_:)``.
  ///
  /// - Returns: where it begins.
  mutating func begin(_ type: UInt16, _ flags: UInt16, sequence: UInt32) -> Int {
    let start = place(16)
    store(UInt32(16), at: start)
    store(type, at: start + 4)
    store(flags, at: start + 6)
    store(sequence, at: start + 8)
    store(UInt32(0), at: start + 12)
    return start
  }

  /// Sets the length of the message that begins there.
  mutating func end(_ start: Int) {
    store(UInt32(count - start), at: start)
  }

  /// Changes the flags of the message that begins there.
  mutating func setFlags(_ flags: UInt16, ofMessageAt start: Int) {
    store(flags, at: start + 6)
  }

  // MARK: - Attributes

  /// Begins an attribute that has attributes.
  mutating func beginNest(_ type: UInt16) -> Int {
    let start = place(4)
    store(type | AttributeType.nested, at: start + 2)
    return start
  }

  /// Sets the length of the nest that begins there. It must be below 64 KB.
  mutating func endNest(_ start: Int) {
    store(UInt16(truncatingIfNeeded: count - start), at: start)
  }

  /// An attribute with a number in the byte order of the machine.
  mutating func attribute<Number: FixedWidthInteger>(_ type: UInt16, _ number: Number) {
    let start = header(type, length: MemoryLayout<Number>.size)
    store(number, at: start)
  }

  /// An attribute with a text that ends in a zero byte.
  mutating func attribute(_ type: UInt16, _ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      let start = header(type, length: utf8.count + 1)
      bytes.withUnsafeMutableBytes { $0[start..<(start + utf8.count)].copyBytes(from: utf8) }
    }
  }

  /// An attribute with bytes.
  mutating func attribute(_ type: UInt16, _ value: UnsafeRawBufferPointer) {
    let start = header(type, length: value.count)
    bytes.withUnsafeMutableBytes { $0[start..<(start + value.count)].copyBytes(from: value) }
  }

  /// An attribute that says something by being there.
  mutating func attribute(_ type: UInt16) {
    _ = header(type, length: 0)
  }

  /// A number after what is written, without an attribute: a field of a message's header.
  mutating func field<Number: FixedWidthInteger>(_ number: Number) {
    store(number, at: extend(MemoryLayout<Number>.size))
  }

  /// Lends what is written.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// An attribute's header and room for its value, whose padding is zero.
  private mutating func header(_ type: UInt16, length: Int) -> Int {
    let start = place(4 + length)
    store(UInt16(truncatingIfNeeded: 4 + length), at: start)
    store(type, at: start + 2)
    return start + 4
  }

  /// Room for bytes, rounded up to four of them; the last four are zero.
  private mutating func place(_ length: Int) -> Int {
    let start = extend((length + 3) & ~3)
    store(UInt32(0), at: count - 4)
    return start
  }

  private mutating func extend(_ length: Int) -> Int {
    let start = count
    count += length
    if count > bytes.count { bytes = .zero(count: max(2 * bytes.count, count), beginningWith: bytes) }
    return start
  }

  private mutating func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: number, toByteOffset: offset, as: Number.self) }
  }
}
