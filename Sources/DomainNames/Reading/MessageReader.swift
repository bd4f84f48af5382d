/// A place in the bytes of a message, from which its parts are read one after the other.
struct MessageReader {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(DNSMessageError) -> UInt8 {
    try require(1)
    defer { position += 1 }
    return bytes[position]
  }

  mutating func number() throws(DNSMessageError) -> UInt16 {
    try require(2)
    defer { position += 2 }
    return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
  }

  mutating func longNumber() throws(DNSMessageError) -> UInt32 {
    try require(4)
    return UInt32(try number()) << 16 | UInt32(try number())
  }

  mutating func take(_ count: Int) throws(DNSMessageError) -> ArraySlice<UInt8> {
    try require(count)
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  func require(_ count: Int) throws(DNSMessageError) {
    let missing = count - (bytes.count - position)
    if missing > 0 { throw DNSMessageError(.moreBytes(missing), at: bytes.count) }
  }
}

extension MessageReader {
  /// Reads a name whose end may be that of an earlier one. O(1): at most 255 bytes and 127 pointers.
  ///
  /// A pointer leads to before the part of the name in which it stands, so each leads further back and none round in a
  /// circle. There are no more pointers than labels in any name that a server has reason to write.
  mutating func name() throws(DNSMessageError) -> DomainName {
    var wire: [UInt8] = []
    /// Where the part of the name begins that is being read.
    var start = position
    /// Where the record goes on.
    var end: Int?
    var pointers = 0
    while true {
      let place = position
      let length = try byte()
      switch length >> 6 {
      case 0 where length == 0:
        if let end { position = end }
        return DomainName(checkedWire: wire + [0])
      case 0:
        guard wire.count + 1 + Int(length) < DomainName.longest else {
          throw DNSMessageError(.nameOfAtMost255Bytes, at: place)
        }
        wire.append(length)
        wire += try take(Int(length))
      case 3:
        let target = Int(length & 0x3F) << 8 | Int(try byte())
        guard target >= DNSHeader.byteCount, target < start else {
          throw DNSMessageError(.earlierPointer(found: target), at: place)
        }
        pointers += 1
        if pointers > 127 { throw DNSMessageError(.atMost127Pointers, at: place) }
        end = end ?? position
        start = target
        position = target
      default: throw DNSMessageError(.labelLength(found: length), at: place)
      }
    }
  }
}
