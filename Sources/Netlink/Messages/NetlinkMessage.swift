/// One message that the kernel sent, or that was to be sent.
///
/// It shares the bytes with whoever received them.
struct NetlinkMessage {
  let bytes: [UInt8]
  /// Where the message begins, and where the next one does or the bytes end.
  let range: Range<Int>

  /// The message that begins there; nil when it is cut short.
  init?(_ bytes: [UInt8], at start: Int, end: Int) {
    guard end - start >= 16 else { return nil }
    let length = Int(bytes.number(at: start, as: UInt32.self))
    guard length >= 16, length <= end - start else { return nil }
    self.bytes = bytes
    range = start..<(start + length)
  }

  var type: UInt16 { bytes.number(at: range.lowerBound + 4) }
  var flags: UInt16 { bytes.number(at: range.lowerBound + 6) }
  var sequence: UInt32 { bytes.number(at: range.lowerBound + 8) }

  /// Where the next message begins.
  var next: Int { range.lowerBound + (range.count + 3) & ~3 }

  /// The attributes after a header of that many bytes.
  func attributes(after header: Int) -> AttributeList {
    AttributeList(bytes, min(range.lowerBound + 16 + header, range.upperBound)..<range.upperBound)
  }

  /// A field of the header after netlink's own; nil when the message is too short.
  func field<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type = Number.self) -> Number? {
    let start = range.lowerBound + 16 + offset
    return start + MemoryLayout<Number>.size <= range.upperBound ? bytes.number(at: start) : nil
  }
}

/// Attributes one after the other, as a sequence; what is cut short ends it.
struct AttributeList: Sequence, IteratorProtocol {
  let bytes: [UInt8]
  private var rest: Range<Int>

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    rest = range
  }

  mutating func next() -> Attribute? {
    guard rest.count >= 4 else { return nil }
    let length = Int(bytes.number(at: rest.lowerBound, as: UInt16.self))
    guard length >= 4, length <= rest.count else { return nil }
    let type: UInt16 = bytes.number(at: rest.lowerBound + 2)
    let value = (rest.lowerBound + 4)..<(rest.lowerBound + length)
    rest = Swift.min(rest.lowerBound + (length + 3) & ~3, rest.upperBound)..<rest.upperBound
    return Attribute(type: type & AttributeType.mask, bytes: bytes, value: value)
  }

  /// The first attribute of a type.
  subscript(_ type: UInt16) -> Attribute? { first { $0.type == type } }
}

/// One attribute: its type, and where its value is.
struct Attribute {
  let type: UInt16
  let bytes: [UInt8]
  let value: Range<Int>

  /// The attributes that it has.
  var nested: AttributeList { AttributeList(bytes, value) }

  /// A number in the byte order of the machine; nil when the value has not its size.
  func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    value.count == MemoryLayout<Number>.size ? bytes.number(at: value.lowerBound) : nil
  }

  /// A number in the byte order of the network.
  func networkNumber<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    number(Number.self).map(Number.init(bigEndian:))
  }

  /// A text up to its zero byte.
  var text: String { String(decoding: bytes[value].prefix { $0 != 0 }, as: UTF8.self) }
}

extension [UInt8] {
  /// Zeros after a beginning, set by the system's own loops, which are fast in every build.
  static func zero(count: Int, beginningWith start: [UInt8] = []) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let memory = UnsafeMutableRawBufferPointer(buffer)
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      start.withUnsafeBytes { memory.copyMemory(from: $0) }
      initialized = count
    }
  }

  /// The number whose bytes are there in the machine's order.
  func number<Number: FixedWidthInteger>(at offset: Int, as: Number.Type = Number.self) -> Number {
    withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
  }
}
