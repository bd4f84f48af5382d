internal import Kubernetes

extension Value {
  var text: String {
    switch self {
    case .address(let address): address.description
    case .protocolNumber(let number): Self.protocolNames[number] ?? String(number)
    case .port(let port): String(port)
    case .mark(let mark): Self.hexadecimal(mark)
    case .family(let family): family == .ipv4 ? "ipv4" : "ipv6"
    case .interface(let name): "\"" + name.text + "\""
    case .icmp(let number): String(number)
    }
  }

  /// Always eight digits, so that columns of marks line up.
  static func hexadecimal(_ mark: UInt32) -> String {
    let digits = String(mark, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// As an end of a range, where names of protocols would run into the dash.
  var numericText: String {
    if case .protocolNumber(let number) = self { String(number) } else { text }
  }

  /// Words that nft knows by itself; others it would look up in `/etc/protocols`.
  private static let protocolNames: [UInt8: String] = [
    1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp",
  ]
}

extension Interval {
  var text: String {
    switch self {
    case .one(let value): value.text
    case .range(let first, let last): first.numericText + "-" + last.numericText
    case .block(let block): block.description
    }
  }
}

extension [Interval] {
  /// A key: its parts with dots between them.
  package var keyText: String { map(\.text).joined(separator: " . ") }

  /// The values that a field is compared with: one, or a set of them in order.
  var choiceText: String {
    count == 1 ? self[0].text : "{ " + inOrder.map(\.text).joined(separator: ", ") + " }"
  }
}

extension Duration {
  /// `1m30s`-like forms are accepted as well; seconds are what nft shows first, and exact.
  var nftablesText: String {
    let (seconds, attoseconds) = components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    return milliseconds == 0 ? "\(seconds)s" : "\(seconds)s\(milliseconds)ms"
  }
}
