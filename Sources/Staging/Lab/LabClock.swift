internal import Glibc
internal import Netlink

/// Tells when packets that were sent have got wherever they get to, without waiting for longer than that.
///
/// Virtual links hand packets to the queue of the processor that sends them, which works through it in order. Here are two
/// namespaces with one link and no rules: whenever a datagram of the clock passes that link, each packet that the same processor
/// sent before has passed at least one link as well. So the thread that probes stays on one processor, and lets the clock pass as many
/// links as the longest exchange does.
final class LabClock: Sendable {
  private let first: Descriptor
  private let second: Descriptor
  private static let addresses: [NetworkAddress] = [.v4(0xA9FE_0201), .v4(0xA9FE_0202)]
  private static let port: UInt16 = 7

  init() throws(NetlinkError) {
    // Sockets keep their namespaces.
    let namespaces = (try NetworkNamespace.make(), try NetworkNamespace.make())
    try namespaces.0.run { (_) throws(NetlinkError) in
      var routing = try RoutingConnection()
      try routing.addPair(
        LinkEnd("clock", index: 2, hardware: HardwareAddress(local: 2, 0)),
        LinkEnd("clock", index: 2, hardware: HardwareAddress(local: 2, 1)), in: namespaces.1)
      try Self.configure(&routing, 0)
    }
    second = try namespaces.1.run { (_) throws(NetlinkError) in
      var routing = try RoutingConnection()
      try Self.configure(&routing, 1)
      return try Self.open(1)
    }
    first = try namespaces.0.run { (_) throws(NetlinkError) in
      try LabBuilder.awaitLink(named: "clock")
      return try Self.open(0)
    }
  }

  /// Returns when all packets that the calling thread's processor sent have passed eight links: there and back twice over, as
  /// many as a TCP connection needs, and two more.
  func settle() throws(LabError) {
    for _ in 0..<4 {
      try pass(from: first, to: second)
      try pass(from: second, to: first)
    }
  }

  private func pass(from sender: borrowing Descriptor, to receiver: borrowing Descriptor) throws(LabError) {
    var byte: UInt8 = 0
    guard send(sender.number, &byte, 1, 0) == 1 else { throw .stuck }
    while recv(receiver.number, &byte, 1, Int32(MSG_DONTWAIT)) != 1 {
      var wait = pollfd(fd: receiver.number, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 10_000) > 0 else { throw .stuck }
    }
  }

  private static func configure(_ routing: inout RoutingConnection, _ end: Int) throws(NetlinkError) {
    try routing.addAddress(addresses[end], prefixLength: 24, to: 2)
    try routing.setUp(2)
    try routing.setNeighbour(addresses[1 - end], HardwareAddress(local: 2, UInt32(1 - end)), on: 2)
  }

  private static func open(_ end: Int) throws(NetlinkError) -> Descriptor {
    let number = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw NetlinkError("open a socket") }
    let descriptor = Descriptor(owning: number)
    let isReady =
      addresses[end].withSocketAddress(port: port) { bind(number, $0, $1) } == 0
      && addresses[1 - end].withSocketAddress(port: port) { connect(number, $0, $1) } == 0
    guard isReady else { throw NetlinkError("connect the clock of the network for staging") }
    return descriptor
  }
}
