internal import Kubernetes
internal import PolicyModel

extension CiliumTraffic {
  /// One element for each part of the rule that is checked by itself after the ports, with what is checked.
  ///
  /// - Parameter narrows: whether L7 rules keep anything out.
  func lower(narrows: Bool) -> [(suffix: String, traffic: Traffic, applicationRules: [String])] {
    switch self {
    case .unwritten: [("", .any, [])]
    case .icmps(let rules):
      [
        (
          "",
          .anyOf(
            rules.flatMap(\.fields).map {
              .icmp(ICMPMatch($0.value.family, type: $0.value.type, location: $0.location))
            }), []
        )
      ]
    case .toPorts(let rules):
      rules.enumerated().map { index, rule in
        (
          rules.count > 1 ? ".toPorts[\(index)]" : "", .anyOf(rule.ports.flatMap { $0.lower() }),
          rule.applicationRules(narrows: narrows)
        )
      }
    }
  }
}

extension CiliumPortRule {
  /// What is checked after the port, in words.
  fileprivate func applicationRules(narrows: Bool) -> [String] {
    var words = rules.isWritten && narrows ? [rules.description] : []
    if !serverNames.isEmpty {
      words.append("TLS to \(serverNames.map(\.value.description).joined(separator: " or "))")
    }
    if let listener { words.append("listener \(listener.name)") }
    return words
  }
}

extension CiliumPort {
  /// A port without protocol is one of TCP, UDP and SCTP (SEMANTICS.md §4.3).
  fileprivate func lower() -> [TrafficMatch] {
    if let number = `protocol`.number { return [.protocols(OtherProtocols([number], location: location))] }
    let transports: [TransportProtocol] =
      switch `protocol` {
      case .tcp: [.tcp]
      case .udp: [.udp]
      case .sctp: [.sctp]
      case .any, .vrrp, .igmp, .gre, .ipip, .ipv6, .esp, .ah: TransportProtocol.allCases
      }
    let matched: PortMatch.Ports =
      switch ports {
      case .all: .all
      case .range(let range): .range(range)
      case .named(let name, _): .named(name)
      }
    return transports.map { .ports(PortMatch($0, matched, location: location)) }
  }
}

extension CiliumPort.IPProtocol {
  /// The number in the IP header of a protocol without ports (IANA "Assigned Internet Protocol Numbers").
  fileprivate var number: UInt8? {
    switch self {
    case .any, .tcp, .udp, .sctp: nil
    case .vrrp: 112
    case .igmp: 2
    case .gre: 47
    case .ipip: 4
    case .ipv6: 41
    case .esp: 50
    case .ah: 51
    }
  }
}
