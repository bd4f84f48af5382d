internal import Kubernetes
internal import PolicyModel

/// Messages and protocols without ports in the clothes of ports, so that what rules say of them is compared by the same
/// code: ICMP as TCP, ICMPv6 as UDP, each message by its type and code; other protocols as SCTP, by number.
enum OtherTrafficAsPorts {
  /// The same policies, about ports that stand for other traffic.
  static func project(_ tier: Tier) -> Tier {
    Tier(
      name: tier.name, combination: tier.combination,
      policies: tier.policies.map { policy in
        policy.with(rules: policy.rules.map { $0.with(traffic: project($0)) })
      }, isStrict: tier.isStrict)
  }

  private static func project(_ rule: Rule) -> Traffic {
    // Nothing without ports has a port to come from.
    if rule.sourcePorts.isRestricted { return .anyOf([]) }
    guard case .anyOf(let matches) = rule.traffic else { return .any }
    return .anyOf(matches.flatMap(project).map { .ports($0) })
  }

  private static func project(_ match: TrafficMatch) -> [PortMatch] {
    switch match {
    case .ports: return []
    case .icmp(let message):
      let transport: TransportProtocol = message.family == .ipv4 ? .tcp : .udp
      let ports = ports(of: message)
      let chosen = message.isNegated ? PortSet.all.subtracting(ports) : ports
      return chosen.ranges.map { PortMatch(transport, .range($0), location: message.location) }
    case .protocols(let other):
      var found: [PortMatch] = []
      for number in other.numbers.sorted() {
        switch number {
        case icmp: found.append(PortMatch(.tcp, .all, location: other.location))
        case icmpV6: found.append(PortMatch(.udp, .all, location: other.location))
        default:
          let port = UInt16(number) + 1
          found.append(PortMatch(.sctp, .range(port...port), location: other.location))
        }
      }
      return found
    }
  }

  private static func ports(of message: ICMPMatch) -> PortSet {
    guard let type = message.type else { return .all }
    guard let code = message.code else {
      return PortSet((0...255).map { port(Message(type: type, code: $0)) })
    }
    return PortSet(port(Message(type: type, code: code)))
  }

  private typealias Message = OtherTraffic.Message

  /// Numbers count from 0 and ports from 1: the last message, of a reserved type and code, shares the port of another.
  private static func port(_ message: Message) -> UInt16 {
    let number = UInt16(message.type) << 8 | UInt16(message.code)
    return number == 0 ? .max : number
  }

  /// What a port stands for.
  static func traffic(_ transport: TransportProtocol, _ port: UInt16) -> OtherTraffic? {
    switch transport {
    case .tcp, .udp:
      let number = port == .max ? 0 : port
      let message = Message(type: UInt8(number >> 8), code: UInt8(number & 0xFF))
      let name = transport == .tcp ? "icmp" : "icmpv6"
      return OtherTraffic(
        "\(name)/\(message.type)/\(message.code)", number: transport == .tcp ? icmp : icmpV6, message: message
      )
    case .sctp:
      guard let number = UInt8(exactly: port - 1), !isStoodForOtherwise(number) else { return nil }
      return OtherTraffic("protocol/\(number)", number: number)
    }
  }

  /// Protocols that have ports, or messages of their own.
  private static func isStoodForOtherwise(_ number: UInt8) -> Bool {
    number == icmp || number == icmpV6 || TransportProtocol.allCases.contains { $0.number == number }
  }

  private static let icmp: UInt8 = 1
  private static let icmpV6: UInt8 = 58
}
