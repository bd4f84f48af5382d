internal import DomainNames
internal import NIOCore
internal import NIOPosix

/// Asks upstreams, each question over a socket of its own.
///
/// Someone who wants to forge an answer has to guess the id and the port, which the kernel chooses at random for each
/// socket (RFC 5452); the socket is connected, so that only packets from the upstream's address and port arrive.
struct UpstreamClient: Sendable {
  let upstreams: [ServerAddress]
  let timeout: Duration
  let rounds: Int
  /// Bytes of an answer over TCP.
  let answerBytes: Int
  let group: any EventLoopGroup

  /// The answer of the first upstream that has one, and its bytes; nil when none has.
  ///
  /// - Throws: when the question cannot be written.
  func ask(_ message: DNSMessage) async throws(DNSMessageError) -> (message: DNSMessage, bytes: [UInt8])? {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<rounds {
      for upstream in upstreams {
        if Task.isCancelled { return nil }
        let question = try ForwardedQuestion(message, using: &generator)
        switch try? await ask(question, upstream, overStream: false) {
        case .whole(let answer, let bytes): return (answer, bytes)
        case .truncated:
          if case .whole(let answer, let bytes)? = try? await ask(question, upstream, overStream: true) {
            return (answer, bytes)
          }
        case nil: continue
        }
      }
    }
    return nil
  }

  private func ask(
    _ question: ForwardedQuestion, _ upstream: ServerAddress, overStream: Bool
  ) async throws -> ForwardedQuestion.Answer {
    let loop = group.next()
    let promise = loop.makePromise(of: ForwardedQuestion.Answer.self)
    let deadline = loop.scheduleTask(in: TimeAmount(timeout)) { promise.fail(UpstreamFailure.timeout) }
    defer { deadline.cancel() }
    let channel: any Channel
    do {
      let address = try upstream.socketAddress()
      channel = try await
        (overStream
        ? stream(to: address, question, promise, on: loop)
        : datagrams(to: address, question, promise, on: loop)).get()
    } catch {
      promise.fail(error)
      throw error
    }
    defer { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in promise.fail(UpstreamFailure.closed) }
    return try await withTaskCancellationHandler {
      let bytes =
        overStream ? MessageFrames.framed(question.bytes) : ByteBuffer(bytes: question.bytes)
      channel.writeAndFlush(bytes).cascadeFailure(to: promise)
      return try await promise.futureResult.get()
    } onCancel: {
      channel.close(promise: nil)
    }
  }

  private func datagrams(
    to address: SocketAddress, _ question: ForwardedQuestion,
    _ promise: EventLoopPromise<ForwardedQuestion.Answer>, on loop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    DatagramBootstrap(group: loop)
      // With room for what is too long, so that it is known to be.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(DatagramBytes(), AnswerHandler(question, promise))
        }
      }
      .connect(to: address)
  }

  private func stream(
    to address: SocketAddress, _ question: ForwardedQuestion,
    _ promise: EventLoopPromise<ForwardedQuestion.Answer>, on loop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    let longest = answerBytes
    return ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(timeout))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(MessageFrames(longest: longest)), AnswerHandler(question, promise))
        }
      }
      .connect(to: address)
  }
}
