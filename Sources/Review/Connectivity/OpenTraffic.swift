package import Kubernetes
internal import PolicyEngine
package import PolicyModel

/// Ports that are open to pods outside the input, with the port names that only those pods could resolve.
package struct OpenTraffic: Sendable, Hashable {
  /// Ports by number.
  package private(set) var ports: TrafficSet
  /// Names of ports of the peer.
  package private(set) var names: Set<Name> = []

  /// A port name of an egress rule: what number it means, only the pod at the other end says.
  package struct Name: Sendable, Hashable {
    package let transport: TransportProtocol
    package let name: String
  }

  init(_ ports: TrafficSet = .none) {
    self.ports = ports
  }

  /// What a rule lets through. On ingress a port name is the subject's, on egress it is the unknown peer's.
  ///
  /// - Parameter reading: which of several ports of the subject a name stands for.
  init(_ rule: Rule, subject: Endpoint, _ reading: EngineProfile.PortNameReading) {
    self.init()
    guard case .anyOf = rule.traffic else {
      ports = .all
      return
    }
    var ranges: [(TransportProtocol, ClosedRange<UInt16>)] = []
    for match in rule.traffic.portMatches {
      let numbers = match.numbers { name in
        rule.direction == .ingress
          ? PortSet(subject.portNumbers(named: name, match.transport, reading)) : .none
      }
      ranges += numbers.ranges.map { (match.transport, $0) }
      if rule.direction == .egress, case .named(let name) = match.ports {
        names.insert(Name(transport: match.transport, name: name))
      }
    }
    ports = TrafficSet(unsorted: ranges)
  }

  var isEmpty: Bool { ports.isEmpty && names.isEmpty }

  mutating func formUnion(_ other: OpenTraffic) {
    ports = ports.union(other.ports)
    names.formUnion(other.names)
  }

  /// Without what is open anyway; a name may stand for any port, so it stays unless all of them are.
  func subtracting(_ other: OpenTraffic) -> OpenTraffic {
    var rest = OpenTraffic(ports.subtracting(other.ports))
    rest.names = names.subtracting(other.names).filter { other.ports[$0.transport] != .all }
    return rest
  }

  /// What a filter shows. A name may stand for the port that is asked for.
  func visible(_ filter: ConnectivityFilter) -> OpenTraffic {
    var part = OpenTraffic(filter.visible(ports))
    part.names = names.filter { filter.port == nil || filter.port?.transport == $0.transport }
    return part
  }

  private var sortedNames: [Name] {
    names.sorted { ($0.transport.name, $0.name) < ($1.transport.name, $1.name) }
  }

  /// NetworkPolicy's shape: `[{"protocol":"TCP","port":"http"}]`.
  var data: DataValue {
    let named = sortedNames.map {
      DataValue.members(("protocol", .string($0.transport.name)), ("port", .string($0.name)))
    }
    guard case .list(let numbered) = ports.data else { return .list(named) }
    return .list(numbered + named)
  }
}

extension OpenTraffic: CustomStringConvertible {
  /// `TCP 53 UDP 53`, `TCP http`.
  package var description: String {
    let numbered = ports.isEmpty ? [] : [ports.description]
    return (numbered + sortedNames.map { "\($0.transport.name) \($0.name)" }).joined(separator: " ")
  }
}
