internal import Glibc
internal import Netlink

/// Sockets that are closed together, when this value goes or is told to.
final class ProbeSockets {
  private var numbers: [Int32] = []

  deinit { closeAll() }

  func closeAll() {
    for number in numbers { close(number) }
    numbers.removeAll(keepingCapacity: true)
  }

  /// Opens a socket of the network namespace that the calling thread is in. It never waits.
  func open(_ kind: Probe.Transport.Kind, isIPv4: Bool) throws(NetlinkError) -> Int32 {
    let family = isIPv4 ? AF_INET : AF_INET6
    let (type, number): (__socket_type, Int32) =
      switch kind {
      case .tcp: (SOCK_STREAM, 0)
      case .udp: (SOCK_DGRAM, 0)
      case .sctp: (SOCK_RAW, 132)
      case .echo: (SOCK_RAW, isIPv4 ? 1 : 58)
      }
    let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(family, Int32(type.rawValue) | flags, number)
    guard socket >= 0 else { throw NetlinkError("open a socket for probes") }
    numbers.append(socket)
    return socket
  }

  /// Opens a socket that is sent from: it has the address, any port, and is told of ICMP errors.
  func openSender(
    _ kind: Probe.Transport.Kind, _ address: NetworkAddress
  ) throws(NetlinkError) -> Int32 {
    let socket = try open(kind, isIPv4: address.isIPv4)
    if address.isIPv4 {
      Self.set(socket, Int32(IPPROTO_IP), 11, 1)
    } else {
      Self.set(socket, Int32(IPPROTO_IPV6), 25, 1)
    }
    if kind == .tcp {
      // The port is chosen while connecting, when it is known what it must differ from (IP_BIND_ADDRESS_NO_PORT).
      Self.set(socket, Int32(IPPROTO_IP), 24, 1)
      Self.endAtOnce(socket)
    }
    guard address.withSocketAddress(port: 0, { bind(socket, $0, $1) }) == 0 else {
      throw NetlinkError("send probes from \(address)")
    }
    return socket
  }

  /// Opens a socket that takes what comes to a port, whatever the address.
  func openListener(_ kind: Probe.Transport.Kind, port: UInt16, isIPv4: Bool) throws(NetlinkError) -> Int32 {
    let socket = try open(kind, isIPv4: isIPv4)
    if kind == .sctp || kind == .echo { return socket }
    if !isIPv4 { Self.set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    Self.set(socket, SOL_SOCKET, SO_REUSEADDR, 1)
    let any: NetworkAddress = isIPv4 ? .v4(0) : .v6(0)
    guard any.withSocketAddress(port: port, { bind(socket, $0, $1) }) == 0 else {
      throw NetlinkError("listen at port \(port)")
    }
    if kind == .tcp {
      Self.endAtOnce(socket)
      guard listen(socket, 4096) == 0 else { throw NetlinkError("listen at port \(port)") }
    }
    return socket
  }

  /// Connections end by a reset, and leave nothing behind.
  private static func endAtOnce(_ socket: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  private static func set(_ socket: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
