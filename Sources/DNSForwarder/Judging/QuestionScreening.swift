internal import DomainNames
internal import Kubernetes

/// What becomes of a client's bytes before anyone is asked about the name.
enum QuestionScreening {
  /// To be asked. It has a question for records of the Internet, and nothing that only answers have.
  case question(DNSMessage)
  /// - answer: what the client is told; nil for nothing, which is what an answer to an answer must be.
  case end(answer: [UInt8]?, QuestionOutcome)

  /// - Parameter upstreams: from which no questions are taken, as they would go round in a circle.
  init(_ bytes: [UInt8], from source: IPAddress, upstreams: Set<IPAddress>) {
    guard let header = try? DNSHeader(reading: bytes), !header.isResponse else {
      self = .end(answer: nil, .malformed)
      return
    }
    if upstreams.contains(source) {
      self = .end(answer: header.refusal(.refused), .looped)
      return
    }
    guard header.operation == .query else {
      self = .end(answer: header.refusal(.notImplemented), .unsupported)
      return
    }
    guard let message = try? DNSMessage(reading: bytes) else {
      self = .end(answer: header.refusal(.formatError), .malformed)
      return
    }
    self = Self.screen(message)
  }

  private static func screen(_ message: DNSMessage) -> QuestionScreening {
    func end(_ code: ResponseCode, _ outcome: QuestionOutcome) -> QuestionScreening {
      .end(answer: message.refusal(code, payloadSize: ForwardedQuestion.payloadSize), outcome)
    }
    guard message.question.recordClass == .internet else { return end(.refused, .unsupported) }
    // Transfers of zones, which are several messages, and the mailbox questions of old.
    if (251...254).contains(message.question.type.rawValue) { return end(.notImplemented, .unsupported) }
    guard message.answers.isEmpty, message.authorities.isEmpty else { return end(.formatError, .malformed) }
    return .question(message)
  }
}

extension DNSMessage {
  /// What a question for a guarded name is answered with unasked; nil for questions that are to be asked.
  ///
  /// Records of services have hints of addresses, and an answer to everything may have them, which no one admits. A
  /// client that is told of no service asks for the addresses.
  var withheldAnswer: ResponseCode? {
    switch question.type {
    case .svcb, .https: .noError
    case .any: .notImplemented
    default: nil
    }
  }
}
