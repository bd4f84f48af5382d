internal import DomainNames
internal import NIOCore

/// A message over TCP that is longer than it may be.
struct OverlongFrame: Error {}

/// Cuts the bytes of a TCP connection into messages, each of which has its length before it (RFC 1035 §4.2.2).
struct MessageFrames: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  /// In bytes. More is an error as soon as it is announced, before it is there.
  let longest: Int

  mutating func decode(
    context: ChannelHandlerContext, buffer: inout ByteBuffer
  ) throws -> DecodingState {
    guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) else {
      return .needMoreData
    }
    guard length <= longest else { throw OverlongFrame() }
    guard buffer.readableBytes >= 2 + Int(length) else { return .needMoreData }
    buffer.moveReaderIndex(forwardBy: 2)
    guard let message = buffer.readSlice(length: Int(length)) else { return .needMoreData }
    context.fireChannelRead(wrapInboundOut(message))
    return .continue
  }

  /// What is left when a connection ends is no whole message.
  mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) throws -> DecodingState {
    try decode(context: context, buffer: &buffer)
  }

  /// A message with its length. At most 65,535 bytes of it can have one, and all that are made here have no more.
  static func framed(_ message: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(2 + message.count)
    buffer.writeInteger(UInt16(clamping: message.count))
    buffer.writeBytes(message.prefix(DNSMessage.longest))
    return buffer
  }
}
