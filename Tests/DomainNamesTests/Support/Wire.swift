import DomainNames

/// Bytes of messages as people read them.
enum Wire {
  /// Hexadecimal digits are bytes, `'www'` is a label with its length, `|` separates for the eye only.
  static func bytes(_ text: String) -> [UInt8] {
    text.split(whereSeparator: \.isWhitespace).filter { $0 != "|" }.flatMap { word -> [UInt8] in
      if word.first == "'" {
        let label = Array(word.dropFirst().dropLast().utf8)
        return [UInt8(label.count)] + label
      }
      let digits = Array(word)
      return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
      }
    }
  }

  /// `1234 0100 www.example.com 1 1`, and then each record after the sign of its section.
  static func text(_ message: DNSMessage) -> String {
    func hexadecimal(_ number: UInt16) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    let question = message.question
    let head =
      "\(hexadecimal(message.header.id)) \(hexadecimal(message.header.flags)) \(question.name) "
      + "\(question.type.rawValue) \(question.recordClass.rawValue)"
    let sections = [("=", message.answers), ("@", message.authorities), ("+", message.additional)]
    let records = sections.flatMap { sign, records in
      records.map { "\(sign) \($0.owner) \($0.recordClass.rawValue) \($0.timeToLive) \(text($0))" }
    }
    return ([head] + records).joined(separator: " ")
  }

  private static func text(_ record: ResourceRecord) -> String {
    switch record.content {
    case .address(let address): "address \(address)"
    case .canonicalName(let name): "is \(name)"
    case .options(let bytes): "options \(bytes)"
    case .opaque(let bytes): "\(record.type.rawValue) \(bytes)"
    }
  }

  /// An answer with all kinds of records and compressed names.
  static let answer = bytes(
    """
    1234 8180 0001 0004 0001 0002 | 'WWW' 'example' 'com' 00 0001 0001
    c00c 0005 0001 0000012c 0007 'edge' c010
    c02d 0001 0001 0000003c 0004 c0000201
    c02d 001c 0001 0000003c 0010 20010db8000000000000000000000001
    c02d 0010 0001 00000005 0005 'text'
    c010 0002 0001 00000e10 0005 'ns' c010
    c010 0001 0001 00000e10 0004 c6336401
    00 0029 04d0 00008000 0008 000a0004deadbeef
    """)

  static let query = bytes(
    "abcd 0120 0001 0000 0000 0001 | 'www' 'example' 'com' 00 001c 0001 | 00 0029 1000 00008000 0000")
}
