internal import NIOCore

/// Lets in what comes over UDP.
final class DatagramHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let socket: DatagramSocket
  private let entrance: Entrance

  init(_ socket: DatagramSocket, _ entrance: Entrance) {
    self.socket = socket
    self.entrance = entrance
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let datagram = unwrapInboundIn(data)
    let peer = datagram.remoteAddress
    // Nothing can be sent to port 0.
    guard let source = ServerAddress(peer), source.port > 0 else { return entrance.tally.count(.malformed) }
    let socket = socket
    // Without a place for it the question is lost, and the client asks again.
    _ = entrance.letIn(Array(datagram.data.readableBytesView), from: source.address, over: .datagram) {
      answer in
      socket.send(answer, to: peer)
      return nil
    }
  }

  /// What went wrong with one packet is of no other's concern.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
