import DNSForwarder
import DomainNames
import Kubernetes
import Testing

@Suite("Addresses are admitted before they are told", .timeLimit(.minutes(2)))
struct AdmissionTests {
  @Test("no answer comes before the guard has returned; questions of others go on meanwhile")
  func order() async throws {
    let gate = Gate()
    let journal = Journal()
    var guardian = TestGuard(journal: journal)
    guardian.judgement = { .forward(isGuarded: $0 == Messages.name("slow.com")) }
    guardian.admitting = { await gate.wait() }
    try await RunningForwarder.before(
      { [Messages.answer($0.message, ["\($0.message.question.name) 60 192.0.2.1"]).bytes] },
      guardedBy: guardian
    ) { running, _ in
      let client = try await TestClient.datagrams(to: running.address)
      async let slow = ask(client, "slow.com", id: 1, journal)
      try await eventually("the guard is asked") { journal.entries.contains { $0.hasPrefix("admit ") } }
      // Twice through all of the forwarder, on the same sockets, while the first waits.
      #expect(try await client.ask(Messages.query("free.com", id: 2)) == "NOERROR free.com 192.0.2.1")
      #expect(try await client.ask(Messages.query("free.com", id: 3)) == "NOERROR free.com 192.0.2.1")
      #expect(!journal.entries.contains { $0.hasPrefix("answer") || $0.hasPrefix("admitted") })
      gate.open()
      #expect(try await slow == "NOERROR slow.com 192.0.2.1")
      let events = journal.entries.filter { $0.contains("slow.com") }
      #expect(
        events == [
          "judge slow.com for 127.0.0.2", "admit 192.0.2.1/65 of slow.com to 127.0.0.2", "admitted slow.com",
          "answer NOERROR slow.com 192.0.2.1",
        ])
      #expect(running.count(.answered) == 3)
      try await client.close()
    }
  }

  private func ask(_ client: TestClient, _ name: String, id: UInt16, _ journal: Journal) async throws
    -> String
  {
    let answer = try await client.ask(Messages.query(name, id: id))
    journal.note("answer \(answer)")
    return answer
  }

  @Test("the client gets the upstream's answer to the byte, with its own id")
  func bytes() async throws {
    try await RunningForwarder.before({
      var answer = Messages.answer($0.message, ["A.com 60 192.0.2.1"])
      answer.header.flags |= 0x0420
      answer.authorities = [
        ResourceRecord(Messages.name("com"), RecordType(rawValue: 2), timeToLive: 9, .opaque([1, 2, 3]))
      ]
      return [answer.bytes]
    }) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      let query = Messages.query("A.com", id: 0xBEEF)
      let answer = try DNSMessage(reading: try await client.ask(query.bytes))
      #expect(answer.header.id == 0xBEEF && answer.header.flags == 0x85A0)
      #expect(answer.question.isRepeated(in: query.question))
      #expect(answer.authorities.map(\.content) == [.opaque([1, 2, 3])] && answer.answers.count == 1)
      let asked = try #require(upstream.questions.first)
      #expect(asked.message.question.isRepeated(in: query.question))
      #expect(asked.message.header.flags == query.header.flags)
      try await client.close()
    }
  }

  @Test(
    "of chains of names all addresses are admitted, each once and as long as the client may use it",
    arguments: [
      (["a.com is b.com", "b.com 60 192.0.2.1", "b.com 1 192.0.2.2"], "192.0.2.1/65 192.0.2.2/35"),
      (["b.org 60 192.0.2.1", "c.com is b.org", "a.com is C.com"], "192.0.2.1/65"),
      (["a.com 60 2001:db8::1", "a.com 90 2001:DB8::1", "a.com 70 2001:db8::1"], "2001:db8::1/95"),
      (["a.com is a.com", "a.com 0 192.0.2.1"], "192.0.2.1/35"),
      (["a.com 4294967295 192.0.2.1"], "192.0.2.1/35"),
    ])
  func chains(records: [String], admitted: String) async throws {
    try await RunningForwarder.before({ [Messages.answer($0.message, records).bytes] }) { running, _ in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")).hasPrefix("NOERROR a.com"))
      #expect(
        running.journal.entries == [
          "judge a.com for 127.0.0.2", "admit \(admitted) of a.com to 127.0.0.2", "admitted a.com",
        ])
      try await client.close()
    }
  }

  @Test(
    "an answer with addresses that are not the name's, or no name's, is told to nobody",
    arguments: [
      "b.com 60 192.0.2.1", "www.a.com 60 192.0.2.1", "a.com 60 127.0.0.1", "a.com 60 127.255.255.254",
      "a.com 60 169.254.169.254", "a.com 60 224.0.0.1", "a.com 60 239.255.255.255", "a.com 60 0.0.0.0",
      "a.com 60 255.255.255.255", "a.com 60 ::1", "a.com 60 ::", "a.com 60 fe80::1", "a.com 60 febf::1",
      "a.com 60 ff02::1", "a.com 60 ::ffff:127.0.0.1", "a.com 60 ::ffff:192.0.2.1", "a.com 60 ::7f00:1",
    ])
  func refused(record: String) async throws {
    try await RunningForwarder.before({
      [Messages.answer($0.message, ["a.com 60 192.0.2.7", record]).bytes]
    }) { running, _ in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "SERVFAIL a.com")
      #expect(running.journal.entries == ["judge a.com for 127.0.0.2"])
      #expect(running.count(.answerRefused) == 1)
      try await client.close()
    }
  }

  @Test(
    "answers without addresses are passed on, and nothing is admitted",
    arguments: [
      (ResponseCode.noError, "NOERROR"), (.nameError, "NXDOMAIN"), (.serverFailure, "SERVFAIL"),
      (.refused, "REFUSED"),
    ])
  func noAddresses(code: ResponseCode, text: String) async throws {
    try await RunningForwarder.before({ [Messages.answer($0.message, [], code).bytes] }) {
      running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "\(text) a.com")
      #expect(running.journal.entries.count == 1 && upstream.questions.count == 1)
      #expect(running.count(.answered) == 1)
      try await client.close()
    }
  }

  @Test("an address of a guarded name comes in no answer that the guard has not admitted, or when it fails")
  func failingGuard() async throws {
    var guardian = TestGuard(journal: Journal())
    guardian.judgement = { name throws in
      if name == Messages.name("bad.com") { throw GuardIsGone() }
      return .forward(isGuarded: true)
    }
    guardian.admitting = { throw GuardIsGone() }
    try await RunningForwarder.before(
      { [Messages.answer($0.message, ["a.com 60 192.0.2.1"]).bytes] }, guardedBy: guardian
    ) { running, upstream in
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("bad.com", id: 1)) == "SERVFAIL bad.com")
      #expect(upstream.questions.isEmpty)
      #expect(try await client.ask(Messages.query("a.com", id: 2)) == "SERVFAIL a.com")
      #expect(running.count(.guardFailed) == 2)
      #expect(!running.journal.entries.contains("admitted a.com"))
      #expect(try await client.strays().isEmpty)
      try await client.close()
    }
  }

  @Test("two that ask the same at the same time are admitted by themselves, and asked for by themselves")
  func noCoalescing() async throws {
    try await RunningForwarder.before({
      [Messages.answer($0.message, ["a.com 60 192.0.2.\($0.number + 1)"]).bytes]
    }) { running, upstream in
      let one = try await TestClient.datagrams(to: running.address)
      let other = try await TestClient.datagrams(to: running.address, from: "127.0.0.4")
      async let first = one.ask(Messages.query("a.com"))
      async let second = other.ask(Messages.query("a.com"))
      #expect(try await Set([first, second]) == ["NOERROR a.com 192.0.2.1", "NOERROR a.com 192.0.2.2"])
      #expect(upstream.questions.count == 2)
      let admitted = running.journal.entries.filter { $0.hasPrefix("admit ") }
      #expect(
        admitted.count == 2
          && Set(admitted.compactMap { $0.split(separator: " ").last }) == ["127.0.0.2", "127.0.0.4"])
      try await one.close()
      try await other.close()
    }
  }
}
