import DomainNames
import Kubernetes

/// Questions and answers of tests.
enum Messages {
  static func name(_ text: String) -> DomainName { DomainName(text) ?? .root }

  /// - payload: the bytes of UDP that the OPT record says; nil for none.
  static func query(
    _ text: String, _ type: RecordType = .a, id: UInt16 = 0x1234, class recordClass: RecordClass = .internet,
    payload: UInt16? = nil
  ) -> DNSMessage {
    var message = DNSMessage(DNSHeader(id: id, flags: 0x0100), DNSQuestion(name(text), type, recordClass))
    if let payload {
      message.additional = [
        ResourceRecord(
          .root, .opt, RecordClass(rawValue: payload), timeToLive: 0x8000, .options([0, 10, 0, 2, 7, 7]))
      ]
    }
    return message
  }

  /// An answer with records as `a.com is b.com` and `b.com 60 192.0.2.1`.
  static func answer(
    _ query: DNSMessage, _ records: [String], _ response: ResponseCode = .noError, isTruncated: Bool = false
  ) -> DNSMessage {
    var message = DNSMessage(query.header, query.question)
    message.header.isResponse = true
    message.header.isRecursionAvailable = true
    message.header.response = response
    message.header.isTruncated = isTruncated
    message.answers = records.compactMap(record)
    message.additional = query.additional
    return message
  }

  private static func record(_ text: String) -> ResourceRecord? {
    let words = text.split(separator: " ").map(String.init)
    if words[1] == "is" {
      return ResourceRecord(name(words[0]), .cname, timeToLive: 30, .canonicalName(name(words[2])))
    }
    // As no text reads: an IPv4 address in an AAAA record.
    if words[2].hasPrefix("::ffff:"), let mapped = IPAddress(words[2]) {
      let bits = mapped.bits | 0xFFFF << 32
      return ResourceRecord(
        name(words[0]), .aaaa, timeToLive: UInt32(words[1]) ?? 0, .address(IPAddress(.ipv6, bits: bits)))
    }
    return IPAddress(words[2]).map {
      ResourceRecord(
        name(words[0]), $0.family == .ipv4 ? .a : .aaaa, timeToLive: UInt32(words[1]) ?? 0, .address($0))
    }
  }

  /// `NOERROR www.example.com 192.0.2.1 2001:db8::1`, with `TC` behind the code when more is to be had.
  static func text(_ bytes: [UInt8]) -> String {
    guard let message = try? DNSMessage(reading: bytes) else {
      guard let header = try? DNSHeader(reading: bytes) else { return "garbage" }
      return code(header)
    }
    let addresses = message.answers.compactMap { record in
      if case .address(let address) = record.content { address.description } else { nil }
    }
    let head = [code(message.header)] + (message.header.isTruncated ? ["TC"] : [])
    return (head + [message.question.name.description] + addresses).joined(separator: " ")
  }

  private static func code(_ header: DNSHeader) -> String {
    let names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
    let code = Int(header.response.rawValue)
    return code < names.count ? names[code] : "\(code)"
  }
}

extension DNSMessage {
  /// The message in bytes; none when it has too many.
  var bytes: [UInt8] { (try? written()) ?? [] }
}
