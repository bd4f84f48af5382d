import DomainNames
import Kubernetes
import NIOCore
import Testing

@testable import DNSForwarder

@Suite("The service", .timeLimit(.minutes(2)))
struct ServiceTests {
  @Test(
    "a thousand questions at once are all answered, and each is admitted before it is",
    arguments: [false, true])
  func thousand(isOverStream: Bool) async throws {
    try await RunningForwarder.before(
      { question in
        [Messages.answer(question.message, ["\(question.message.question.name) 60 192.0.2.1"]).bytes]
      },
      {
        $0.limits.questions = 2000
        $0.limits.questionsPerClient = 1000
        $0.rounds = 4
      }
    ) { running, upstream in
      let clients = try await withThrowingTaskGroup(of: TestClient.self) { group in
        for number in 0..<5 {
          group.addTask {
            isOverStream
              ? try await TestClient.connected(to: running.address, from: "127.0.0.\(10 + number)")
              : try await TestClient.datagrams(to: running.address, from: "127.0.0.\(10 + number)")
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<1000 {
          group.addTask {
            let query = Messages.query("n\(number).com", id: UInt16(number))
            // The kernel drops packets when many come at once, and clients ask again.
            let answer = try await clients[number % 5].ask(query, isRepeated: !isOverStream)
            let isAdmitted = running.journal.has("admitted n\(number).com")
            return answer == "NOERROR n\(number).com 192.0.2.1" && isAdmitted
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count == 1000 && answers.allSatisfy { $0 })
      #expect(Set(upstream.questions.map(\.message.question.name)).count == 1000)
      if isOverStream { #expect(running.count(.answered) == 1000) }
      for client in clients { try await client.close() }
    }
  }

  @Test("questions on one connection are answered as answers come, not in their order")
  func pipelining() async throws {
    let gate = Gate()
    var guardian = TestGuard(journal: Journal())
    guardian.judgement = { .forward(isGuarded: $0 == Messages.name("slow.com")) }
    guardian.admitting = { await gate.wait() }
    try await RunningForwarder.before(ScreeningTests.honest, guardedBy: guardian) { running, _ in
      let client = try await TestClient.connected(to: running.address)
      async let slow = client.ask(Messages.query("slow.com", id: 1000))
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<50 {
          group.addTask { try await client.ask(Messages.query("n\(number).com", id: UInt16(number))) }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(answers == Set((0..<50).map { "NOERROR n\($0).com 192.0.2.1" }))
      gate.open()
      #expect(try await slow == "NOERROR slow.com 192.0.2.1")
      // Questions that come in pieces, and several at a time.
      let pieces = [2000, 2001].flatMap {
        Array(MessageFrame.bytes(Messages.query("p.com", id: UInt16($0)).bytes))
      }
      for byte in pieces.dropLast(5) { client.sendRaw([byte]) }
      client.sendRaw(Array(pieces.suffix(5)))
      try await eventually("both answers") { try await client.strays().count == 2 }
      try await client.close()
    }
  }

  @Test("on several addresses of both families, each of which answers from itself", .enabled(if: hasIPv6))
  func addresses() async throws {
    try await RunningForwarder.before(
      ScreeningTests.honest,
      {
        $0.listenAddresses = [
          IPAddress(.ipv4, bits: 0x7F00_0003), IPAddress(.ipv4, bits: 0x7F00_0005), IPAddress(.ipv6, bits: 1),
        ]
      }
    ) { running, _ in
      #expect(running.addresses.map(\.address.description) == ["127.0.0.3", "127.0.0.5", "::1"])
      for server in running.addresses {
        let source = server.address.family == .ipv4 ? "127.0.0.2" : "::1"
        for client in [
          try await TestClient.datagrams(to: server, from: source),
          try await TestClient.connected(to: server, from: source),
        ] {
          #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
          try await client.close()
        }
        #expect(running.journal.entries.last == "admitted a.com")
        #expect(running.journal.entries.contains("judge a.com for \(source)"))
      }
    }
  }

  static let hasIPv6 = (try? DatagramSocket(boundTo: SocketAddress(ipAddress: "::1", port: 0))) != nil

  @Test("when it is cancelled its sockets and connections end, and questions under way with them")
  func cancellation() async throws {
    let gate = Gate()
    var guardian = TestGuard(journal: Journal())
    guardian.admitting = { await gate.wait() }
    let (server, client, first) = try await RunningForwarder.before(
      ScreeningTests.honest, guardedBy: guardian
    ) {
      running, _ in
      let client = try await TestClient.connected(to: running.address)
      client.send(Messages.query("a.com").bytes)
      try await eventually("the guard is asked") { running.journal.entries.count == 2 }
      return (running.address, client, running.forwarder)
    }
    try await client.ended()
    #expect(first.counters.questions == [.cancelled: 1])
    #expect(try await client.strays().isEmpty)
    // The port is free again, for UDP and TCP.
    try await RunningForwarder.before(ScreeningTests.honest, { $0.port = server.port }) { running, _ in
      #expect(running.address == server)
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("a.com")) == "NOERROR a.com 192.0.2.1")
      try await client.close()
    }
  }

  @Test("an address that is not to be had is an error that says so, and the others are free again")
  func taken() async throws {
    try await RunningForwarder.before(ScreeningTests.honest) { running, _ in
      var settings = RunningForwarder.settings([ServerAddress(IPAddress(.ipv4, bits: 0x7F00_0001))])
      settings.port = running.address.port
      settings.listenAddresses = [IPAddress(.ipv4, bits: 0x7F00_0006), running.address.address]
      for _ in 0..<2 {
        do {
          try await RunningForwarder.run(settings, TestGuard(journal: Journal())) { _ in }
          Issue.record("it runs")
        } catch let error as DNSForwarderError {
          guard case .cannotListen(running.address, let reason) = error else { throw error }
          #expect(reason.contains("ddress already in use"))
        }
      }
    }
  }

  @Test("a packet that the kernel does not send is no one else's concern")
  func unsendable() async throws {
    try await RunningForwarder.before(ScreeningTests.honest) { running, _ in
      // What a forged packet from port 0 of a client is answered with.
      let socket = try DatagramSocket(boundTo: SocketAddress(ipAddress: "127.0.0.7", port: 0))
      let nobody = try SocketAddress(ipAddress: "127.0.0.2", port: 0)
      let server = try running.address.socketAddress()
      for id in 0..<10 {
        socket.send([1], to: nobody)
        socket.send([UInt8](repeating: 0, count: 70_000), to: server)
        socket.send(Messages.query("a.com", id: UInt16(id)).bytes, to: server)
      }
      try await eventually("all others arrive") { running.count(.answered) == 10 }
      #expect(running.count(.malformed) == 0)
      // Nobody reads the answers there, and the forwarder goes on.
      let client = try await TestClient.datagrams(to: running.address)
      #expect(try await client.ask(Messages.query("b.com")) == "NOERROR b.com 192.0.2.1")
      try await client.close()
    }
  }
}
