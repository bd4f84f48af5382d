import Glibc
import Kubernetes
import Netlink
import Staging

@testable import Enforcement

/// What became of packets that are sent all the time.
final class TrafficCounts: Sendable {
  /// Bytes that went there and back over the connection that stays.
  let exchanges = Tally()
  let connections = Tally()
  let datagrams = Tally()
  /// Those that did not arrive at once.
  let lostDatagrams = Tally()
  /// Exchanges and connections that there were not, of those that may.
  let failures = Tally()
  let attempts = Tally()
  /// What came of those that may not.
  let leaks = Tally()
}

/// A client that may reach the port 9000 of the server: a connection that stays, new ones, and datagrams.
final class AllowedPair: Sendable {
  private let world: World
  private let client: Int
  private let listener: Listener
  private let datagrams: Listener
  private let sender: Listener
  private let connection: LongConnection
  let counts: TrafficCounts

  init(_ world: World, client: Int, _ counts: TrafficCounts) throws {
    let server = world.lab.namespaces[World.server]
    (self.world, self.client, self.counts) = (world, client, counts)
    listener = try Listener(in: server, World.serverAddress, port: 9000)
    datagrams = try Listener(in: server, World.serverAddress, port: 9000, SOCK_DGRAM)
    let address = NetworkAddress(World.address(client))
    sender = try Listener(in: world.lab.namespaces[client], address, port: 20_000, SOCK_DGRAM)
    guard
      let connection = try LongConnection.open(
        from: address, in: world.lab.namespaces[client], to: listener)
    else { throw NetlinkError("open the connection that stays", number: ETIMEDOUT) }
    self.connection = connection
  }

  /// Does everything once.
  func turn() {
    for _ in 0..<20 {
      if connection.isAlive { counts.exchanges.increment() } else { counts.failures.increment() }
      sender.send(to: datagrams)
      counts.datagrams.increment()
      var wait = pollfd(fd: datagrams.number, events: Int16(POLLIN), revents: 0)
      if poll(&wait, 1, 100) > 0, datagrams.receive() { continue }
      counts.lostDatagrams.increment()
    }
    do {
      let new = try LongConnection.open(
        from: NetworkAddress(World.address(client)), in: world.lab.namespaces[client], to: listener,
        within: .seconds(5))
      if new != nil { counts.connections.increment() } else { counts.failures.increment() }
    } catch {
      counts.failures.increment()
    }
  }
}

/// A client that may not reach the server's port 9001, and tries.
final class DeniedPair: Sendable {
  private let world: World
  private let client: Int
  private let listener: Listener
  private let datagrams: Listener
  private let sender: Listener
  let counts: TrafficCounts

  init(_ world: World, client: Int, _ counts: TrafficCounts) throws {
    let server = world.lab.namespaces[World.server]
    (self.world, self.client, self.counts) = (world, client, counts)
    listener = try Listener(in: server, World.serverAddress, port: 9001)
    datagrams = try Listener(in: server, World.serverAddress, port: 9001, SOCK_DGRAM)
    sender = try Listener(
      in: world.lab.namespaces[client], NetworkAddress(World.address(client)), port: 20_001, SOCK_DGRAM)
  }

  func turn() {
    for _ in 0..<200 {
      sender.send(to: datagrams)
      // Nobody asked for this answer.
      datagrams.send(to: sender)
      counts.attempts.increment()
      if datagrams.receive() || sender.receive() { counts.leaks.increment() }
    }
    do throws(NetlinkError) {
      let number = try world.lab.namespaces[client].run { (_) throws(NetlinkError) in
        try LongConnection.begin(from: NetworkAddress(World.address(self.client)), to: self.listener)
      }
      counts.attempts.increment()
      usleep(500)
      if let connection = listener.accept() {
        counts.leaks.increment()
        close(connection)
      }
      close(number)
    } catch {
      // An attempt that is refused before it is begun.
    }
  }
}

extension Listener {
  /// Sends a datagram from here.
  func send(to other: Listener) {
    var byte: UInt8 = 1
    _ = other.address.withSocketAddress(port: other.port) { sendto(number, &byte, 1, 0, $0, $1) }
  }
}
