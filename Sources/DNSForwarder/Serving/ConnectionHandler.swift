internal import Kubernetes
internal import NIOCore

/// Lets in what comes over one connection, and answers in the order in which answers are there (RFC 7766 §6.2.1.1).
///
/// A client that does not read its answers is not read from either. Its answers keep their places until they have been
/// sent, so that it runs out of places, and the connection ends.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private let source: IPAddress
  private let entrance: Entrance
  private var isReadHeld = false
  private var isClosing = false

  init(from source: IPAddress, _ entrance: Entrance) {
    self.source = source
    self.entrance = entrance
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isClosing { return }
    let channel = context.channel
    let isIn = entrance.letIn(Array(unwrapInboundIn(data).readableBytesView), from: source, over: .stream) {
      channel.writeAndFlush(MessageFrames.framed($0))
    }
    if !isIn { end(context) }
  }

  func read(context: ChannelHandlerContext) {
    if context.channel.isWritable { context.read() } else { isReadHeld = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if isReadHeld, context.channel.isWritable {
      isReadHeld = false
      context.read()
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { end(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context) }

  private func end(_ context: ChannelHandlerContext) {
    isClosing = true
    context.close(promise: nil)
  }
}
