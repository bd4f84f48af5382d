/// The first four bytes of a message: who asked, and what kind of message it is (RFC 1035 §4.1.1).
package struct DNSHeader: Sendable, Hashable {
  /// Bytes of a whole header, with the numbers of records.
  package static let byteCount = 12

  /// What the asker chose, and an answer repeats.
  package var id: UInt16
  /// The second 16 bits as they are: kinds, wishes and the response code.
  package var flags: UInt16

  package init(id: UInt16, flags: UInt16 = 0) {
    self.id = id
    self.flags = flags
  }

  package var isResponse: Bool {
    get { self[0x8000] }
    set { self[0x8000] = newValue }
  }

  package var operation: OperationCode {
    get { OperationCode(rawValue: UInt8(truncatingIfNeeded: flags >> 11) & 0xF) }
    set { flags = flags & ~0x7800 | UInt16(newValue.rawValue & 0xF) << 11 }
  }

  /// Whether records are missing because the message would be too long (TC).
  package var isTruncated: Bool {
    get { self[0x0200] }
    set { self[0x0200] = newValue }
  }

  /// Whether the asker wants an answer and no referral (RD).
  package var isRecursionDesired: Bool {
    get { self[0x0100] }
    set { self[0x0100] = newValue }
  }

  /// Whether the answerer gives answers and no referrals (RA).
  package var isRecursionAvailable: Bool {
    get { self[0x0080] }
    set { self[0x0080] = newValue }
  }

  package var response: ResponseCode {
    get { ResponseCode(rawValue: UInt8(truncatingIfNeeded: flags) & 0xF) }
    set { flags = flags & ~0xF | UInt16(newValue.rawValue & 0xF) }
  }

  private subscript(_ mask: UInt16) -> Bool {
    get { flags & mask != 0 }
    set { flags = newValue ? flags | mask : flags & ~mask }
  }
}
