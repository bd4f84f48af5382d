internal import DomainNames

/// A question as one upstream gets it, once: with an id that nobody can guess.
struct ForwardedQuestion: Sendable {
  /// What an upstream says that answers the question.
  enum Answer: Sendable {
    case whole(DNSMessage, bytes: [UInt8])
    /// There is more, over TCP.
    case truncated
  }

  /// Bytes of an answer over UDP that no network has to cut into pieces (RFC 9715 and the DNS flag day of 2020).
  static let payloadSize: UInt16 = 1232

  let bytes: [UInt8]
  private let id: UInt16
  private let question: DNSQuestion

  /// - Parameter message: the client's. All of it is kept but the id, and how long an answer over UDP may be.
  /// - Throws: when it is too long once its names are written in full.
  init(
    _ message: DNSMessage, using generator: inout some RandomNumberGenerator
  ) throws(DNSMessageError) {
    var message = message
    id = UInt16.random(in: .min ... .max, using: &generator)
    question = message.question
    message.header.id = id
    message.additional = message.additional.map { record in
      guard record.type == .opt else { return record }
      var record = record
      let size = min(max(record.recordClass.rawValue, 512), Self.payloadSize)
      record.recordClass = RecordClass(rawValue: size)
      return record
    }
    bytes = try message.written()
  }

  /// What bytes of the upstream say; nil when they do not answer this question, or cannot be understood whole.
  ///
  /// An answer has the id, and the question in every byte. Of a truncated one no more than that is read, as it may
  /// end anywhere.
  func answer(_ bytes: [UInt8]) -> Answer? {
    guard let head = try? DNSMessage(readingQuestionOf: bytes), head.header.isResponse, head.header.id == id,
      head.header.operation == .query, question.isRepeated(in: head.question)
    else { return nil }
    if head.header.isTruncated { return .truncated }
    return (try? DNSMessage(reading: bytes)).map { .whole($0, bytes: bytes) }
  }
}
