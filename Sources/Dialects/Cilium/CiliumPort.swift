package import Kubernetes

/// An entry of `toPorts[].ports`.
package struct CiliumPort: Sendable {
  /// Protocols by the names of the API.
  package enum IPProtocol: String, Sendable, Hashable, CaseIterable {
    /// TCP, UDP and SCTP; what a port without protocol means.
    case any = "ANY"
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"
    case vrrp = "VRRP"
    case igmp = "IGMP"
    case gre = "GRE"
    case ipip = "IPIP"
    case ipv6 = "IPV6"
    case esp = "ESP"
    case ah = "AH"

    /// Whether the protocol has ports. The others need the agent's option `enable-extended-ip-protocols`.
    package var hasPorts: Bool {
      switch self {
      case .any, .tcp, .udp, .sctp: true
      case .vrrp, .igmp, .gre, .ipip, .ipv6, .esp, .ah: false
      }
    }
  }

  package enum Ports: Sendable, Hashable {
    /// `port: "0"`, or no port for a protocol without ports.
    case all
    case range(ClosedRange<UInt16>)
    /// In lower case, because Cilium compares names without case; with the `endPort` when one is written.
    case named(String, endPort: UInt16?)
  }

  package let ports: Ports
  package let `protocol`: IPProtocol
  package let location: SourceLocation
}

extension CiliumPort: CustomStringConvertible {
  /// `TCP 80`, `ANY 8000-8080`, `UDP dns`, `TCP all ports`.
  package var description: String {
    let text =
      switch ports {
      case .all: "all ports"
      case .range(let range):
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
      case .named(let name, nil): name
      case .named(let name, let end?): "\(name)-\(end)"
      }
    return "\(`protocol`.rawValue) \(text)"
  }
}

extension CiliumPort {
  /// - Parameter l7: the L7 rules beside the port, which not every port can have.
  init?(_ node: Node, l7: CiliumL7Rules, _ problems: inout [Diagnostic]) {
    let path = "ports[]"
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "PortProtocol", known: ["port", "endPort", "protocol"],
      consequence: "(a server that drops it changes which ports are meant)", &problems)
    let written: IPProtocol? = Self.protocol(fields, path, &problems)
    `protocol` = written ?? .any
    location = node.location
    if l7.needsTCP, `protocol` != .tcp, written != nil || fields["protocol"] == nil {
      problems.reportIgnoredByAgent(
        at: (fields["protocol"] ?? node).location, "L7 rules other than `dns` need `protocol: TCP`")
    }
    let end = fields["endPort"].map { Self.endPort($0, &problems) } ?? 0
    guard let portNode = fields["port"] else {
      // The agent takes an entry without a port only with an option, and then for protocols that have none.
      if `protocol`.hasPorts {
        problems.reportIgnoredByAgent(
          at: node.location, "an entry of `ports` needs a `port`", fix: "write port: \"0\" to mean all ports")
      }
      ports = .all
      return
    }
    guard let text = portNode.string("\(path).port", &problems), let end else { return nil }
    if Self.isName(text) {
      ports = .named(text.lowercased(), endPort: end > 0 ? end : nil)
      return
    }
    guard let number = Self.number(text) else {
      Self.reportNoPort(text, at: portNode.location, &problems)
      return nil
    }
    switch (number, end) {
    case (0, 0), (0, .max): ports = .all
    case (0, _): ports = .range(1...end)
    case (_, ...number): ports = .range(number...number)
    default: ports = .range(number...end)
    }
    if text != String(number) {
      problems.append(
        Diagnostic(
          .legacyForm, .warning, "the port `\(text)` is read as \(number)", at: portNode.location,
          fix: "write port: \"\(number)\""))
    }
    if !`protocol`.hasPorts, text != "0" {
      problems.reportIgnoredByAgent(
        at: portNode.location, "\(`protocol`.rawValue) has no ports", fix: "leave `port` out")
    }
    if number == 0, l7.isWritten {
      problems.reportIgnoredByAgent(at: portNode.location, "L7 rules cannot stand beside the port 0")
    } else if end > number, l7.isDNS {
      problems.reportIgnoredByAgent(at: portNode.location, "`dns` rules cannot stand beside a range of ports")
    }
  }

  private static func `protocol`(
    _ fields: StrictFields, _ path: String, _ problems: inout [Diagnostic]
  ) -> IPProtocol? {
    guard let node = fields["protocol"] else { return nil }
    if node.content == .scalar, case .string = node.scalar {
      switch node.text.uppercased() {
      case "ICMP", "ICMPV6":
        problems.reportRefusedByServer(
          at: node.location, "`\(path).protocol` must not be `\(node.text)`",
          fix: "write the rule with `icmps` instead of `toPorts`")
        return nil
      default: break
      }
    }
    let choice: IPProtocol? = fields.choice("protocol", in: path, &problems)
    if let choice, !choice.hasPorts {
      problems.append(
        Diagnostic(
          .versionDependent, .warning,
          "\(choice.rawValue) is matched only when Cilium runs with enable-extended-ip-protocols",
          at: node.location))
    }
    return choice
  }

  private static func endPort(_ node: Node, _ problems: inout [Diagnostic]) -> UInt16? {
    guard let number = node.integer("ports[].endPort", &problems) else { return nil }
    guard let end = UInt16(exactly: number) else {
      problems.reportRefusedByServer(at: node.location, "`endPort` must be 0 to 65535, not \(number)")
      return nil
    }
    return end
  }

  private static func reportNoPort(
    _ text: String, at location: SourceLocation, _ problems: inout [Diagnostic]
  ) {
    let message = "`\(text)` is neither a port number, 0 to 65535, nor a port name"
    if isInSchema(text) {
      problems.reportIgnoredByAgent(at: location, message)
    } else {
      problems.reportRefusedByServer(at: location, message)
    }
  }
}

extension CiliumPort {
  /// Whether Cilium takes a text for a name (`pkg/iana`); so `0x10` is one.
  private static func isName(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 } && NameRules.portNameProblem(text.lowercased()) == nil
  }

  /// Go's `strconv.ParseUint(text, 0, 16)`: a prefix chooses the base, `_` may stand between digits.
  private static func number(_ text: String) -> UInt16? {
    var radix = 10
    var digits = text[...]
    switch text.prefix(2).lowercased() {
    case "0x" where text.utf8.count > 2: (radix, digits) = (16, text.dropFirst(2))
    case "0b" where text.utf8.count > 2: (radix, digits) = (2, text.dropFirst(2))
    case "0o" where text.utf8.count > 2: (radix, digits) = (8, text.dropFirst(2))
    default: if text.first == "0", text.utf8.count > 1 { (radix, digits) = (8, text.dropFirst()) }
    }
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    guard !groups.contains(where: \.isEmpty), digits.first != "+", digits.first != "-" else { return nil }
    return UInt16(digits.filter { $0 != "_" }, radix: radix)
  }

  /// Whether the schema's pattern lets a text pass, `^[0-9]…|([a-zA-Z0-9]-?)*[a-zA-Z](-?[a-zA-Z0-9])*$`: what
  /// starts with a digit, and what ends like a name.
  private static func isInSchema(_ text: String) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    func isLetter(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    if let first = text.utf8.first, isDigit(first) { return true }
    var canHaveDash = false
    for byte in text.utf8.reversed() {
      if isLetter(byte) { return true }
      if isDigit(byte) {
        canHaveDash = true
      } else if byte == UInt8(ascii: "-"), canHaveDash {
        canHaveDash = false
      } else {
        return false
      }
    }
    return false
  }
}
