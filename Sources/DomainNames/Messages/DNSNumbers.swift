/// What a record, or a question, is about (IANA, "Resource Record (RR) TYPEs").
package struct RecordType: RawRepresentable, Sendable, Hashable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// An IPv4 address.
  package static let a = RecordType(rawValue: 1)
  /// Another name for the same.
  package static let cname = RecordType(rawValue: 5)
  /// An IPv6 address.
  package static let aaaa = RecordType(rawValue: 28)
  /// What the sender of a message can do (RFC 6891).
  package static let opt = RecordType(rawValue: 41)
  /// How to reach a service, with hints of its addresses (RFC 9460).
  package static let svcb = RecordType(rawValue: 64)
  /// The same for HTTP.
  package static let https = RecordType(rawValue: 65)
  /// Whatever the server has about a name (RFC 8482). Of questions only.
  package static let any = RecordType(rawValue: 255)
}

/// The family of networks that a record is for.
package struct RecordClass: RawRepresentable, Sendable, Hashable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The Internet.
  package static let internet = RecordClass(rawValue: 1)
}

/// What a message wants.
package struct OperationCode: RawRepresentable, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An answer to a question.
  package static let query = OperationCode(rawValue: 0)
}

/// How a question ended: the four bits of the header.
package struct ResponseCode: RawRepresentable, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let noError = ResponseCode(rawValue: 0)
  /// The question was not understood.
  package static let formatError = ResponseCode(rawValue: 1)
  package static let serverFailure = ResponseCode(rawValue: 2)
  /// There is no such name: NXDOMAIN.
  package static let nameError = ResponseCode(rawValue: 3)
  package static let notImplemented = ResponseCode(rawValue: 4)
  package static let refused = ResponseCode(rawValue: 5)
}
