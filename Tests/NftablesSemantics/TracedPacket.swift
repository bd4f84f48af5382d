package import Kubernetes
package import Nftables

/// A packet as the rules of a program see it at one hook.
package struct TracedPacket: Sendable {
  package var source: IPAddress
  package var destination: IPAddress
  package var content: Content
  package var inputInterface: InterfaceName?
  package var outputInterface: InterfaceName?
  package var mark: UInt32
  /// Nil for a packet that connection tracking could not place, whose state is invalid.
  package var connection: Connection?

  /// The protocol, and what of its header rules can look at.
  package enum Content: Sendable, Hashable {
    case tcp(sourcePort: UInt16, destinationPort: UInt16, TCPFlags = .syn)
    case udp(sourcePort: UInt16, destinationPort: UInt16)
    case sctp(sourcePort: UInt16, destinationPort: UInt16)
    /// ICMP or ICMPv6, by the family of the packet.
    case icmp(type: UInt8, code: UInt8)
    case other(UInt8)
  }

  /// What connection tracking knows about the packet.
  package struct Connection: Sendable {
    package var state: ConnectionState
    package var original: Tuple
    package var reply: Tuple
    package var mark: UInt32
    /// Which way the packet goes.
    package var direction: TupleDirection
    /// Nil for that of the packet; an ICMP error is about a connection of another one.
    package var protocolNumber: UInt8?

    package init(
      _ state: ConnectionState, original: Tuple, reply: Tuple? = nil, mark: UInt32 = 0,
      direction: TupleDirection = .original, protocolNumber: UInt8? = nil
    ) {
      self.state = state
      self.original = original
      self.reply = reply ?? original.reversed
      self.mark = mark
      self.direction = direction
      self.protocolNumber = protocolNumber
    }
  }

  /// The ends of one direction of a connection.
  package struct Tuple: Sendable, Hashable {
    package var source: IPAddress
    package var destination: IPAddress
    package var sourcePort: UInt16
    package var destinationPort: UInt16

    package init(
      source: IPAddress, destination: IPAddress, sourcePort: UInt16 = 0, destinationPort: UInt16 = 0
    ) {
      self.source = source
      self.destination = destination
      self.sourcePort = sourcePort
      self.destinationPort = destinationPort
    }

    package var reversed: Tuple {
      Tuple(
        source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort)
    }
  }

  package init(
    source: IPAddress, destination: IPAddress, _ content: Content, inputInterface: InterfaceName? = nil,
    outputInterface: InterfaceName? = nil, mark: UInt32 = 0, connection: Connection? = nil
  ) {
    self.source = source
    self.destination = destination
    self.content = content
    self.inputInterface = inputInterface
    self.outputInterface = outputInterface
    self.mark = mark
    self.connection = connection
  }

  /// The first packet of a connection without translation.
  package static func opening(
    _ source: IPAddress, _ destination: IPAddress, _ content: Content
  ) -> TracedPacket {
    var packet = TracedPacket(source: source, destination: destination, content)
    packet.connection = Connection(.new, original: packet.tuple)
    return packet
  }

  /// The tuple of this packet alone; of ICMP with type and code in the place of a port.
  package var tuple: Tuple {
    var ports = content.ports ?? (0, 0)
    if case .icmp(let type, let code) = content { ports = (0, UInt16(type) << 8 | UInt16(code)) }
    return Tuple(
      source: source, destination: destination, sourcePort: ports.source, destinationPort: ports.destination)
  }

  package var family: AddressFamily { source.family }

  /// The number in the IP header.
  package var protocolNumber: UInt8 {
    switch content {
    case .tcp: 6
    case .udp: 17
    case .sctp: 132
    case .icmp: family == .ipv4 ? 1 : 58
    case .other(let number): number
    }
  }
}

extension TracedPacket.Content {
  package var ports: (source: UInt16, destination: UInt16)? {
    switch self {
    case .tcp(let source, let destination, _), .udp(let source, let destination),
      .sctp(let source, let destination):
      (source, destination)
    case .icmp, .other: nil
    }
  }
}
