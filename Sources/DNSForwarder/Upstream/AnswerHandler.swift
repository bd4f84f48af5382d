internal import NIOCore

/// Why an upstream did not answer.
enum UpstreamFailure: Error {
  case timeout
  /// It closed the connection, or the network says that it is not there.
  case closed
}

/// Waits for the answer to one question, and does not see what is none.
final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let question: ForwardedQuestion
  private let promise: EventLoopPromise<ForwardedQuestion.Answer>

  init(_ question: ForwardedQuestion, _ promise: EventLoopPromise<ForwardedQuestion.Answer>) {
    self.question = question
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if let answer = question.answer(Array(unwrapInboundIn(data).readableBytesView)) {
      promise.succeed(answer)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(UpstreamFailure.closed)
    context.fireChannelInactive()
  }
}

/// Takes the bytes out of datagrams that are no longer than what was asked for.
///
/// Who sent them is known: a connected socket gets those of one peer alone.
final class DatagramBytes: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias InboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data).data
    if bytes.readableBytes <= ForwardedQuestion.payloadSize { context.fireChannelRead(wrapInboundOut(bytes)) }
  }
}
