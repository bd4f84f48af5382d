import DomainNames
import Kubernetes
import NIOCore
import NIOPosix
import Synchronization

@testable import DNSForwarder

/// What an upstream was asked.
struct FakeQuestion: Sendable {
  let message: DNSMessage
  let isOverStream: Bool
  let source: ServerAddress
  /// Which question it is, from 0.
  let number: Int
}

/// An upstream on 127.0.0.1 that does what a test says.
final class FakeUpstream: Sendable {
  /// What it answers: any number of packets, in this order.
  typealias Behaviour = @Sendable (FakeQuestion) -> [[UInt8]]

  private let behaviour: Behaviour
  private let asked = Mutex<[FakeQuestion]>([])
  private let channels = Mutex<[any Channel]>([])

  init(_ behaviour: @escaping Behaviour) { self.behaviour = behaviour }

  var questions: [FakeQuestion] { asked.withLock { $0 } }

  /// Answers while a body runs, which gets the address.
  static func answering<Result>(
    _ behaviour: @escaping Behaviour, isolation: isolated (any Actor)? = #isolation,
    _ body: (FakeUpstream, ServerAddress) async throws -> Result
  ) async throws -> Result {
    let upstream = FakeUpstream(behaviour)
    let address = try await upstream.start()
    do {
      let result = try await body(upstream, address)
      await upstream.stop()
      return result
    } catch {
      await upstream.stop()
      throw error
    }
  }

  private func start() async throws -> ServerAddress {
    let group = MultiThreadedEventLoopGroup.singleton
    while true {
      let datagrams = try await DatagramBootstrap(group: group)
        .channelOption(.socketOption(.so_rcvbuf), value: 1 << 20)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FakeDatagrams(self))
          }
        }
        .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0)).get()
      guard let address = datagrams.localAddress,
        let streams = try? await ServerBootstrap(group: group)
          .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
          .childChannelInitializer({ channel in
            channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandlers(
                ByteToMessageHandler(MessageFrames(longest: 65_535)), FakeStreams(self))
            }
          }).bind(to: address).get(), let server = ServerAddress(address)
      else {
        try await datagrams.close().get()
        continue
      }
      channels.withLock { $0 = [datagrams, streams] }
      return server
    }
  }

  private func stop() async {
    for channel in channels.withLock({ $0 }) { try? await channel.close().get() }
  }

  fileprivate func answer(_ bytes: ByteBuffer, isOverStream: Bool, from source: SocketAddress?) -> [[UInt8]] {
    guard let message = try? DNSMessage(reading: Array(bytes.readableBytesView)),
      let source = ServerAddress(source)
    else { return [] }
    let question = asked.withLock { asked in
      let question = FakeQuestion(
        message: message, isOverStream: isOverStream, source: source, number: asked.count)
      asked.append(question)
      return question
    }
    return behaviour(question)
  }
}

private final class FakeDatagrams: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let upstream: FakeUpstream

  init(_ upstream: FakeUpstream) { self.upstream = upstream }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let datagram = unwrapInboundIn(data)
    for answer in upstream.answer(datagram.data, isOverStream: false, from: datagram.remoteAddress) {
      let envelope = AddressedEnvelope(
        remoteAddress: datagram.remoteAddress, data: ByteBuffer(bytes: answer))
      context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }
  }
}

private final class FakeStreams: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let upstream: FakeUpstream

  init(_ upstream: FakeUpstream) { self.upstream = upstream }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    for answer in upstream.answer(bytes, isOverStream: true, from: context.remoteAddress) {
      context.writeAndFlush(wrapOutboundOut(MessageFrames.framed(answer)), promise: nil)
    }
  }
}
