import DNSForwarder
import DomainNames
import Kubernetes
import Testing

@Suite("Limits", .timeLimit(.minutes(2)))
struct LimitTests {
  /// A guard that holds every question until a gate is open.
  private static func holding(_ gate: Gate) -> TestGuard {
    var guardian = TestGuard(journal: Journal())
    guardian.admitting = { await gate.wait() }
    return guardian
  }

  @Test("questions of one client beyond its limit are dropped, and those of others are not")
  func perClient() async throws {
    try await RunningForwarder.before({ _ in [] }, { $0.limits.questionsPerClient = 3 }) {
      running, upstream in
      let greedy = try await TestClient.datagrams(to: running.address)
      let other = try await TestClient.datagrams(to: running.address, from: "127.0.0.4")
      for id in 0..<10 { greedy.send(Messages.query("a.com", id: UInt16(id)).bytes) }
      try await eventually("seven are dropped") { running.count(.overLimit) == 7 }
      other.send(Messages.query("b.com").bytes)
      try await eventually("three and one are asked") { upstream.questions.count == 4 }
      #expect(running.count(.overLimit) == 7)
      try await greedy.close()
      try await other.close()
    }
  }

  @Test("questions of all beyond the limit are dropped; places are given back")
  func inAll() async throws {
    let gate = Gate()
    try await RunningForwarder.before(
      ScreeningTests.honest, guardedBy: Self.holding(gate), { $0.limits.questions = 1 }
    ) { running, _ in
      let one = try await TestClient.datagrams(to: running.address)
      let other = try await TestClient.datagrams(to: running.address, from: "127.0.0.4")
      async let first = one.ask(Messages.query("a.com"))
      try await eventually("the guard holds one") { running.journal.entries.count == 2 }
      other.send(Messages.query("b.com").bytes)
      try await eventually("one is dropped") { running.count(.overLimit) == 1 }
      gate.open()
      #expect(try await first == "NOERROR a.com 192.0.2.1")
      for id in 0..<20 {
        let query = Messages.query("c.com", id: UInt16(id))
        #expect(try await other.ask(query, isRepeated: true) == "NOERROR c.com 192.0.2.1")
      }
      #expect(!running.journal.entries.contains { $0.contains("b.com") })
      try await one.close()
      try await other.close()
    }
  }

  @Test("a connection with more questions than its client may have ends")
  func connectionQuestions() async throws {
    try await RunningForwarder.before({ _ in [] }, { $0.limits.questionsPerClient = 3 }) { running, _ in
      let client = try await TestClient.connected(to: running.address)
      client.sendRaw((0..<4).flatMap { MessageFrame.bytes(Messages.query("a.com", id: $0).bytes) })
      try await client.ended()
      #expect(running.count(.overLimit) == 1)
    }
  }

  @Test(
    "connections beyond the limit end at once, and places are given back",
    arguments: [(1, 100, "127.0.0.2"), (100, 1, "127.0.0.4")])
  func connections(perClient: Int, inAll: Int, source: String) async throws {
    try await RunningForwarder.before(
      ScreeningTests.honest,
      {
        $0.limits.connectionsPerClient = perClient
        $0.limits.connections = inAll
      }
    ) { running, _ in
      let first = try await TestClient.connected(to: running.address)
      #expect(try await first.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
      let second = try await TestClient.connected(to: running.address, from: source)
      try await second.ended()
      #expect(running.forwarder.counters.refusedConnections == 1)
      #expect(try await first.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
      try await first.close()
      try await eventually("there is a place again") {
        guard let third = try? await TestClient.connected(to: running.address, from: source) else {
          return false
        }
        let answer = try? await third.ask(Messages.query("a.com"))
        try? await third.close()
        return answer == "NOERROR a.com 192.0.2.1"
      }
    }
  }

  @Test(
    "a connection ends without a whole question, and with one that is too long",
    arguments: [[], [0], [0, 40, 1, 2, 3], [0xFF, 0xFF], [0x10, 0x01]] as [[UInt8]])
  func idle(bytes: [UInt8]) async throws {
    try await RunningForwarder.before(
      ScreeningTests.honest,
      { $0.limits.idleTime = bytes.first ?? 0 > 0 ? .seconds(3600) : .milliseconds(100) }
    ) { running, _ in
      let client = try await TestClient.connected(to: running.address)
      if !bytes.isEmpty { client.sendRaw(bytes) }
      try await client.ended()
      #expect(running.forwarder.counters.questions.isEmpty)
    }
  }

  @Test("bytes that never are a whole question do not keep a connection open")
  func dripping() async throws {
    try await RunningForwarder.before(
      ScreeningTests.honest, { $0.limits.idleTime = .milliseconds(200) }
    ) { running, _ in
      let client = try await TestClient.connected(to: running.address)
      let ended = ContinuousClock.now + .seconds(50)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          client.sendRaw([0x0F])
          while !Task.isCancelled, ContinuousClock.now < ended {
            client.sendRaw([0x00])
            try? await Task.sleep(for: .milliseconds(50))
          }
        }
        try await client.ended()
        group.cancelAll()
        try await group.waitForAll()
      }
      #expect(ContinuousClock.now < ended)
    }
  }

  @Test("the connection of a client that reads no answers ends, and gives its places back")
  func unreadAnswers() async throws {
    var guardian = TestGuard(journal: Journal())
    guardian.judgement = { _ in .forward(isGuarded: false) }
    let long = (0..<4).map { _ in
      ResourceRecord(
        .root, RecordType(rawValue: 16), timeToLive: 1, .opaque([UInt8](repeating: 1, count: 15_000)))
    }
    // Six megabytes, of which the kernel may keep a part.
    let count = 100
    try await RunningForwarder.before(
      { question in
        guard question.message.question.name == Messages.name("long.com") else {
          return ScreeningTests.honest(question)
        }
        var answer = Messages.answer(question.message, [], isTruncated: !question.isOverStream)
        if question.isOverStream { answer.answers = long }
        return [answer.bytes]
      }, guardedBy: guardian,
      {
        $0.limits.idleTime = .seconds(2)
        $0.limits.questionsPerClient = count
        $0.limits.connectionsPerClient = 1
      }
    ) { running, _ in
      let client = try await TestClient.connected(to: running.address, isReading: false)
      for id in 0..<count { client.send(Messages.query("long.com", id: UInt16(id)).bytes) }
      try await eventually("answers go out") { running.count(.answered) > 0 }
      // There is room for another connection when the first has ended, and for all its questions at once when those
      // of the first have none.
      try await eventually("another connection has as many questions under way as it may") {
        guard let again = try? await TestClient.connected(to: running.address) else { return false }
        let isAnswered = try? await withThrowingTaskGroup(of: String.self) { group in
          for id in 0..<count {
            group.addTask { try await again.ask(Messages.query("b.com", id: UInt16(id))) }
          }
          return try await group.allSatisfy { $0 == "NOERROR b.com 192.0.2.1" }
        }
        try await again.close()
        return isAnswered == true
      }
      try await client.close()
    }
  }
}
