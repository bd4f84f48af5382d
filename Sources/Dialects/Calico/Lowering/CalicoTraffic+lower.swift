internal import Kubernetes
internal import PolicyModel

/// What a rule matches of protocols and ports. All of it must hold.
struct CalicoTraffic {
  let traffic: Traffic
  let sourcePorts: Traffic
}

extension CalicoRule {
  /// The protocols and ports of the rule; two parts where protocols without ports need other words
  /// (SEMANTICS.md §3.2).
  func lowerTraffic() -> [CalicoTraffic] {
    let transports = matchedTransports
    let others = destination.ports.isEmpty ? matchedOthers : []
    let onPorts = Self.matches(transports, destination.ports, destination.notPorts, at: location)
    let isOpen =
      `protocol` == nil && notProtocol == nil && destination.ports.isEmpty && destination.notPorts.isEmpty
    if source.ports.isEmpty && source.notPorts.isEmpty {
      return [CalicoTraffic(traffic: isOpen ? .any : .anyOf(onPorts + others), sourcePorts: .any)]
    }
    let part = CalicoTraffic(
      traffic: isOpen ? .any : .anyOf(onPorts),
      sourcePorts: .anyOf(Self.matches(transports, source.ports, source.notPorts, at: location)))
    // What has no ports has none that are excluded.
    if others.isEmpty || !source.ports.isEmpty { return [part] }
    return [part, CalicoTraffic(traffic: .anyOf(others), sourcePorts: .any)]
  }

  /// Those of TCP, UDP and SCTP that the protocol criteria let through.
  var matchedTransports: [TransportProtocol] {
    TransportProtocol.allCases.filter { transport in
      `protocol`?.value.number ?? transport.number == transport.number
        && notProtocol?.value.number != transport.number
    }
  }

  /// Protocols without ports.
  private var matchedOthers: [TrafficMatch] {
    guard let `protocol` else {
      return [
        .protocols(
          OtherProtocols(except: Set([notProtocol?.value.number].compactMap { $0 }), location: location))
      ]
    }
    if notProtocol?.value == `protocol`.value { return [] }
    if let family = `protocol`.value.addressFamily { return messages(family, at: `protocol`.location) }
    let number = `protocol`.value.number
    if TransportProtocol.allCases.contains(where: { $0.number == number }) { return [] }
    return [.protocols(OtherProtocols([number], location: `protocol`.location))]
  }

  /// Messages of ICMP that `icmp` asks for and `notICMP` does not exclude.
  private func messages(_ family: AddressFamily, at location: SourceLocation) -> [TrafficMatch] {
    guard let wanted = icmp else {
      let excluded = notICMP?.value
      return [
        .icmp(
          ICMPMatch(
            family, type: excluded?.type, code: excluded?.code, isNegated: excluded != nil,
            location: notICMP?.location ?? location))
      ]
    }
    func match(_ code: UInt8?) -> TrafficMatch {
      .icmp(ICMPMatch(family, type: wanted.value.type, code: code, location: wanted.location))
    }
    guard let excluded = notICMP?.value, excluded.type == wanted.value.type else {
      return [match(wanted.value.code)]
    }
    guard let hole = excluded.code else { return [] }
    if let code = wanted.value.code { return code == hole ? [] : [match(code)] }
    return (0...UInt8.max).filter { $0 != hole }.map { match($0) }
  }

  /// Each of the ports for each of the protocols; all of them when none is written.
  private static func matches(
    _ transports: [TransportProtocol], _ ports: [CalicoPort], _ excluded: [CalicoPort],
    at location: SourceLocation
  ) -> [TrafficMatch] {
    let holes = excluded.map(\.lowered)
    return transports.flatMap { transport -> [TrafficMatch] in
      if ports.isEmpty { return [.ports(PortMatch(transport, .all, except: holes, location: location))] }
      return ports.map {
        .ports(PortMatch(transport, $0.lowered, except: holes, location: $0.location))
      }
    }
  }
}

extension CalicoPort {
  fileprivate var lowered: PortMatch.Ports {
    switch kind {
    case .range(let range): .range(range)
    case .named(let name): .named(name)
    }
  }
}
