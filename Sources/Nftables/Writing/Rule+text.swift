internal import Kubernetes

extension Rule {
  /// One line.
  package var text: String {
    let parts = statements.map(\.text) + (note.map { ["comment \"" + $0.text + "\""] } ?? [])
    return parts.joined(separator: " ")
  }
}

extension Field {
  var text: String {
    switch self {
    case .transportProtocol: "meta l4proto"
    case .family: "meta nfproto"
    case .inputInterface: "iifname"
    case .outputInterface: "oifname"
    case .mark: "meta mark"
    case .address(let family, let end): family.header + " " + end.address
    case .port(let end): end == .source ? "th sport" : "th dport"
    case .icmpType(let family): family == .ipv4 ? "icmp type" : "icmpv6 type"
    case .icmpCode(let family): family == .ipv4 ? "icmp code" : "icmpv6 code"
    case .tupleAddress(let direction, let family, let end):
      "ct " + direction.rawValue + " " + family.header + " " + end.address
    case .tuplePort(let direction, let end):
      "ct " + direction.rawValue + (end == .source ? " proto-src" : " proto-dst")
    case .connectionMark: "ct mark"
    case .connectionProtocol: "ct protocol"
    }
  }
}

extension AddressFamily {
  fileprivate var header: String { self == .ipv4 ? "ip" : "ip6" }
}

extension End {
  fileprivate var address: String { self == .source ? "saddr" : "daddr" }
}

extension [Field] {
  var text: String { map(\.text).joined(separator: " . ") }
}

extension Match {
  var text: String {
    switch self {
    case .field(let field, let choice, let values): field.text + choice.text + values.choiceText
    case .lookup(let fields, let choice, let set): fields.text + choice.text + "@" + set.text
    case .connection(.oneOf, let states): "ct state " + states.texts.joined(separator: ",")
    case .connection(.noneOf, let states):
      "ct state != "
        + (states.count == 1 ? states[0].rawValue : "{ " + states.texts.joined(separator: ", ") + " }")
    case .direction(let direction): "ct direction " + direction.rawValue
    case .tcpFlags(let mask, let value): "tcp flags & (" + mask.text + ") == " + value.text
    case .rate(let rate): "limit rate \(rate.count)/\(rate.period.rawValue) burst \(rate.burst) packets"
    }
  }
}

extension Choice {
  fileprivate var text: String { self == .oneOf ? " " : " != " }
}

extension [ConnectionState] {
  fileprivate var texts: [String] { ConnectionState.allCases.filter(contains).map(\.rawValue) }
}

extension TCPFlags {
  fileprivate var text: String {
    let names = ["fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"]
    let set = names.indices.filter { rawValue & 1 << $0 != 0 }
    return set.isEmpty ? "0x0" : set.map { names[$0] }.joined(separator: " | ")
  }
}

extension Statement {
  var text: String {
    switch self {
    case .match(let match): match.text
    case .verdict(let verdict): verdict.text
    case .verdictMap(let fields, let map): fields.text + " vmap @" + map.text
    case .verdicts(let fields, let elements):
      fields.text + " vmap { " + elements.inOrder.map(\.text).joined(separator: ", ") + " }"
    case .reject(let rejection): rejection.text
    case .count: "counter"
    case .countIn(let name): "counter name " + name.text
    case .log(let log): log.text
    case .markConnection(let mark): "ct mark set " + Value.hexadecimal(mark)
    case .markPacket(let mark): "meta mark set " + Value.hexadecimal(mark)
    case .markPacketBy(let fields, let map): "meta mark set " + fields.text + " map @" + map.text
    case .update(let set, let fields, let timeout):
      "update @" + set.text + " { " + fields.text + (timeout.map { " timeout " + $0.nftablesText } ?? "")
        + " }"
    }
  }
}

extension Verdict {
  var text: String {
    switch self {
    case .accept: "accept"
    case .drop: "drop"
    case .jump(let chain): "jump " + chain.text
    case .goto(let chain): "goto " + chain.text
    case .return: "return"
    }
  }
}

extension Rejection {
  fileprivate var text: String {
    switch self {
    case .tcpReset: "reject with tcp reset"
    case .administrativelyProhibited: "reject with icmpx admin-prohibited"
    case .portUnreachable: "reject with icmpx port-unreachable"
    }
  }
}

extension Log {
  fileprivate var text: String {
    "log" + (prefix.map { " prefix \"" + $0.text + "\"" } ?? "") + " group \(group)"
      + (length.map { " snaplen \($0)" } ?? "")
  }
}
