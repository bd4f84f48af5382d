internal import Kubernetes

/// The bytes of a message that is being written. Names are not compressed.
struct MessageWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: number >> 8))
    bytes.append(UInt8(truncatingIfNeeded: number))
  }

  mutating func append(_ number: UInt32) {
    append(UInt16(truncatingIfNeeded: number >> 16))
    append(UInt16(truncatingIfNeeded: number))
  }

  mutating func append(_ header: DNSHeader, counts: [UInt16]) {
    append(header.id)
    append(header.flags)
    for count in counts { append(count) }
  }

  mutating func append(_ question: DNSQuestion) {
    bytes += question.name.wire
    append(question.type.rawValue)
    append(question.recordClass.rawValue)
  }

  mutating func append(_ record: ResourceRecord) {
    bytes += record.owner.wire
    append(record.type.rawValue)
    append(record.recordClass.rawValue)
    append(record.timeToLive)
    let data = record.content.bytes
    append(UInt16(truncatingIfNeeded: data.count))
    bytes += data
  }
}

extension ResourceRecord.Content {
  fileprivate var bytes: [UInt8] {
    switch self {
    case .address(let address):
      (0..<(address.family.bitWidth / 8)).reversed().map {
        UInt8(truncatingIfNeeded: address.bits >> UInt128(8 * $0))
      }
    case .canonicalName(let name): name.wire
    case .options(let bytes), .opaque(let bytes): bytes
    }
  }
}
