internal import Kubernetes

extension DNSHeader {
  /// Reads the header of what may be no message otherwise.
  package init(reading bytes: [UInt8]) throws(DNSMessageError) {
    var reader = MessageReader(bytes)
    try reader.require(Self.byteCount)
    self.init(id: try reader.number(), flags: try reader.number())
  }
}

extension DNSMessage {
  /// Reads a whole message, to its last byte. O(bytes), and at most 255 bytes and 127 steps for each name.
  package init(reading bytes: [UInt8]) throws(DNSMessageError) {
    guard bytes.count <= Self.longest else { throw DNSMessageError(.atMost65535Bytes, at: Self.longest) }
    let header = try DNSHeader(reading: bytes)
    var reader = MessageReader(bytes)
    _ = try reader.longNumber()
    let questions = try reader.number()
    guard questions == 1 else { throw DNSMessageError(.oneQuestion(found: Int(questions)), at: 4) }
    let counts = [try reader.number(), try reader.number(), try reader.number()]
    self.init(header, try DNSQuestion(reading: &reader))
    answers = try Self.records(counts[0], &reader)
    authorities = try Self.records(counts[1], &reader)
    additional = try Self.records(counts[2], &reader, mayHaveOptions: true)
    if !reader.isAtEnd { throw DNSMessageError(.end, at: reader.position) }
  }

  /// Reads the header and the question of a message whose records may be cut off anywhere, and which has none here.
  package init(readingQuestionOf bytes: [UInt8]) throws(DNSMessageError) {
    let header = try DNSHeader(reading: bytes)
    var reader = MessageReader(bytes)
    _ = try reader.longNumber()
    let questions = try reader.number()
    guard questions == 1 else { throw DNSMessageError(.oneQuestion(found: Int(questions)), at: 4) }
    _ = try reader.take(DNSHeader.byteCount - reader.position)
    self.init(header, try DNSQuestion(reading: &reader))
  }

  /// - Parameter count: what the message claims. Nothing is reserved for records that may not be there.
  private static func records(
    _ count: UInt16, _ reader: inout MessageReader, mayHaveOptions: Bool = false
  ) throws(DNSMessageError) -> [ResourceRecord] {
    var records: [ResourceRecord] = []
    var mayHaveOptions = mayHaveOptions
    for _ in 0..<count {
      let start = reader.position
      let record = try ResourceRecord(reading: &reader)
      if record.type == .opt {
        guard mayHaveOptions, record.owner == .root else {
          throw DNSMessageError(.oneOptionsRecord, at: start)
        }
        mayHaveOptions = false
      }
      records.append(record)
    }
    return records
  }
}

extension DNSQuestion {
  fileprivate init(reading reader: inout MessageReader) throws(DNSMessageError) {
    let name = try reader.name()
    self.init(
      name, RecordType(rawValue: try reader.number()), RecordClass(rawValue: try reader.number()))
  }
}

extension ResourceRecord {
  fileprivate init(reading reader: inout MessageReader) throws(DNSMessageError) {
    let owner = try reader.name()
    let type = RecordType(rawValue: try reader.number())
    let recordClass = RecordClass(rawValue: try reader.number())
    let timeToLive = try reader.longNumber()
    let length = Int(try reader.number())
    try reader.require(length)
    let content: Content
    switch (type, recordClass) {
    case (.opt, _): content = .options(Array(try reader.take(length)))
    case (.a, .internet): content = .address(try Self.address(.ipv4, length, &reader))
    case (.aaaa, .internet): content = .address(try Self.address(.ipv6, length, &reader))
    case (.cname, .internet):
      let end = reader.position + length
      let name = try reader.name()
      guard reader.position == end else { throw DNSMessageError(.nameToTheEnd, at: reader.position) }
      content = .canonicalName(name)
    default: content = .opaque(Array(try reader.take(length)))
    }
    self.init(owner, type, recordClass, timeToLive: timeToLive, content)
  }

  private static func address(
    _ family: AddressFamily, _ length: Int, _ reader: inout MessageReader
  ) throws(DNSMessageError) -> IPAddress {
    guard length == family.bitWidth / 8 else {
      throw DNSMessageError(.addressOf(bytes: family.bitWidth / 8, found: length), at: reader.position)
    }
    return IPAddress(family, bits: try reader.take(length).reduce(0) { $0 << 8 | UInt128($1) })
  }
}
