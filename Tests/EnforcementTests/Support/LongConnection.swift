import Glibc
import Netlink

/// A TCP connection through the router, with both its ends.
final class LongConnection: Sendable {
  enum End: CaseIterable {
    case client
    case server
  }

  let client: Int32
  let server: Int32

  private init(_ client: Int32, _ server: Int32) { (self.client, self.server) = (client, server) }

  deinit {
    close(client)
    close(server)
  }

  /// Connects to a listener; nil when that cannot be done in time.
  static func open(
    from address: NetworkAddress, in namespace: NetworkNamespace, to listener: Listener,
    within limit: Duration = .seconds(2)
  ) throws -> LongConnection? {
    let client = try namespace.run { (_) throws(NetlinkError) in try Self.begin(from: address, to: listener) }
    var wait = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, Int32(limit / .milliseconds(1))) > 0, let server = listener.accept() else {
      close(client)
      return nil
    }
    return LongConnection(client, server)
  }

  /// A socket that connects; it may not be connected yet.
  static func begin(from address: NetworkAddress, to listener: Listener) throws(NetlinkError) -> Int32 {
    let number = try openSocket(SOCK_STREAM)
    hurry(number)
    let isBound = address.withSocketAddress(port: 0) { bind(number, $0, $1) } == 0
    let isBegun =
      listener.address.withSocketAddress(port: listener.port) { connect(number, $0, $1) } == 0
      || errno == EINPROGRESS
    guard isBound, isBegun else {
      let error = NetlinkError("connect from \(address)")
      close(number)
      throw error
    }
    return number
  }

  /// Sends a byte from an end.
  ///
  /// - Returns: whether the end is still connected, as far as it knows.
  @discardableResult
  func say(_ end: End) -> Bool {
    var byte: UInt8 = 1
    return send(end == .client ? client : server, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 || errno == EAGAIN
  }

  /// Whether a byte comes to the other end within some time.
  func hears(from end: End, within limit: Duration = .seconds(2)) -> Bool {
    let receiver = end == .client ? server : client
    var wait = pollfd(fd: receiver, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, Int32(limit / .milliseconds(1))) > 0 else { return false }
    var byte: UInt8 = 0
    return recv(receiver, &byte, 1, 0) == 1
  }

  /// Takes what has come to both ends.
  ///
  /// - Returns: how many bytes that were.
  @discardableResult
  func drain() -> Int {
    var bytes = [UInt8](repeating: 0, count: 4096)
    return [client, server].reduce(0) { $0 + max(0, recv($1, &bytes, bytes.count, 0)) }
  }

  /// Whether bytes go through in both directions.
  var isAlive: Bool { End.allCases.allSatisfy { say($0) && hears(from: $0) } }
}

/// A port of the server that takes connections, or datagrams.
final class Listener: Sendable {
  let number: Int32
  let address: NetworkAddress
  let port: UInt16

  init(
    in namespace: NetworkNamespace, _ address: NetworkAddress, port: UInt16,
    _ type: __socket_type = SOCK_STREAM
  ) throws {
    number = try namespace.run { (_) throws(NetlinkError) in
      let number = try openSocket(type)
      var one: Int32 = 1
      setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, 4)
      let isBound = address.withSocketAddress(port: port) { bind(number, $0, $1) } == 0
      guard isBound, type != SOCK_STREAM || listen(number, 512) == 0 else {
        let error = NetlinkError("listen at port \(port)")
        close(number)
        throw error
      }
      return number
    }
    (self.address, self.port) = (address, port)
  }

  deinit { close(number) }

  /// Takes a connection, if one waits.
  func accept() -> Int32? {
    let connection = Glibc.accept(number, nil, nil)
    if connection < 0 { return nil }
    _ = fcntl(connection, F_SETFL, O_NONBLOCK)
    hurry(connection)
    return connection
  }

  /// Takes a datagram, if one waits.
  func receive() -> Bool {
    var byte: UInt8 = 0
    return recv(number, &byte, 1, 0) == 1
  }
}

/// A socket of the thread's namespace that never waits.
func openSocket(_ type: __socket_type) throws(NetlinkError) -> Int32 {
  let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
  let number = socket(AF_INET, Int32(type.rawValue) | flags, 0)
  guard number >= 0 else { throw NetlinkError("open a socket") }
  return number
}

/// Lets a connection send each byte at once, and end by a reset, so that its port is free again.
private func hurry(_ number: Int32) {
  var one: Int32 = 1
  setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
  var linger = linger(l_onoff: 1, l_linger: 0)
  setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
}
