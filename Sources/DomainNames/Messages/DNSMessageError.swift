/// Why bytes are no message.
package struct DNSMessageError: Error, Hashable {
  /// What was expected, and was not there.
  package enum Expectation: Sendable, Hashable {
    case moreBytes(Int)
    case oneQuestion(found: Int)
    /// A length from 0 to 63, or a pointer.
    case labelLength(found: UInt8)
    case nameOfAtMost255Bytes
    /// One behind the header and before the name that it is part of.
    case earlierPointer(found: Int)
    case atMost127Pointers
    case addressOf(bytes: Int, found: Int)
    /// A name in a record that ends where the record does.
    case nameToTheEnd
    /// Of the root, in the last section, once.
    case oneOptionsRecord
    case end
    case atMost65535Bytes
  }

  /// In bytes from the start of the message.
  package let offset: Int
  package let expected: Expectation

  init(_ expected: Expectation, at offset: Int) {
    self.offset = offset
    self.expected = expected
  }
}

extension DNSMessageError: CustomStringConvertible {
  package var description: String { "byte \(offset): expected \(expected)" }
}

extension DNSMessageError.Expectation: CustomStringConvertible {
  package var description: String {
    switch self {
    case .moreBytes(let count): "\(count) more \(count == 1 ? "byte" : "bytes")"
    case .oneQuestion(let found): "one question, found \(found)"
    case .labelLength(let found): "a label of at most 63 bytes or a pointer, found \(found)"
    case .nameOfAtMost255Bytes: "a name of at most 255 bytes"
    case .earlierPointer(let found): "a pointer to an earlier name, found \(found)"
    case .atMost127Pointers: "at most 127 pointers in a name"
    case .addressOf(let bytes, let found): "an address of \(bytes) bytes, found \(found)"
    case .nameToTheEnd: "a name that ends with its record"
    case .oneOptionsRecord: "one OPT record of the root among the additional records"
    case .end: "the end of the message"
    case .atMost65535Bytes: "at most 65535 bytes"
    }
  }
}
