internal import Kubernetes
internal import NIOCore
internal import NIOPosix

/// A connection for which there is no place. It is closed for it.
private struct TooManyConnections: Error {}

/// The sockets of a service that clients know.
struct Listeners: Sendable {
  /// What they are bound to.
  private(set) var addresses: [ServerAddress] = []
  private(set) var channels: [(address: ServerAddress, channel: any Channel)] = []
  private let connections: Connections
  private let entrance: Entrance
  private let settings: DNSForwarderSettings
  private let group: any EventLoopGroup

  /// Binds all addresses, or none.
  init(
    _ settings: DNSForwarderSettings, _ entrance: Entrance, on group: any EventLoopGroup
  ) async throws(DNSForwarderError) {
    self.settings = settings
    self.entrance = entrance
    self.group = group
    let limits = settings.limits
    connections = Connections(
      Occupancy(limit: limits.connections, perClient: limits.connectionsPerClient))
    for address in settings.listenAddresses {
      do {
        try await listen(on: address)
      } catch {
        await close()
        throw .cannotListen(ServerAddress(address, port: settings.port), reason: "\(error)")
      }
    }
  }

  /// Ends all sockets and connections.
  func close() async {
    for (_, channel) in channels { try? await channel.close().get() }
    connections.close()
  }

  /// Over UDP and TCP with the same port, also when any will do: what is free for one may not be for the other.
  private mutating func listen(on address: IPAddress) async throws {
    for attempt in 1... {
      let wanted = try ServerAddress(address, port: settings.port).socketAddress()
      let datagrams = try await listenForDatagrams(wanted)
      do {
        let streams = try await listenForStreams(datagrams.localAddress ?? wanted)
        let bound = ServerAddress(datagrams.localAddress) ?? ServerAddress(address, port: settings.port)
        addresses.append(bound)
        channels += [(bound, datagrams), (bound, streams)]
        return
      } catch {
        try? await datagrams.close().get()
        if settings.port > 0 || attempt == 16 { throw error }
      }
    }
  }

  private func listenForDatagrams(_ address: SocketAddress) async throws -> any Channel {
    let entrance = entrance
    let socket = try DatagramSocket(boundTo: address)
    return try await DatagramBootstrap(group: group)
      // Sixteen packets at a time, of 4096 bytes each at most.
      .channelOption(.datagramVectorReadMessageCount, value: 16)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * 4096))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramHandler(socket, entrance))
        }
      }
      .withBoundSocket(socket.duplicate()).get()
  }

  private func listenForStreams(_ address: SocketAddress) async throws -> any Channel {
    let (entrance, connections, limits) = (entrance, connections, settings.limits)
    return try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 128)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        guard let source = ServerAddress(channel.remoteAddress)?.address,
          connections.enter(channel, from: source)
        else {
          entrance.tally.countRefusedConnection()
          return channel.eventLoop.makeFailedFuture(TooManyConnections())
        }
        return channel.eventLoop.makeCompletedFuture {
          // Behind the frames, so that bytes which are no whole question do not keep a connection open.
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(MessageFrames(longest: limits.questionBytes)),
            IdleStateHandler(allTimeout: TimeAmount(limits.idleTime)),
            ConnectionHandler(from: source, entrance))
        }
      }
      .bind(to: address).get()
  }
}
