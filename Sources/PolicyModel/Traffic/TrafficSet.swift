package import Kubernetes

/// A set of (protocol, port) pairs over TCP, UDP and SCTP.
package struct TrafficSet: Sendable, Hashable {
  package var tcp: PortSet
  package var udp: PortSet
  package var sctp: PortSet

  package static let none = TrafficSet(tcp: .none, udp: .none, sctp: .none)
  package static let all = TrafficSet(tcp: .all, udp: .all, sctp: .all)

  package init(tcp: PortSet = .none, udp: PortSet = .none, sctp: PortSet = .none) {
    self.tcp = tcp
    self.udp = udp
    self.sctp = sctp
  }

  package init(_ transport: TransportProtocol, _ ports: PortSet) {
    self.init()
    self[transport] = ports
  }

  /// Any ranges of any order. O(n log n).
  package init(unsorted: [(TransportProtocol, ClosedRange<UInt16>)]) {
    self.init()
    for transport in TransportProtocol.allCases {
      self[transport] = PortSet(unsorted: unsorted.lazy.filter { $0.0 == transport }.map(\.1))
    }
  }

  package subscript(transport: TransportProtocol) -> PortSet {
    get {
      switch transport {
      case .tcp: tcp
      case .udp: udp
      case .sctp: sctp
      }
    }
    set {
      switch transport {
      case .tcp: tcp = newValue
      case .udp: udp = newValue
      case .sctp: sctp = newValue
      }
    }
  }

  package var isEmpty: Bool { tcp.isEmpty && udp.isEmpty && sctp.isEmpty }

  /// How many ports there are, those of each protocol counted by themselves.
  package var portCount: Int {
    [tcp, udp, sctp].reduce(0) { sum, ports in sum + ports.ranges.reduce(0) { $0 + $1.count } }
  }

  package func contains(_ transport: TransportProtocol, _ port: UInt16) -> Bool {
    self[transport].contains(port)
  }

  package func union(_ other: TrafficSet) -> TrafficSet {
    TrafficSet(tcp: tcp.union(other.tcp), udp: udp.union(other.udp), sctp: sctp.union(other.sctp))
  }

  package func intersection(_ other: TrafficSet) -> TrafficSet {
    TrafficSet(
      tcp: tcp.intersection(other.tcp), udp: udp.intersection(other.udp), sctp: sctp.intersection(other.sctp))
  }

  /// Whether there is anything in both. Allocates nothing.
  package func intersects(_ other: TrafficSet) -> Bool {
    tcp.intersects(other.tcp) || udp.intersects(other.udp) || sctp.intersects(other.sctp)
  }

  package func subtracting(_ other: TrafficSet) -> TrafficSet {
    TrafficSet(
      tcp: tcp.subtracting(other.tcp), udp: udp.subtracting(other.udp), sctp: sctp.subtracting(other.sctp))
  }
}

extension TrafficSet: CustomStringConvertible {
  /// `TCP 80,443 UDP 53`; `all`; `none`.
  package var description: String {
    if self == .all { return "all" }
    if isEmpty { return "none" }
    return TransportProtocol.allCases.compactMap { transport in
      let ports = self[transport]
      if ports.isEmpty { return nil }
      return ports == .all ? "\(transport.name) all" : "\(transport.name) \(ports)"
    }.joined(separator: " ")
  }
}
