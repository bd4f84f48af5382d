import DomainNames
import Testing

@Suite("Reading messages")
struct DNSMessageReadingTests {
  @Test(
    "what messages say",
    arguments: [
      (
        "1234 0100 0001 0000 0000 0000 | 'www' 'example' 'com' 00 0001 0001",
        "1234 0100 www.example.com 1 1"
      ),
      ("0000 0000 0001 0000 0000 0000 | 00 00ff 00ff", "0000 0000 . 255 255"),
      (
        "0001 8180 0001 0001 0000 0000 | 'a' 00 0001 0001 | c00c 0001 0001 0000003c 0004 c0000201",
        "0001 8180 a 1 1 = a 1 60 address 192.0.2.1"
      ),
      // A pointer to a pointer: the name of the second record is the target of the first.
      (
        "0001 8180 0001 0002 0000 0000 | 'a' 00 0001 0001 | c00c 0005 0001 00000001 0002 c00c "
          + "c01f 0001 0001 00000001 0004 c0000201",
        "0001 8180 a 1 1 = a 1 1 is a = a 1 1 address 192.0.2.1"
      ),
      // Addresses and names of other classes are bytes of their own kind.
      (
        "0001 8180 0001 0002 0000 0000 | 'a' 00 0001 0003 | 00 0001 0003 00000001 0001 07 | 00 0005 0003 00000001 0000",
        "0001 8180 a 1 3 = . 3 1 1 [7] = . 3 1 5 []"
      ),
      (
        "0001 0100 0001 0000 0000 0002 | 'a' 00 0001 0001 | 00 0029 1000 00008000 0002 abcd | 00 00fa 00ff 00000000 0000",
        "0001 0100 a 1 1 + . 4096 32768 options [171, 205] + . 255 0 250 []"
      ),
    ])
  func good(bytes: String, text: String) throws {
    #expect(Wire.text(try DNSMessage(reading: Wire.bytes(bytes))) == text)
  }

