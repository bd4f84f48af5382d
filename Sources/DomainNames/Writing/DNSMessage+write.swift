extension DNSMessage {
  /// The message in bytes that read as the same message.
  ///
  /// - Throws: when it has more bytes than a message can have, as it may once its names are written in full.
  package func written() throws(DNSMessageError) -> [UInt8] {
    var writer = MessageWriter()
    let sections = [answers, authorities, additional]
    writer.append(header, counts: [1] + sections.map { UInt16(truncatingIfNeeded: $0.count) })
    writer.append(question)
    for record in sections.joined() {
      let start = writer.bytes.count
      writer.append(record)
      guard writer.bytes.count <= Self.longest else { throw DNSMessageError(.atMost65535Bytes, at: start) }
    }
    return writer.bytes
  }

  /// An answer to this query without records, in bytes.
  ///
  /// No caching of it is asked for, because there is no SOA record that would say for how long (RFC 2308 §5).
  ///
  /// - Parameter payloadSize: how many bytes of UDP the answerer takes, said to those who say it too.
  package func refusal(_ code: ResponseCode, payloadSize: UInt16) -> [UInt8] {
    var header = DNSHeader(id: header.id, flags: header.flags & Self.repeatedFlags)
    header.isResponse = true
    header.isRecursionAvailable = true
    header.response = code
    let options = options.map { options in
      ResourceRecord(
        .root, .opt, RecordClass(rawValue: payloadSize),
        timeToLive: options.timeToLive & Self.wantsSignatures, .options([]))
    }
    return Self.bytes(header, question, options)
  }

  /// What is left of an answer that does not fit: the header, which says so, the question, and the OPT record without
  /// its options.
  ///
  /// - Parameter id: that of who asked.
  package func truncated(id: UInt16) -> [UInt8] {
    var header = header
    header.id = id
    header.isTruncated = true
    let options = options.map {
      ResourceRecord($0.owner, .opt, $0.recordClass, timeToLive: $0.timeToLive, .options([]))
    }
    return Self.bytes(header, question, options)
  }

  private static func bytes(
    _ header: DNSHeader, _ question: DNSQuestion, _ options: ResourceRecord?
  ) -> [UInt8] {
    var writer = MessageWriter()
    writer.append(header, counts: [1, 0, 0, options == nil ? 0 : 1])
    writer.append(question)
    if let options { writer.append(options) }
    return writer.bytes
  }

  /// The operation, RD and CD.
  private static let repeatedFlags: UInt16 = 0x7910
  /// DO of the OPT record (RFC 3225).
  private static let wantsSignatures: UInt32 = 0x8000
}

extension DNSHeader {
  /// A header alone, in bytes: the answer to a query that has no question, or none that can be read.
  package func refusal(_ code: ResponseCode) -> [UInt8] {
    var header = DNSHeader(id: id)
    header.operation = operation
    header.isRecursionDesired = isRecursionDesired
    header.isResponse = true
    header.isRecursionAvailable = true
    header.response = code
    var writer = MessageWriter()
    writer.append(header, counts: [0, 0, 0, 0])
    return writer.bytes
  }

  /// Bytes of a message with another id, and nothing else changed.
  package static func replacingID(in bytes: [UInt8], with id: UInt16) -> [UInt8] {
    guard bytes.count >= byteCount else { return bytes }
    var bytes = bytes
    bytes[0] = UInt8(truncatingIfNeeded: id >> 8)
    bytes[1] = UInt8(truncatingIfNeeded: id)
    return bytes
  }
}
