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

extension TransportProtocol {
  /// Reads a `protocol` field of a container port, a Service port or a policy port, as strictly as an API server:
  /// left out or null it is TCP, and anything but TCP, UDP and SCTP in capitals is an error.
  ///
  /// - Returns: nil for an error, which is reported; whoever asked must drop the port, not take it for TCP.
  package static func read(_ node: Node?, _ problems: inout [Diagnostic]) -> TransportProtocol? {
    guard let node, !node.isNull else { return .tcp }
    guard let text = node.string("protocol", &problems) else { return nil }
    if let transport = TransportProtocol(name: text) { return transport }
    let inCapitals = TransportProtocol(name: text.uppercased())
    problems.reportInvalid(
      node, "`protocol` must be TCP, UDP or SCTP, not `\(text)`",
      fix: inCapitals.map { "write \($0.name)" } ?? "leave it out to mean TCP")
    return nil
  }
}
