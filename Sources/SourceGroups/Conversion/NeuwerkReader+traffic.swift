internal import Kubernetes

/// What a rule of Neuwerk matches of protocols and ports.
struct NeuwerkTraffic {
  var entries: [RuleTraffic]
  var sourcePorts: [ClosedRange<UInt16>] = []

  /// Whether nothing about protocols and ports is asked.
  var isEverything: Bool { entries == [.any] && sourcePorts.isEmpty }
}

extension NeuwerkReader {
  private enum Proto {
    case any
    case number(UInt8)
  }

  /// Nil when the rule is left out.
  mutating func traffic(
    _ match: [String: Node], _ rule: WrittenRule, _ node: Node
  ) -> NeuwerkTraffic? {
    guard let proto = proto(match["proto"]), let destination = ports(match["dst_ports"], "dst_ports", rule),
      let source = ports(match["src_ports"], "src_ports", rule)
    else { return nil }
    let hasPorts = match["dst_ports"].map { !$0.elements.isEmpty } ?? false
    let hasSourcePorts = match["src_ports"].map { !$0.elements.isEmpty } ?? false
    let types = numbers(match["icmp_types"], "icmp_types")
    let codes = numbers(match["icmp_codes"], "icmp_codes")
    if !types.isEmpty || !codes.isEmpty || Self.isICMP(proto) {
      if hasPorts || hasSourcePorts {
        leaveOutNeverMatching(rule, "asks for ports of ICMP", at: node.location)
        return nil
      }
      return messages(types, codes, proto, rule, node)
    }
    if !hasPorts, !hasSourcePorts { return NeuwerkTraffic(entries: [Self.whole(proto)]) }
    let transports = Self.transports(proto)
    if transports.isEmpty {
      leaveOutNeverMatching(rule, "asks for ports of a protocol without ports", at: node.location)
      return nil
    }
    if case .any = proto {
      kept("ports of the rule `\(rule.id)` without `proto` are those of TCP and UDP", at: node.location)
    }
    if hasPorts && destination.isEmpty || hasSourcePorts && source.isEmpty {
      leaveOutNeverMatching(rule, "asks for port 0 only", at: node.location)
      return nil
    }
    let entries = transports.flatMap { transport -> [RuleTraffic] in
      hasPorts ? destination.map { .ports(transport, $0) } : [.ports(transport, nil)]
    }
    return NeuwerkTraffic(entries: entries, sourcePorts: source)
  }

  private mutating func leaveOutNeverMatching(
    _ rule: WrittenRule, _ reason: String, at location: SourceLocation
  ) {
    trap("the rule `\(rule.id)` \(reason), so it never matches; it is left out", at: location)
  }

  // MARK: - ICMP

  private mutating func messages(
    _ types: [UInt8], _ codes: [UInt8], _ proto: Proto, _ rule: WrittenRule, _ node: Node
  ) -> NeuwerkTraffic? {
    var (types, codes) = (types, codes)
    if types.isEmpty, codes.isEmpty {
      trap(
        "`icmp` without types means types 0, 3 and 11 with codes 0 and 4 in the rule `\(rule.id)`, as in Neuwerk",
        at: node.location)
      (types, codes) = ([0, 3, 11], [0, 4])
    }
    if types.isEmpty {
      leaveOut(rule, "asks for codes of any type of ICMP", at: node.location)
      return nil
    }
    let entries = types.flatMap { type -> [RuleTraffic] in
      codes.isEmpty
        ? [.icmp(.ipv4, type: type, code: nil)] : codes.map { .icmp(.ipv4, type: type, code: $0) }
    }
    return NeuwerkTraffic(entries: entries)
  }

  private static func isICMP(_ proto: Proto) -> Bool { if case .number(1) = proto { true } else { false } }

  private mutating func numbers(_ node: Node?, _ field: String) -> [UInt8] {
    (node?.list(field, &problems) ?? []).compactMap { element in
      element.integer("\(field)[]", in: 0...255, &problems).map { UInt8($0) }
    }
  }

  // MARK: - Protocols

  private mutating func proto(_ node: Node?) -> Proto? {
    guard let node else { return .any }
    switch node.text.lowercased() {
    case "any": return .any
    case "tcp": return .number(6)
    case "udp": return .number(17)
    case "icmp": return .number(1)
    default:
      guard let number = UInt8(node.text) else {
        fail("`proto` must be any, tcp, udp, icmp or a number, not \(node.excerpt)", at: node.location)
        return nil
      }
      return .number(number)
    }
  }

  private static func transports(_ proto: Proto) -> [TransportProtocol] {
    switch proto {
    case .any: [.tcp, .udp]
    case .number(let number): TransportProtocol.allCases.filter { $0.number == number }
    }
  }

  /// Everything of a protocol.
  private static func whole(_ proto: Proto) -> RuleTraffic {
    switch proto {
    case .any: .any
    case .number(58): .icmp(.ipv6, type: nil, code: nil)
    case .number(let number): transports(proto).first.map { .ports($0, nil) } ?? .other(number)
    }
  }

  // MARK: - Ports

  /// The ranges of a list, without port 0; nil after an error.
  private mutating func ports(
    _ node: Node?, _ field: String, _ rule: WrittenRule
  ) -> [ClosedRange<UInt16>]? {
    guard let node else { return [] }
    guard let list = node.list(field, &problems) else { return nil }
    var ranges: [ClosedRange<UInt16>] = []
    for element in list {
      let ends = element.text.split(separator: "-", omittingEmptySubsequences: false).map { part in
        UInt16(String(part.filter { $0 != " " }))
      }
      guard element.content == .scalar, (1...2).contains(ends.count), let first = ends[0],
        let last = ends[ends.count - 1], first <= last
      else {
        fail(
          "`\(field)[]` must be a port or a range such as 8000-8080, not \(element.excerpt)",
          at: element.location)
        return nil
      }
      if first == 0 {
        changed("port 0 of the rule `\(rule.id)` is no port and left out", at: element.location)
      }
      if last > 0 { ranges.append(max(first, 1)...last) }
    }
    return ranges
  }
}
