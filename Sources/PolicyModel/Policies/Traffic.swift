package import Kubernetes

/// The protocols and ports that a rule matches.
package enum Traffic: Sendable {
  /// Every protocol, those without ports included.
  case any
  /// What any of these matches; nothing when there is none.
  case anyOf([PortMatch])
}

/// Ports of one protocol.
package struct PortMatch: Sendable {
  package enum Ports: Sendable, Hashable {
    case all
    case range(ClosedRange<UInt16>)
    /// The number that the destination pod gives this name, for this protocol.
    case named(String)
  }

  package let transport: TransportProtocol
  package let ports: Ports
  package let location: SourceLocation

  package init(_ transport: TransportProtocol, _ ports: Ports, location: SourceLocation) {
    self.transport = transport
    self.ports = ports
    self.location = location
  }
}

extension PortMatch: CustomStringConvertible {
  /// `TCP 80`, `UDP 8000-8100`, `TCP http`, `SCTP all ports`.
  package var description: String {
    switch ports {
    case .all: "\(transport.name) all ports"
    case .range(let range): "\(transport.name) \(PortSet(range))"
    case .named(let name): "\(transport.name) \(name)"
    }
  }
}

extension Traffic {
  /// Whether a port is given by a name, so that what matches depends on the destination.
  package var namesPorts: Bool {
    guard case .anyOf(let matches) = self else { return false }
    return matches.contains { if case .named = $0.ports { true } else { false } }
  }
}

extension Traffic: CustomStringConvertible {
  package var description: String {
    switch self {
    case .any: "all ports"
    case .anyOf(let matches): matches.map(\.description).joined(separator: ", ")
    }
  }
}
