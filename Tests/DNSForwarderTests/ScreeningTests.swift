import DNSForwarder
import DomainNames
import Kubernetes
import Testing

@Suite("What is not asked, and what is told instead", .timeLimit(.minutes(2)))
struct ScreeningTests {
  /// Answers every question with an address.
  static let honest: FakeUpstream.Behaviour = {
    [Messages.answer($0.message, ["\($0.message.question.name) 60 192.0.2.1"]).bytes]
  }

  @Test(
    "no upstream hears of a denied name, over UDP or TCP",
    arguments: [(DNSForwarderSettings.Denial.nameError, "NXDOMAIN"), (.refused, "REFUSED")])
  func denied(denial: DNSForwarderSettings.Denial, code: String) async throws {
    var guardian = TestGuard(journal: Journal())
    guardian.judgement = { $0 == Messages.name("denied.com") ? .deny : .forward(isGuarded: true) }
    try await RunningForwarder.before(Self.honest, guardedBy: guardian, { $0.denial = denial }) {
      running, upstream in
      let clients = [
        try await TestClient.datagrams(to: running.address),
        try await TestClient.connected(to: running.address),
      ]
      for client in clients {
        #expect(try await client.ask(Messages.query("DENIED.com", id: 1)) == "\(code) DENIED.com")
        #expect(try await client.ask(Messages.query("denied.com", .https, id: 2)) == "\(code) denied.com")
        #expect(try await client.ask(Messages.query("other.com", id: 3)) == "NOERROR other.com 192.0.2.1")
      }
      #expect(Set(upstream.questions.map(\.message.question.name.description)) == ["other.com"])
      #expect(running.count(.denied) == 4 && running.count(.answered) == 2)
      for client in clients { try await client.close() }
    }
  }

  @Test(
    "hints of addresses are withheld for guarded names",
    arguments: [(RecordType.https, "NOERROR a.com"), (.svcb, "NOERROR a.com"), (.any, "NOTIMP a.com")])
  func withheld(type: RecordType, text: String) async throws {
    try await RunningForwarder.before(Self.honest) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com", type)) == text)
      #expect(upstream.questions.isEmpty && running.count(.withheld) == 1)
      try await client.close()
    }
  }

  @Test("an answer that has hints unasked is refused")
  func hints() async throws {
    try await RunningForwarder.before({
      var answer = Messages.answer($0.message, ["a.com 60 192.0.2.1"])
      answer.answers.append(
        ResourceRecord(Messages.name("a.com"), .https, timeToLive: 1, .opaque([0, 1, 0])))
      return [answer.bytes]
    }) { running, _ in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "SERVFAIL a.com")
      #expect(running.count(.answerRefused) == 1)
      try await client.close()
    }
  }

  @Test("answers for names that are not guarded are passed on as they are")
  func unguarded() async throws {
    var guardian = TestGuard(journal: Journal())
    guardian.judgement = { _ in .forward(isGuarded: false) }
    try await RunningForwarder.before(
      { [Messages.answer($0.message, ["a.com 60 127.0.0.1", "b.com 60 ::1"]).bytes] }, guardedBy: guardian
    ) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      for (id, type) in [RecordType.a, .https, .svcb, .any].enumerated() {
        let query = Messages.query("a.com", type, id: UInt16(id))
        #expect(try await client.ask(query) == "NOERROR a.com 127.0.0.1 ::1")
      }
      #expect(upstream.questions.count == 4)
      #expect(!running.journal.entries.contains { $0.hasPrefix("admit") })
      try await client.close()
    }
  }

  @Test(
    "what is no question for records of the Internet is refused",
    arguments: [
      ("1234 2900 0000 0000 0000 0000", "NOTIMP", QuestionOutcome.unsupported),
      ("1234 0100 0001 0000 0000 0000 0161 00 0001 0003", "REFUSED a", .unsupported),
      ("1234 0100 0001 0000 0000 0000 0161 00 0001 00ff", "REFUSED a", .unsupported),
      ("1234 0100 0001 0000 0000 0000 0161 00 00fc 0001", "NOTIMP a", .unsupported),
      ("1234 0100 0000 0000 0000 0000", "FORMERR", .malformed),
      ("1234 0100 0002 0000 0000 0000 0161 00 0001 0001 0161 00 0001 0001", "FORMERR", .malformed),
      ("1234 0100 0001 0000 0000 0000 c00c 0001 0001", "FORMERR", .malformed),
      ("1234 0100 0001 0000 0000 0000 0161 00 0001 0001 00", "FORMERR", .malformed),
      (
        "1234 0100 0001 0001 0000 0000 0161 00 0001 0001 0161 00 0001 0001 00000000 0004 c0000201",
        "FORMERR a", .malformed
      ),
    ])
  func refused(text: String, answer: String, outcome: QuestionOutcome) async throws {
    try await RunningForwarder.before(Self.honest) { running, upstream in
      let clients = [
        try await TestClient.datagrams(to: running.address),
        try await TestClient.connected(to: running.address),
      ]
      for client in clients {
        #expect(Messages.text(try await client.ask(hexadecimal(text))) == answer)
        try await client.close()
      }
      #expect(upstream.questions.isEmpty && running.journal.entries.isEmpty)
      #expect(running.count(outcome) == 2)
    }
  }

  @Test("what is no message, or an answer, is answered with nothing")
  func dropped() async throws {
    try await RunningForwarder.before(Self.honest) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      client.send([])
      client.send([1, 2, 3])
      client.send(Messages.answer(Messages.query("a.com"), []).bytes)
      client.send([UInt8](repeating: 0xFF, count: 5000))
      try await eventually("all are seen") { running.count(.malformed) == 4 }
      #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
      #expect(try await client.strays().isEmpty)
      #expect(upstream.questions.count == 1)
      try await client.close()
    }
  }

  @Test("a question from an upstream is refused: it would go round in a circle")
  func loops() async throws {
    try await RunningForwarder.before(Self.honest) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address, from: "127.0.0.1")
      #expect(Messages.text(try await client.ask(Messages.query("a.com").bytes)) == "REFUSED")
      #expect(upstream.questions.isEmpty && running.count(.looped) == 1)
      try await client.close()
    }
  }
}

/// Bytes of hexadecimal digits.
func hexadecimal(_ text: String) -> [UInt8] {
  let digits = text.filter { $0 != " " }.map(String.init)
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
    UInt8(digits[$0] + digits[$0 + 1], radix: 16)
  }
}
