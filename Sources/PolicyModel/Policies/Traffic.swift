package import Kubernetes

/// The protocols and ports that a rule matches.
package enum Traffic: Sendable {
  /// Every protocol, those without ports included.
  case any
  /// What any of these matches; nothing when there is none.
  case anyOf([TrafficMatch])
}

/// One description of traffic.
package enum TrafficMatch: Sendable {
  case ports(PortMatch)
  case icmp(ICMPMatch)
  /// Protocols other than TCP, UDP and SCTP, by number.
  case protocols(OtherProtocols)
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
  /// What is left out of ``ports``.
  package let exceptions: [Ports]
  package let location: SourceLocation

  package init(
    _ transport: TransportProtocol, _ ports: Ports, except exceptions: [Ports] = [], location: SourceLocation
  ) {
    self.transport = transport
    self.ports = ports
    self.exceptions = exceptions
    self.location = location
  }

  /// The port numbers it matches, when `number` answers what a name stands for.
  package func numbers(_ number: (String) -> PortSet) -> PortSet {
    func numbers(of ports: Ports) -> PortSet {
      switch ports {
      case .all: .all
      case .range(let range): PortSet(range)
      case .named(let name): number(name)
      }
    }
    return exceptions.reduce(numbers(of: ports)) { $0.subtracting(numbers(of: $1)) }
  }

  /// The port numbers that its name may stand for on a pod of which nothing is known; none when it has no name.
  package var numbersOfUnknownName: PortSet {
    guard case .named = ports else { return .none }
    return PortMatch(transport, .all, except: exceptions, location: location).numbers { _ in .none }
  }

  /// Port names in it.
  package var names: [String] {
    ([ports] + exceptions).compactMap { if case .named(let name) = $0 { name } else { nil } }
  }
}

/// Messages of ICMP or ICMPv6.
package struct ICMPMatch: Sendable, Hashable {
  package let family: AddressFamily
  /// Nil for every type.
  package let type: UInt8?
  /// Nil for every code of the type.
  package let code: UInt8?
  /// Everything of the protocol but that type and code.
  package let isNegated: Bool
  package let location: SourceLocation

  package init(
    _ family: AddressFamily, type: UInt8? = nil, code: UInt8? = nil, isNegated: Bool = false,
    location: SourceLocation
  ) {
    self.family = family
    self.type = type
    self.code = code
    self.isNegated = isNegated
    self.location = location
  }
}

/// Protocols by their IP number, without TCP, UDP and SCTP, whose ports ``PortMatch`` tells.
package struct OtherProtocols: Sendable, Hashable {
  package let numbers: Set<UInt8>
  package let location: SourceLocation

  /// Every protocol.
  private static let all = Set(0...255).subtracting(TransportProtocol.allCases.map(\.number))

  package init(_ numbers: Set<UInt8>, location: SourceLocation) {
    self.numbers = numbers.subtracting(TransportProtocol.allCases.map(\.number))
    self.location = location
  }

  /// Every protocol but these.
  package init(except numbers: Set<UInt8>, location: SourceLocation) {
    self.numbers = numbers.isEmpty ? Self.all : Self.all.subtracting(numbers)
    self.location = location
  }
}

extension TrafficMatch {
  package var location: SourceLocation {
    switch self {
    case .ports(let match): match.location
    case .icmp(let match): match.location
    case .protocols(let match): match.location
    }
  }
}

extension Traffic {
  /// The entries about ports.
  package var portMatches: [PortMatch] {
    guard case .anyOf(let matches) = self else { return [] }
    return matches.compactMap { if case .ports(let match) = $0 { match } else { nil } }
  }

  /// The entries about ICMP.
  package var icmpMatches: [ICMPMatch] {
    guard case .anyOf(let matches) = self else { return [] }
    return matches.compactMap { if case .icmp(let match) = $0 { match } else { nil } }
  }

  /// Whether it is more than a form of "everything".
  package var isRestricted: Bool { if case .any = self { false } else { true } }

  /// Whether a port is given by a name, so that what matches depends on the destination.
  package var namesPorts: Bool { portMatches.contains { !$0.names.isEmpty } }
}

// MARK: - Text

extension PortMatch.Ports: CustomStringConvertible {
  /// `80`, `8000-8100`, `http`, `all ports`.
  package var description: String {
    switch self {
    case .all: "all ports"
    case .range(let range): "\(PortSet(range))"
    case .named(let name): name
    }
  }
}

extension PortMatch: CustomStringConvertible {
  /// `TCP 80`, `UDP 8000-8100`, `TCP http`, `SCTP all ports`, `TCP all ports except 22`.
  package var description: String {
    let holes = exceptions.isEmpty ? "" : " except \(exceptions.map(\.description).joined(separator: ", "))"
    return "\(transport.name) \(ports)\(holes)"
  }
}

extension ICMPMatch: CustomStringConvertible {
  /// `ICMP`, `ICMPv6 type 128`, `ICMP but type 8 code 0`.
  package var description: String {
    let name = family == .ipv4 ? "ICMP" : "ICMPv6"
    guard let type else { return isNegated ? "no \(name)" : name }
    return "\(name)\(isNegated ? " but" : "") type \(type)\(code.map { " code \($0)" } ?? "")"
  }
}

extension OtherProtocols: CustomStringConvertible {
  /// `protocol 47`, `protocols 4, 47`, `other protocols`, `other protocols but 1`.
  package var description: String {
    let missing = Self.all.subtracting(numbers)
    if missing.isEmpty { return "other protocols" }
    if numbers.count > missing.count {
      return "other protocols but \(missing.sorted().map(String.init).joined(separator: ", "))"
    }
    return "\(numbers.count == 1 ? "protocol" : "protocols") "
      + numbers.sorted().map(String.init).joined(separator: ", ")
  }
}

extension TrafficMatch: CustomStringConvertible {
  package var description: String {
    switch self {
    case .ports(let match): match.description
    case .icmp(let match): match.description
    case .protocols(let match): match.description
    }
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
