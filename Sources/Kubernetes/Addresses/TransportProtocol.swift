/// The protocols that NetworkPolicy knows (`core/v1 Protocol`).
package enum TransportProtocol: UInt8, Sendable, Hashable, CaseIterable {
  case tcp
  case udp
  case sctp

  /// The spelling of the API, `TCP`.
  package var name: String {
    switch self {
    case .tcp: "TCP"
    case .udp: "UDP"
    case .sctp: "SCTP"
    }
  }

  /// The number in the IP header (IANA "Assigned Internet Protocol Numbers").
  package var number: UInt8 {
    switch self {
    case .tcp: 6
    case .udp: 17
    case .sctp: 132
    }
  }

  /// Reads the spelling of the API; other letter cases are not protocols.
  package init?(name: String) {
    switch name {
    case "TCP": self = .tcp
    case "UDP": self = .udp
    case "SCTP": self = .sctp
    default: return nil
    }
  }
}
