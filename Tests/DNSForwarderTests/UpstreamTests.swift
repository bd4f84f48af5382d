import DNSForwarder
import DomainNames
import Kubernetes
import NIOCore
import NIOPosix
import Testing

@Suite("Upstreams: honest, dead and lying", .timeLimit(.minutes(2)))
struct UpstreamTests {
  @Test("the first that answers is the only one that is asked")
  func order() async throws {
    try await FakeUpstream.answering(ScreeningTests.honest) { first, firstAddress in
      try await FakeUpstream.answering(ScreeningTests.honest) { second, secondAddress in
        let settings = RunningForwarder.settings([firstAddress, secondAddress])
        try await RunningForwarder.run(settings, TestGuard(journal: Journal())) { running in
          let client = try await TestClient.datagrams(to: running.address)
          for id in 0..<5 {
            let query = Messages.query("a.com", id: UInt16(id))
            #expect(try await client.ask(query) == "NOERROR a.com 192.0.2.1")
          }
          #expect(first.questions.count == 5 && second.questions.isEmpty)
          try await client.close()
        }
      }
    }
  }

  @Test("who does not answer is asked again after all others")
  func deadUpstreams() async throws {
    let journal = Journal()
    try await FakeUpstream.answering({ question in
      journal.note("silent")
      return question.number == 0 ? [] : [Messages.answer(question.message, ["a.com 60 192.0.2.1"]).bytes]
    }) { _, silent in
      try await FakeUpstream.answering({ _ in
        journal.note("dead")
        return []
      }) { _, dead in
        var settings = RunningForwarder.settings([silent, dead])
        settings.timeout = .milliseconds(100)
        settings.rounds = 100
        try await RunningForwarder.run(settings, TestGuard(journal: Journal())) { running in
          let client = try await TestClient.datagrams(to: running.address)
          #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
          #expect(journal.has("dead") && journal.entries.filter { $0 == "silent" }.count >= 2)
          try await client.close()
        }
      }
    }
  }

  @Test("without any answer the client is told that the server failed")
  func noUpstream() async throws {
    try await RunningForwarder.before({ _ in [] }, { $0.timeout = .milliseconds(50) }) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "SERVFAIL a.com")
      #expect(running.count(.upstreamFailed) == 1)
      try await eventually("it was asked twice") { upstream.questions.count == 2 }
      try await client.close()
    }
  }

  @Test("an upstream that is not there is left at once, without waiting for it")
  func refusedPort() async throws {
    try await FakeUpstream.answering(ScreeningTests.honest) { _, honest in
      let gone = try await FakeUpstream.answering({ _ in [] }) { $1 }
      var settings = RunningForwarder.settings([gone, honest])
      settings.timeout = .seconds(3600)
      try await RunningForwarder.run(settings, TestGuard(journal: Journal())) { running in
        let client = try await TestClient.datagrams(to: running.address)
        #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
        try await client.close()
      }
    }
  }

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

  @Test("what is truncated is asked for over TCP, however it was cut", arguments: [false, true])
  func truncated(isCut: Bool) async throws {
    let records = (1...30).map { "a.com 60 192.0.2.\($0)" }
    try await RunningForwarder.before({ question in
      if question.isOverStream { return [Messages.answer(question.message, records).bytes] }
      let head = Messages.answer(question.message, ["a.com 60 192.0.2.66"], isTruncated: true).bytes
      return [isCut ? head.dropLast(3) : head]
    }) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      let answer = try await client.ask(Messages.query("a.com", payload: 4096))
      #expect(answer.hasPrefix("NOERROR a.com 192.0.2.1 ") && answer.hasSuffix(" 192.0.2.30"))
      #expect(upstream.questions.map(\.isOverStream) == [false, true])
      #expect(!running.journal.entries.contains { $0.contains("192.0.2.66") })
      try await client.close()
    }
  }

  @Test("what is truncated over TCP too, or longer than it may be, is no answer", arguments: [false, true])
  func truncatedStream(isLong: Bool) async throws {
    let records = (1...60).map { "a.com 60 192.0.2.\($0)" }
    try await RunningForwarder.before(
      { question in
        let isWhole = question.isOverStream && isLong
        return [Messages.answer(question.message, isWhole ? records : [], isTruncated: !isWhole).bytes]
      },
      {
        $0.rounds = 1
        $0.limits.answerBytes = 1000
      }
    ) { running, upstream in
      let client = try await TestClient.connected(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "SERVFAIL a.com")
      #expect(upstream.questions.map(\.isOverStream) == [false, true])
      #expect(running.count(.upstreamFailed) == 1)
      try await client.close()
    }
  }

  @Test("ids and ports of 300 questions cannot be told from one another")
  func randomness() async throws {
    try await RunningForwarder.before(ScreeningTests.honest) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      for id in 0..<300 {
        #expect(try await client.ask(Messages.query("a.com", id: UInt16(id))) == "NOERROR a.com 192.0.2.1")
      }
      let ids = upstream.questions.map(\.message.header.id)
      let ports = upstream.questions.map(\.source.port)
      // By chance, less than one id and two ports of 300 are there twice.
      #expect(Set(ids).count > 290 && Set(ports).count > 285)
      for numbers in [ids, ports] {
        let steps = zip(numbers, numbers.dropFirst()).map { abs(Int($0) - Int($1)) }
        #expect(steps.filter { $0 < 100 }.count < 30, "numbers that follow one another")
      }
      try await client.close()
    }
  }

  @Test(
    "a client's OPT record is passed on with all that it says, but for how much goes over UDP",
    arguments: [(UInt16(4096), UInt16(1232)), (1232, 1232), (800, 800), (100, 512)])
  func options(payload: UInt16, passedOn: UInt16) async throws {
    try await RunningForwarder.before(ScreeningTests.honest) { running, upstream in
      let client = try await TestClient.connected(to: running.address)
      let query = Messages.query("a.com", payload: payload)
      #expect(try await client.ask(query) == "NOERROR a.com 192.0.2.1")
      let asked = try #require(upstream.questions.first?.message.options)
      #expect(asked.recordClass.rawValue == passedOn)
      #expect(asked.content == query.options?.content && asked.timeToLive == 0x8000)
      try await client.close()
    }
  }
}
