internal import DomainNames
internal import Kubernetes

extension DNSForwarder {
  /// Answers a question, or has it that nothing is answered, and counts how it ended.
  func serve(_ arrival: Arrival) async {
    let (answer, outcome) = await answer(arrival)
    if Task.isCancelled {
      tally.count(.cancelled)
      arrival.end(nil)
    } else {
      tally.count(outcome)
      arrival.end(answer)
    }
  }

  private typealias Answer = (bytes: [UInt8]?, outcome: QuestionOutcome)

  private func answer(_ arrival: Arrival) async -> Answer {
    switch QuestionScreening(arrival.bytes, from: arrival.source, upstreams: upstreamAddresses) {
    case .end(let answer, let outcome): return (answer, outcome)
    case .question(let message): return await answer(message, arrival)
    }
  }

  private func answer(_ message: DNSMessage, _ arrival: Arrival) async -> Answer {
    func end(_ code: ResponseCode, _ outcome: QuestionOutcome) -> Answer {
      (message.refusal(code, payloadSize: ForwardedQuestion.payloadSize), outcome)
    }
    let name = message.question.name
    let isGuarded: Bool
    do {
      switch try await guardian.judge(name, askedBy: arrival.source) {
      case .deny: return end(settings.denial == .nameError ? .nameError : .refused, .denied)
      case .forward(let value): isGuarded = value
      }
    } catch {
      return end(.serverFailure, .guardFailed)
    }
    if isGuarded, let code = message.withheldAnswer { return end(code, .withheld) }
    let answer: (message: DNSMessage, bytes: [UInt8])
    do {
      guard let found = try await client.ask(message) else { return end(.serverFailure, .upstreamFailed) }
      answer = found
    } catch {
      return end(.formatError, .malformed)
    }
    if arrival.transport == .datagram, answer.bytes.count > message.payloadLimit {
      // The client asks again over TCP, and is told no address until then.
      return (answer.message.truncated(id: message.header.id), .truncated)
    }
    if isGuarded {
      do {
        let addresses = try answer.message.admission(
          minimum: settings.minimumLifetime, grace: settings.grace)
        if !addresses.isEmpty { try await guardian.admit(addresses, for: name, to: arrival.source) }
      } catch {
        return end(.serverFailure, error is AnswerRefusal ? .answerRefused : .guardFailed)
      }
    }
    return (DNSHeader.replacingID(in: answer.bytes, with: message.header.id), .answered)
  }
}

extension DNSMessage {
  /// Bytes that the sender of this question takes over UDP: 512 unless it says more (RFC 6891 §6.2.3), and never more
  /// than goes through networks in one piece.
  fileprivate var payloadLimit: Int {
    guard let size = options?.recordClass.rawValue else { return 512 }
    return Int(min(max(size, 512), ForwardedQuestion.payloadSize))
  }
}
