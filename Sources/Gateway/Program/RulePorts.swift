internal import Kubernetes
internal import Nftables
internal import PolicyModel
internal import SourceGroups

/// What a rule's traffic says about protocols other than ICMP.
struct RulePorts {
  /// Protocols of which every port is meant, and those that have none.
  private var whole: Set<UInt8> = []
  /// Protocols by the ports that are meant.
  private var transports: [PortSet: Set<UInt8>] = [:]
  private let sourcePorts: PortSet

  init(_ rule: SourceGroupRule) {
    sourcePorts = PortSet(unsorted: rule.sourcePorts.map(\.value))
    var ports = TrafficSet.none
    for entry in rule.traffic {
      switch entry.value {
      case .any, .icmp: break
      case .other(let number): whole.insert(number)
      case .ports(let transport, let range):
        ports[transport] = ports[transport].union(range.map { PortSet($0) } ?? .all)
        if range == nil, sourcePorts.isEmpty { whole.insert(transport.number) }
      }
    }
    for transport in TransportProtocol.allCases where !whole.contains(transport.number) {
      if !ports[transport].isEmpty { transports[ports[transport], default: []].insert(transport.number) }
    }
  }

  /// The ways to match.
  var matches: [[Match]] {
    let some = transports.sorted { ($0.value.min() ?? 0) < ($1.value.min() ?? 0) }
    return (whole.isEmpty ? [] : [[.protocols(whole)]])
      + some.map { ports, transports in
        var matches: [Match] = [Self.mayHavePorts(transports), .protocols(transports)]
        if !ports.isAll { matches.append(Self.ports(.tuplePort(.reply, .source), ports)) }
        if !sourcePorts.isEmpty {
          matches.append(Self.ports(.tuplePort(.original, .source), sourcePorts))
        }
        return matches
      }
  }

  /// Packets of some protocols, and ICMP errors about their connections: without this, nft does not take the ports of
  /// a connection.
  private static func mayHavePorts(_ transports: Set<UInt8>) -> Match {
    let errors: Set<UInt8> = [RuleMessages.number(.ipv4), RuleMessages.number(.ipv6)]
    return .field(
      .transportProtocol, .oneOf, transports.union(errors).sorted().map { .one(.protocolNumber($0)) })
  }

  private static func ports(_ field: Field, _ ports: PortSet) -> Match {
    .field(field, .oneOf, ports.ranges.map { Interval($0) })
  }
}

/// What a rule's traffic says about the ICMP of a family.
struct RuleMessages {
  private let family: AddressFamily
  /// Type and code as one number, as they stand in the place of a port.
  private let messages: [ClosedRange<UInt16>]
  private let isEvery: Bool

  /// The number of the protocol in the IP header.
  static func number(_ family: AddressFamily) -> UInt8 { family == .ipv4 ? 1 : 58 }

  init(_ rule: SourceGroupRule, _ family: AddressFamily) {
    var ranges: [ClosedRange<UInt16>] = []
    var isEvery = false
    for entry in rule.traffic {
      guard case .icmp(family, let type, let code) = entry.value else { continue }
      guard let type else {
        isEvery = true
        continue
      }
      let first = UInt16(type) << 8
      ranges.append(code.map { first | UInt16($0)...first | UInt16($0) } ?? first...(first | 0xFF))
    }
    self.family = family
    self.isEvery = isEvery
    messages = ranges
  }

  /// Nil when the rule is not about it.
  var matches: [Match]? {
    let number = Self.number(family)
    if isEvery { return [.protocols([number])] }
    if messages.isEmpty { return nil }
    return [
      .transport(number), .protocols([number]),
      .field(.tuplePort(.original, .destination), .oneOf, Self.merged(messages).map { Interval($0) }),
    ]
  }

  /// Disjoint and ascending; 0 is a message too.
  private static func merged(_ ranges: [ClosedRange<UInt16>]) -> [ClosedRange<UInt16>] {
    var merged: [ClosedRange<UInt16>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
