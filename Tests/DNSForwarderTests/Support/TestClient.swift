import DomainNames
import Kubernetes
import NIOCore
import NIOPosix

@testable import DNSForwarder

/// A client of a forwarder, over UDP or one connection.
struct TestClient: Sendable {
  private let channel: any Channel
  /// Of UDP, where packets go to.
  private let server: SocketAddress?
  private let answers: NIOLoopBound<AnswersExpected>

  /// Waits until the connection has ended.
  func ended() async throws { try await channel.closeFuture.get() }

  static func datagrams(to server: ServerAddress, from address: String = "127.0.0.2") async throws
    -> TestClient
  {
    let peer = try server.socketAddress()
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answers = try await loop.submit { NIOLoopBound(AnswersExpected(), eventLoop: loop) }.get()
    let channel = try await DatagramBootstrap(group: loop)
      .channelOption(.socketOption(.so_rcvbuf), value: 1 << 20)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_535))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(OnlyFrom(peer), answers.value)
        }
      }
      .bind(to: SocketAddress(ipAddress: address, port: 0)).get()
    return TestClient(channel: channel, server: peer, answers: answers)
  }

  static func connected(to server: ServerAddress, from address: String = "127.0.0.2", isReading: Bool = true)
    async throws
    -> TestClient
  {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answers = try await loop.submit { NIOLoopBound(AnswersExpected(), eventLoop: loop) }.get()
    let channel = try await ClientBootstrap(group: loop)
      .channelOption(.autoRead, value: isReading)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(MessageFrames(longest: 65_535)), answers.value)
        }
      }
      .bind(to: SocketAddress(ipAddress: address, port: 0))
      .connect(to: server.socketAddress()).get()
    return TestClient(channel: channel, server: nil, answers: answers)
  }

  /// The answer to a question with this id, which comes within fifty seconds.
  ///
  /// - isRepeated: whether it is asked again each three seconds, as clients do.
  func ask(_ bytes: [UInt8], isRepeated: Bool = false) async throws -> [UInt8] {
    let promise = channel.eventLoop.makePromise(of: [UInt8].self)
    let deadline = channel.eventLoop.scheduleTask(in: .seconds(50)) {
      promise.fail(DeadlineMissed(what: "an answer"))
    }
    let id = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    try await channel.eventLoop.submit {
      answers.value.waiting[id] = promise
      // An end that has been before is not seen again.
      if !channel.isActive { promise.fail(ChannelError.eof) }
    }.get()
    let again = channel.eventLoop.scheduleRepeatedTask(
      initialDelay: isRepeated ? .seconds(3) : .hours(1), delay: .seconds(3)
    ) { _ in send(bytes) }
    send(bytes)
    defer {
      again.cancel()
      deadline.cancel()
    }
    return try await promise.futureResult.get()
  }

  func ask(_ message: DNSMessage, isRepeated: Bool = false) async throws -> String {
    Messages.text(try await ask(message.bytes, isRepeated: isRepeated))
  }

  func send(_ bytes: [UInt8]) {
    if let server {
      channel.writeAndFlush(
        AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: bytes)), promise: nil)
    } else {
      sendRaw(Array(MessageFrames.framed(bytes).readableBytesView))
    }
  }

  /// Bytes of a connection as they are.
  func sendRaw(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  /// Answers to none of the questions that were asked with ``ask(_:isRepeated:)``.
  func strays() async throws -> [[UInt8]] {
    try await channel.eventLoop.submit { answers.value.strays }.get()
  }

  func close() async throws { try? await channel.close().get() }
}

/// Answers by their id.
private final class AnswersExpected: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  var waiting: [UInt16: EventLoopPromise<[UInt8]>] = [:]
  var strays: [[UInt8]] = []

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = Array(unwrapInboundIn(data).readableBytesView)
    if let header = try? DNSHeader(reading: bytes), let promise = waiting.removeValue(forKey: header.id) {
      promise.succeed(bytes)
    } else {
      strays.append(bytes)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    for promise in waiting.values { promise.fail(ChannelError.eof) }
    waiting = [:]
  }
}

/// Takes packets of the server that was asked, and of no other address.
private final class OnlyFrom: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias InboundOut = ByteBuffer

  private let server: SocketAddress

  init(_ server: SocketAddress) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    if envelope.remoteAddress == server { context.fireChannelRead(wrapInboundOut(envelope.data)) }
  }
}
