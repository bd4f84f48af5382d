import DomainNames
import Testing

@Suite("Writing messages")
struct DNSMessageWritingTests {
  @Test("what is written reads as the same message", arguments: [Wire.answer, Wire.query])
  func roundTrip(bytes: [UInt8]) throws {
    let message = try DNSMessage(reading: bytes)
    let written = try message.written()
    let again = try DNSMessage(reading: written)
    #expect(again == message)
    #expect(again.question.name.isWrittenAs(message.question.name))
    #expect(try again.written() == written)
  }

  @Test("a query without compression is written as it was")
  func query() throws {
    #expect(try DNSMessage(reading: Wire.query).written() == Wire.query)
  }

  @Test("what is longer than a message can be is not written")
  func overlong() throws {
    var message = DNSMessage(DNSHeader(id: 1), DNSQuestion(.root, .a))
    let record = ResourceRecord(
      .root, RecordType(rawValue: 16), timeToLive: 0, .opaque([UInt8](repeating: 0, count: 40_000)))
    message.answers = [record]
    #expect(try message.written().count == 12 + 5 + 11 + 40_000)
    message.answers = [record, record]
    let error = #expect(throws: DNSMessageError.self) { try message.written() }
    #expect(error?.expected == .atMost65535Bytes)
  }

  @Test(
    "a refusal repeats the question, and who sent an OPT record gets one",
    arguments: [
      (
        "abcd 0110 0001 0000 0000 0000 | 'A' 00 0001 0001", ResponseCode.nameError,
        "abcd 8193 A 1 1"
      ),
      (
        "abcd 0000 0001 0000 0000 0000 | 'A' 00 0041 0001", .noError, "abcd 8080 A 65 1"
      ),
      (
        "abcd 0120 0001 0000 0000 0001 | 'A' 00 0001 0001 | 00 0029 1000 0000ffff 0004 abcd0000", .refused,
        "abcd 8185 A 1 1 + . 1232 32768 options []"
      ),
    ])
  func refusal(query: String, code: ResponseCode, text: String) throws {
    let query = try DNSMessage(reading: Wire.bytes(query))
    #expect(Wire.text(try DNSMessage(reading: query.refusal(code, payloadSize: 1232))) == text)
  }

  @Test("a refusal without a question is a header")
  func header() throws {
    let header = try DNSHeader(reading: Wire.bytes("abcd 2910 0001 0000 0000 0000"))
    #expect(header.operation.rawValue == 5)
    #expect(header.refusal(.notImplemented) == Wire.bytes("abcd a984 0000 0000 0000 0000"))
  }

  @Test("what does not fit is a head that says so")
  func truncated() throws {
    let message = try DNSMessage(reading: Wire.answer)
    #expect(
      Wire.text(try DNSMessage(reading: message.truncated(id: 7)))
        == "0007 8380 WWW.example.com 1 1 + . 1232 32768 options []")
  }

  @Test("an id is replaced, and nothing else")
  func id() {
    let bytes = DNSHeader.replacingID(in: Wire.answer, with: 0xBEEF)
    #expect(bytes[..<2] == [0xBE, 0xEF] && bytes[2...] == Wire.answer[2...])
    #expect(DNSHeader.replacingID(in: [1], with: 2) == [1])
  }
}
