import DNSForwarder
import DomainNames
import Kubernetes
import NIOCore
import NIOPosix
import Testing

@Suite("Upstreams that lie, and others that would be upstreams", .timeLimit(.minutes(2)))
struct LyingUpstreamTests {
  /// What an upstream says that is no answer to the question.
  enum Lie: String, CaseIterable, Sendable {
    case wrongID, wrongName, wrongCase, wrongType, wrongClass, noResponse, noQuestion, twoQuestions,
      wrongOperation
    case garbage, empty, cut, loop, trailing, tooLong

    func bytes(_ question: DNSMessage) -> [UInt8] {
      let name = question.question.name
      var lie = Messages.answer(question, ["\(name) 60 192.0.2.66"])
      func asking(_ other: DNSQuestion) -> [UInt8] {
        var message = DNSMessage(lie.header, other)
        message.answers = lie.answers
        return message.bytes
      }
      switch self {
      case .wrongID: lie.header.id ^= 1
      case .wrongName: return asking(DNSQuestion(Messages.name("evil.com"), .a))
      case .wrongCase: return asking(DNSQuestion(Messages.name(name.description.uppercased()), .a))
      case .wrongType: return asking(DNSQuestion(name, .aaaa))
      case .wrongClass: return asking(DNSQuestion(name, .a, RecordClass(rawValue: 3)))
      case .noResponse: lie.header.isResponse = false
      case .noQuestion: return lie.header.refusal(.noError)
      case .twoQuestions: return with(lie.bytes, 5, 2)
      case .wrongOperation: lie.header.operation = OperationCode(rawValue: 4)
      case .garbage: return [UInt8](repeating: 0xA5, count: 100)
      case .empty: return []
      case .cut: return lie.bytes.dropLast(2)
      case .loop: return with(lie.bytes, 12, 0xC0)
      case .trailing: return lie.bytes + [0]
      case .tooLong:
        lie.answers = (0..<80).map { _ in lie.answers[0] }
      }
      return lie.bytes
    }

    private func with(_ bytes: [UInt8], _ place: Int, _ byte: UInt8) -> [UInt8] {
      var bytes = bytes
      bytes[place] = byte
      return bytes
    }
  }

  @Test("what does not answer the question is not seen, and the answer behind it is", arguments: Lie.allCases)
  func lies(lie: Lie) async throws {
    try await RunningForwarder.before({
      [lie.bytes($0.message), lie.bytes($0.message)]
        + [Messages.answer($0.message, ["a.com 60 192.0.2.1"]).bytes]
    }) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
      #expect(upstream.questions.count == 1)
      #expect(running.journal.entries.filter { $0.contains("192.0.2.66") }.isEmpty)
      try await client.close()
    }
  }

  @Test("who only lies has not answered", arguments: [false, true])
  func onlyLies(isOverStream: Bool) async throws {
    try await RunningForwarder.before(
      { question in
        if isOverStream, !question.isOverStream {
          return [Messages.answer(question.message, [], isTruncated: true).bytes]
        }
        // What is too long for UDP is not too long for TCP.
        return Lie.allCases.filter { !isOverStream || $0 != .tooLong }.map { $0.bytes(question.message) }
      },
      {
        $0.timeout = .milliseconds(100)
        $0.rounds = 1
      }
    ) { running, _ in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "SERVFAIL a.com")
      #expect(!running.journal.entries.contains { $0.hasPrefix("admit") })
      try await client.close()
    }
  }

  @Test("a right answer from another port than the one that was asked is not seen")
  func otherPort() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let forger = try await DatagramBootstrap(group: loop)
      .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0)).get()
    try await RunningForwarder.before(
      { question in
        let forged = Messages.answer(question.message, ["a.com 60 192.0.2.66"]).bytes
        if let peer = try? SocketAddress(ipAddress: "127.0.0.1", port: Int(question.source.port)) {
          forger.writeAndFlush(
            AddressedEnvelope(remoteAddress: peer, data: ByteBuffer(bytes: forged)), promise: nil)
        }
        return question.number < 2 ? [] : [Messages.answer(question.message, ["a.com 60 192.0.2.1"]).bytes]
      },
      {
        $0.timeout = .milliseconds(100)
        $0.rounds = 100
      }
    ) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
      #expect(upstream.questions.count >= 3)
      #expect(!running.journal.entries.contains { $0.contains("192.0.2.66") })
      try await client.close()
    }
    try await forger.close()
  }
}
