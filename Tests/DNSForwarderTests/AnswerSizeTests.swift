import DNSForwarder
import DomainNames
import Kubernetes
import Testing

@Suite("How long answers are", .timeLimit(.minutes(2)))
struct AnswerSizeTests {
  /// An answer of some bytes, of which each record takes 21.
  static func answering(_ count: Int) -> FakeUpstream.Behaviour {
    { question in
      let answer = Messages.answer(question.message, (0..<count).map { "a.com 60 192.0.2.\($0 + 1)" }).bytes
      let head = Messages.answer(question.message, [], isTruncated: true).bytes
      let isLong = answer.count > Int(question.message.options?.recordClass.rawValue ?? 512)
      return [isLong && !question.isOverStream ? head : answer]
    }
  }

  @Test(
    "over UDP a client gets as much as it says that it takes, and then nothing but that there is more",
    arguments: [
      // 12 bytes of header, 11 of question, 17 of options and 21 of each record.
      (23, UInt16?.none, true), (24, nil, false), (22, 512, true), (23, 512, false), (22, 100, true),
      (23, 100, false), (46, 1024, true), (47, 1024, false), (56, 1232, true), (57, 1232, false),
      (56, 4096, true),
      (57, 4096, false),
    ])
  func datagrams(records: Int, payload: UInt16?, isWhole: Bool) async throws {
    try await RunningForwarder.before(Self.answering(records)) { running, _ in
      let client = try await TestClient.datagrams(to: running.address)
      let bytes = try await client.ask(Messages.query("a.com", id: 7, payload: payload).bytes)
      let answer = try DNSMessage(reading: bytes)
      #expect(answer.header.id == 7 && answer.header.isTruncated == !isWhole)
      #expect(answer.answers.count == (isWhole ? records : 0))
      #expect((answer.options != nil) == (payload != nil))
      #expect(bytes.count <= max(512, Int(payload ?? 512)))
      // Addresses that a client is not told are not admitted for it.
      #expect(running.journal.entries.contains { $0.hasPrefix("admit") } == isWhole)
      #expect(running.count(isWhole ? .answered : .truncated) == 1)
      try await client.close()
    }
  }

  @Test("over TCP it gets all", arguments: [1, 58, 240])
  func streams(records: Int) async throws {
    try await RunningForwarder.before(Self.answering(records)) { running, _ in
      let client = try await TestClient.connected(to: running.address)
      let answer = try DNSMessage(reading: try await client.ask(Messages.query("a.com").bytes))
      #expect(answer.answers.count == records && !answer.header.isTruncated)
      #expect(running.journal.entries.contains("admitted a.com"))
      try await client.close()
    }
  }
}
