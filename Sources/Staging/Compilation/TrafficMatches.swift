internal import Kubernetes
internal import Nftables
internal import PolicyModel

/// The traffic of a rule as conditions of nftables: it matches when all of one of the lists hold.
struct TrafficMatches {
  /// What a port name stands for at an end of a connection.
  typealias PortNames = (String, TransportProtocol) -> PortSet

  let alternatives: [[Match]]

  /// - Parameters:
  ///   - traffic: what the destination is asked for.
  ///   - sourcePorts: ports of the source, which only traffic with ports has.
  init(_ traffic: Traffic, from sourcePorts: Traffic, destination: PortNames, source: PortNames) {
    if !traffic.isRestricted, !sourcePorts.isRestricted {
      alternatives = [[]]
      return
    }
    var alternatives: [[Match]] = []
    var merged: [(transports: [TransportProtocol], destinations: PortSet, sources: PortSet)] = []
    for transport in TransportProtocol.allCases {
      let destinations = traffic.ports(of: transport, destination)
      let sources = sourcePorts.ports(of: transport, source)
      if destinations.isEmpty || sources.isEmpty { continue }
      if let place = merged.firstIndex(where: { $0.destinations == destinations && $0.sources == sources }) {
        merged[place].transports.append(transport)
      } else {
        merged.append(([transport], destinations, sources))
      }
    }
    for (transports, destinations, sources) in merged {
      var matches = [Match.field(.transportProtocol, .oneOf, transports.map(Nftables.Interval.transport))]
      if !destinations.isAll { matches.append(.ports(.destination, destinations)) }
      if !sources.isAll { matches.append(.ports(.source, sources)) }
      alternatives.append(matches)
    }
    if !sourcePorts.isRestricted { alternatives += traffic.portlessAlternatives }
    self.alternatives = alternatives
  }
}

extension Match {
  fileprivate static func ports(_ end: End, _ ports: PortSet) -> Match {
    .field(.port(end), .oneOf, ports.ranges.map { Nftables.Interval($0) })
  }
}

extension Traffic {
  /// The ports of a protocol that match.
  fileprivate func ports(of transport: TransportProtocol, _ names: TrafficMatches.PortNames) -> PortSet {
    if !isRestricted { return .all }
    return portMatches.filter { $0.transport == transport }
      .reduce(PortSet.none) { $0.union($1.numbers { names($0, transport) }) }
  }

  fileprivate var portlessAlternatives: [[Match]] {
    guard case .anyOf(let matches) = self else { return [] }
    var numbers: Set<UInt8> = []
    var alternatives: [[Match]] = []
    for match in matches {
      switch match {
      case .ports: break
      case .icmp(let match): alternatives += match.alternatives
      case .protocols(let match): numbers.formUnion(match.numbers)
      }
    }
    if !numbers.isEmpty {
      alternatives.append([.field(.transportProtocol, .oneOf, numbers.protocolIntervals)])
    }
    return alternatives
  }
}

extension Set<UInt8> {
  /// Neighbours together, ascending.
  fileprivate var protocolIntervals: [Nftables.Interval] {
    var runs: [ClosedRange<UInt8>] = []
    for number in sorted() {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map {
      $0.count == 1
        ? .one(.protocolNumber($0.lowerBound))
        : .range(.protocolNumber($0.lowerBound), .protocolNumber($0.upperBound))
    }
  }
}

extension ICMPMatch {
  /// Everything but one message is two things: another type, or the type with another code.
  fileprivate var alternatives: [[Match]] {
    let isICMP = Match.transport(family == .ipv4 ? 1 : 58)
    guard let type else { return isNegated ? [] : [[isICMP]] }
    func types(_ choice: Choice) -> Match { .field(.icmpType(family), choice, [.one(.icmp(type))]) }
    func codes(_ choice: Choice, _ code: UInt8) -> Match {
      .field(.icmpCode(family), choice, [.one(.icmp(code))])
    }
    if isNegated {
      return [[isICMP, types(.noneOf)]] + (code.map { [[isICMP, types(.oneOf), codes(.noneOf, $0)]] } ?? [])
    }
    return [[isICMP, types(.oneOf)] + (code.map { [codes(.oneOf, $0)] } ?? [])]
  }
}
