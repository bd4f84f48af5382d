/// A connection that the kernel tracks.
package struct TrackedConnection: Sendable, Hashable {
  /// Packets of one direction.
  package struct Tuple: Sendable, Hashable {
    package let source: NetworkAddress
    package let destination: NetworkAddress
    /// The number of the protocol after IP.
    package let transport: UInt8
    /// Nil for protocols without ports.
    package let sourcePort: UInt16?
    package let destinationPort: UInt16?
  }

  /// As the packet that opened it.
  package let original: Tuple
  /// As its answers: where addresses are translated, these tell what they became.
  package let reply: Tuple
  /// The kernel's number of the state of a TCP connection: 3 is established.
  package let tcpState: UInt8?
  /// Of both directions together; nil where the kernel does not count (`net.netfilter.nf_conntrack_acct`).
  package let bytes: UInt64?
  /// How many seconds it is kept without another packet.
  package let timeout: UInt32

  init?(_ message: NetlinkMessage) {
    var tuples: (original: Tuple?, reply: Tuple?) = (nil, nil)
    var (state, bytes, timeout): (UInt8?, UInt64?, UInt32) = (nil, nil, 0)
    for attribute in message.attributes(after: 4) {
      switch attribute.type {
      case ConnectionNumbers.original: tuples.original = Tuple(attribute)
      case ConnectionNumbers.reply: tuples.reply = Tuple(attribute)
      case ConnectionNumbers.protocolInformation:
        state = attribute.nested[ConnectionNumbers.tcp]?.nested[ConnectionNumbers.tcpState]?.number()
      case ConnectionNumbers.timeout: timeout = attribute.networkNumber() ?? 0
      case ConnectionNumbers.originalCounters, ConnectionNumbers.replyCounters:
        guard let count: UInt64 = attribute.nested[ConnectionNumbers.counterBytes]?.networkNumber() else {
          continue
        }
        bytes = (bytes ?? 0) &+ count
      default: continue
      }
    }
    guard let original = tuples.original, let reply = tuples.reply else { return nil }
    self.original = original
    self.reply = reply
    tcpState = state
    self.bytes = bytes
    self.timeout = timeout
  }
}

extension TrackedConnection.Tuple {
  init?(_ attribute: Attribute) {
    guard let addresses = attribute.nested[ConnectionNumbers.addresses]?.nested,
      let transport = attribute.nested[ConnectionNumbers.transport]?.nested,
      let number: UInt8 = transport[ConnectionNumbers.transportNumber]?.number()
    else { return nil }
    if let source: UInt32 = addresses[ConnectionNumbers.ipv4Source]?.networkNumber(),
      let destination: UInt32 = addresses[ConnectionNumbers.ipv4Destination]?.networkNumber()
    {
      (self.source, self.destination) = (.v4(source), .v4(destination))
    } else if let source: UInt128 = addresses[ConnectionNumbers.ipv6Source]?.networkNumber(),
      let destination: UInt128 = addresses[ConnectionNumbers.ipv6Destination]?.networkNumber()
    {
      (self.source, self.destination) = (.v6(source), .v6(destination))
    } else {
      return nil
    }
    self.transport = number
    sourcePort = transport[ConnectionNumbers.sourcePort]?.networkNumber()
    destinationPort = transport[ConnectionNumbers.destinationPort]?.networkNumber()
  }
}

/// What is said to connection tracking.
package struct ConnectionTable: ~Copyable, Sendable {
  private var socket: NetlinkSocket

  /// About the network namespace that the calling thread is in.
  package init() throws(NetlinkError) {
    socket = try NetlinkSocket(.netfilter, for: "open a connection to connection tracking")
    socket.reserveReceiving(bytes: 4 << 20)
  }

  /// All connections, in no order. O(connections), about 2 µs each.
  package mutating func connections() throws(NetlinkError) -> [TrackedConnection] {
    try socket.list("list tracked connections", type: NetfilterSubsystem.conntrack | 1) {
      $0.netfilterHeader(NetfilterFamily.unspecified)
    } read: { message in
      TrackedConnection(message)
    }
  }
}

/// Numbers of linux/netfilter/nfnetlink_conntrack.h.
private enum ConnectionNumbers {
  static let original: UInt16 = 1
  static let reply: UInt16 = 2
  static let protocolInformation: UInt16 = 4
  static let timeout: UInt16 = 7
  static let originalCounters: UInt16 = 9
  static let replyCounters: UInt16 = 10
  static let counterBytes: UInt16 = 2

  static let addresses: UInt16 = 1
  static let ipv4Source: UInt16 = 1
  static let ipv4Destination: UInt16 = 2
  static let ipv6Source: UInt16 = 3
  static let ipv6Destination: UInt16 = 4
  static let transport: UInt16 = 2
  static let transportNumber: UInt16 = 1
  static let sourcePort: UInt16 = 2
  static let destinationPort: UInt16 = 3

  static let tcp: UInt16 = 1
  static let tcpState: UInt16 = 1
}