  @Test("an answer with all kinds of records and compressed names")
  func answer() throws {
    let message = try DNSMessage(reading: Wire.answer)
    #expect(
      Wire.text(message)
        == "1234 8180 WWW.example.com 1 1 = WWW.example.com 1 300 is edge.example.com "
        + "= edge.example.com 1 60 address 192.0.2.1 = edge.example.com 1 60 address 2001:db8::1 "
        + "= edge.example.com 1 5 16 [4, 116, 101, 120, 116] @ example.com 1 3600 2 [2, 110, 115, 192, 16] "
        + "+ example.com 1 3600 address 198.51.100.1 + . 1232 32768 options [0, 10, 0, 4, 222, 173, 190, 239]"
    )
    #expect(message.header.isResponse && !message.header.isTruncated && message.header.response == .noError)
    #expect(message.options?.recordClass.rawValue == 1232)
  }

  static let head = "0001 8180 0001 0001 0000 0000 | 'a' 00 0001 0001 |"

  @Test(
    "what is no message says where, and what was expected",
    arguments: [
      ("", "byte 0: expected 12 more bytes"),
      ("0001 0100 0001 0000 0000 00", "byte 11: expected 1 more byte"),
      ("0001 0100 0000 0000 0000 0000", "byte 4: expected one question, found 0"),
      (
        "0001 0100 0002 0000 0000 0000 | 00 0001 0001 00 0001 0001",
        "byte 4: expected one question, found 2"
      ),
      ("0001 0100 0001 0000 0000 0000 | 'a' 00 0001", "byte 17: expected 2 more bytes"),
      ("0001 0100 0001 0000 0000 0000 | 05 6161", "byte 15: expected 3 more bytes"),
      ("0001 0100 0001 0000 0000 0000 | 'a' 00 0001 0001 00", "byte 19: expected the end of the message"),
      (
        "0001 0100 0001 0000 0000 0000 | 40 00 0001 0001",
        "byte 12: expected a label of at most 63 bytes or a pointer, found 64"
      ),
      (
        "0001 0100 0001 0000 0000 0000 | 80 00 0001 0001",
        "byte 12: expected a label of at most 63 bytes or a pointer, found 128"
      ),
      (
        "0001 0100 0001 0000 0000 0000 | c00c 0001 0001",
        "byte 12: expected a pointer to an earlier name, found 12"
      ),
      (
        "0001 0100 0001 0000 0000 0000 | 'a' c00c 0001 0001",
        "byte 14: expected a pointer to an earlier name, found 12"
      ),
      (
        "0001 0100 0001 0000 0000 0000 | c010 0001 0001 00",
        "byte 12: expected a pointer to an earlier name, found 16"
      ),
      (
        "\(head) c000 0001 0001 0000003c 0004 c0000201",
        "byte 19: expected a pointer to an earlier name, found 0"
      ),
      // Each of two pointers leads to the other.
      (
        "\(head) 'b' c01a 0001 0001 0000003c 0004 'b' c013",
        "byte 21: expected a pointer to an earlier name, found 26"
      ),
      (
        "\(head) c00c 0001 0001 0000003c 0003 c00002",
        "byte 31: expected an address of 4 bytes, found 3"
      ),
      (
        "\(head) c00c 001c 0001 0000003c 0004 c0000201",
        "byte 31: expected an address of 16 bytes, found 4"
      ),
      (
        "\(head) c00c 0001 0001 0000003c 0005 c0000201",
        "byte 35: expected 1 more byte"
      ),
      (
        "\(head) c00c 0005 0001 0000003c 0003 c00c 00",
        "byte 33: expected a name that ends with its record"
      ),
      (
        "\(head) c00c 0005 0001 0000003c 0001 c00c",
        "byte 33: expected a name that ends with its record"
      ),
      (
        "0001 0100 0001 0001 0000 0000 | 'a' 00 0001 0001 | 00 0029 1000 00000000 0000",
        "byte 19: expected one OPT record of the root among the additional records"
      ),
      (
        "0001 0100 0001 0000 0000 0001 | 'a' 00 0001 0001 | c00c 0029 1000 00000000 0000",
        "byte 19: expected one OPT record of the root among the additional records"
      ),
      (
        "0001 0100 0001 0000 0000 0002 | 'a' 00 0001 0001 | 00 0029 1000 00000000 0000 | 00 0029 1000 00000000 0000",
        "byte 30: expected one OPT record of the root among the additional records"
      ),
    ])
  func bad(bytes: String, problem: String) throws {
    let error = try #require(throws: DNSMessageError.self) { try DNSMessage(reading: Wire.bytes(bytes)) }
    #expect(error.description == problem)
  }

  @Test("no message is longer than its length over TCP can say")
  func longest() {
    let error = #expect(throws: DNSMessageError.self) {
      try DNSMessage(reading: [UInt8](repeating: 0, count: 65_536))
    }
    #expect(error?.expected == .atMost65535Bytes)
  }

  @Test("a name has at most 127 pointers, each to an earlier one", arguments: [127, 128])
  func pointers(count: Int) throws {
    // Pointers one after the other in a record that nobody reads, and then an owner that begins at the last.
    var bytes = Wire.bytes("0001 8180 0001 0002 0000 0000 | 'a' 00 0001 0001 | 00 0010 0001 00000000")
    let length = 2 * (count - 1)
    bytes += [UInt8(length >> 8), UInt8(length & 0xFF)]
    let start = bytes.count
    for index in 0..<(count - 1) {
      let target = index == 0 ? 12 : start + 2 * (index - 1)
      bytes += [0xC0 | UInt8(target >> 8), UInt8(target & 0xFF)]
    }
    let last = start + length - 2
    bytes += [0xC0 | UInt8(last >> 8), UInt8(last & 0xFF)] + Wire.bytes("0001 0001 00000000 0004 c0000201")
    if count == 127 {
      #expect(try DNSMessage(reading: bytes).answers.last?.owner == DomainName("a"))
    } else {
      let error = #expect(throws: DNSMessageError.self) { try DNSMessage(reading: bytes) }
      #expect(error?.expected == .atMost127Pointers)
    }
  }

  @Test("a compressed name has at most 255 bytes too", arguments: [61, 62])
  func compressedLength(rest: Int) throws {
    let label = [63] + [UInt8](repeating: 97, count: 63)
    var bytes =
      Wire.bytes("0001 8180 0001 0001 0000 0000") + label + label + label + Wire.bytes("00 0001 0001")
    bytes += [UInt8(rest)] + [UInt8](repeating: 98, count: rest)
    bytes += Wire.bytes("c00c 0001 0001 00000000 0004 c0000201")
    if rest == 61 {
      #expect(try DNSMessage(reading: bytes).answers.first?.owner.wire.count == 255)
    } else {
      let error = #expect(throws: DNSMessageError.self) { try DNSMessage(reading: bytes) }
      #expect(error?.expected == .nameOfAtMost255Bytes)
    }
  }

  @Test("no beginning of a message is one", arguments: [Wire.answer, Wire.query])
  func beginnings(bytes: [UInt8]) {
    for count in 0..<bytes.count {
      #expect(throws: DNSMessageError.self, "the first \(count) bytes") {
        try DNSMessage(reading: Array(bytes[..<count]))
      }
    }
    #expect((try? DNSMessage(reading: bytes)) != nil)
  }

  @Test("the question of a message is read from any beginning that has it")
  func question() throws {
    let end = 12 + 17 + 4
    for count in end...Wire.answer.count {
      let message = try DNSMessage(readingQuestionOf: Array(Wire.answer[..<count]))
      #expect(message.question.name.description == "WWW.example.com" && message.answers.isEmpty)
    }
    #expect(throws: DNSMessageError.self) {
      try DNSMessage(readingQuestionOf: Array(Wire.answer[..<(end - 1)]))
    }
  }
}
