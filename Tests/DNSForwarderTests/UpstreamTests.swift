import DNSForwarder
import DomainNames
import Kubernetes
import Testing

@Suite("Upstreams that answer, and such that do not", .timeLimit(.minutes(2)))
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
