/// One message that the kernel sent, or that was to be sent.
///
/// Messages, lists and attributes are views of bytes that somebody lends: good for as long as these are lent, and not to be kept.
struct NetlinkMessage {
  let bytes: UnsafeRawBufferPointer

  /// The message that bytes begin with; nil when it is cut short.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 16 else { return nil }
    let length = Int(bytes.loadUnaligned(as: UInt32.self))
    guard length >= 16, length <= bytes.count else { return nil }
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<length])
  }

  var type: UInt16 { bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self) }
  var flags: UInt16 { bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self) }
  var sequence: UInt32 { bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self) }

  /// The attributes after a header of that many bytes.
  func attributes(after header: Int) -> AttributeList {
    AttributeList(bytes.from(16 + header))
  }

  /// A field of the header after netlink's own; nil when the message is too short.
  func field<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type = Number.self) -> Number? {
    16 + offset + MemoryLayout<Number>.size <= bytes.count
      ? bytes.loadUnaligned(fromByteOffset: 16 + offset, as: Number.self) : nil
  }
}

/// Messages one after the other, as a sequence; what is cut short ends it.
struct MessageList: Sequence, IteratorProtocol {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  mutating func next() -> NetlinkMessage? {
    guard let message = NetlinkMessage(rest) else { return nil }
    rest = rest.from((message.bytes.count + 3) & ~3)
    return message
  }
}

/// Attributes one after the other, as a sequence; what is cut short ends it.
struct AttributeList: Sequence, IteratorProtocol {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  mutating func next() -> Attribute? {
    guard rest.count >= 4 else { return nil }
    let length = Int(rest.loadUnaligned(as: UInt16.self))
    guard length >= 4, length <= rest.count else { return nil }
    let attribute = Attribute(
      type: rest.loadUnaligned(fromByteOffset: 2, as: UInt16.self) & AttributeType.mask,
      value: UnsafeRawBufferPointer(rebasing: rest[4..<length]))
    rest = rest.from((length + 3) & ~3)
    return attribute
  }

  /// The first attribute of a type.
  subscript(_ type: UInt16) -> Attribute? { first { $0.type == type } }
}

/// One attribute: its type, and its value.
struct Attribute {
  let type: UInt16
  let value: UnsafeRawBufferPointer

  /// The attributes that it has.
  var nested: AttributeList { AttributeList(value) }

  /// A number in the byte order of the machine; nil when the value has not its size.
  func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    value.count == MemoryLayout<Number>.size ? value.loadUnaligned(as: Number.self) : nil
  }

  /// A number in the byte order of the network.
  func networkNumber<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    number(Number.self).map(Number.init(bigEndian:))
  }

  /// A text up to its zero byte.
  var text: String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
}

extension UnsafeRawBufferPointer {
  /// What is left from there on; nothing when it ends before.
  fileprivate func from(_ offset: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[Swift.min(offset, count)...])
  }
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
}
