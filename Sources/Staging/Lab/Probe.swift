package import Netlink

/// A question to the network of a ``Lab``: does this arrive?
package struct Probe: Sendable, Hashable {
  /// What is sent.
  package enum Transport: Sendable, Hashable {
    /// A connection to a port, which takes packets in both directions.
    case tcp(UInt16)
    /// One datagram to a port.
    case udp(UInt16)
    /// One INIT to a port.
    case sctp(UInt16)
    /// An ICMP or ICMPv6 echo request, which is to be answered.
    case echo
  }

  /// An address of the end that sends.
  package let source: NetworkAddress
  /// An address of the end that it is sent to, of the same family.
  package let destination: NetworkAddress
  package let transport: Transport

  package init(from source: NetworkAddress, to destination: NetworkAddress, _ transport: Transport) {
    self.source = source
    self.destination = destination
    self.transport = transport
  }
}

/// What became of a ``Probe``.
package enum Delivery: Sendable, Hashable {
  /// It arrived; connections and echoes were answered as well.
  case delivered
  /// Somebody on the way says no: by a TCP reset, or an ICMP error.
  case rejected
  /// Nothing came, at either end.
  case silent
}

extension Probe.Transport {
  /// The kinds of sockets that transports need.
  enum Kind: UInt8, Sendable, Hashable {
    case tcp
    case udp
    case sctp
    case echo
  }

  var kind: Kind {
    switch self {
    case .tcp: .tcp
    case .udp: .udp
    case .sctp: .sctp
    case .echo: .echo
    }
  }

  /// The port that it goes to; 0 for none.
  var port: UInt16 {
    switch self {
    case .tcp(let port), .udp(let port), .sctp(let port): port
    case .echo: 0
    }
  }
}

extension Probe: CustomStringConvertible {
  package var description: String {
    let what =
      switch transport {
      case .tcp(let port): "TCP \(port)"
      case .udp(let port): "UDP \(port)"
      case .sctp(let port): "SCTP \(port)"
      case .echo: "echo"
      }
    return "\(what) from \(source) to \(destination)"
  }
}
