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
