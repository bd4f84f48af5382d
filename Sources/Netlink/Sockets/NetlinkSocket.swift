internal import Glibc

/// A socket to the kernel, of the network namespace in which it is opened.
///
/// The kernel works on a request while it is sent and answers before `send` returns, so there is nothing to wait for: answers
/// are taken until there are no more. One task at a time uses a socket.
package struct NetlinkSocket: ~Copyable, Sendable {
  package enum Family: Int32, Sendable {
    /// Links, addresses, routes, neighbours.
    case route = 0
    /// nftables, conntrack, logged packets.
    case netfilter = 12
  }

  let descriptor: Descriptor
  private var sequence: UInt32 = 0
  private var buffer: [UInt8]

  /// - Parameter operation: what the socket is for, in the words of an error.
  package init(_ family: Family, for operation: String) throws(NetlinkError) {
    let number = socket(AF_NETLINK, SocketOption.rawSocket, family.rawValue)
    guard number >= 0 else { throw NetlinkError(operation) }
    descriptor = Descriptor(owning: number)
    buffer = .zero(count: 1 << 16)
    _ = descriptor.setOption(NetlinkOption.level, NetlinkOption.shortAcknowledgement)
    _ = descriptor.setOption(NetlinkOption.level, NetlinkOption.extendedAcknowledgement)
    _ = descriptor.setOption(NetlinkOption.level, NetlinkOption.strictCheck)
  }

  /// Makes room for answers and events that come faster than they are read.
  ///
  /// Without CAP_NET_ADMIN the kernel gives at most net.core.rmem_max.
  package func reserveReceiving(bytes: Int32) {
    if !descriptor.setOption(SOL_SOCKET, SocketOption.forceReceiveBuffer, bytes) {
      _ = descriptor.setOption(SOL_SOCKET, SO_RCVBUF, bytes)
    }
  }

  // MARK: - Requests

  /// Asks for one thing to be done, or one object.
  ///
  /// - Parameters:
  ///   - operation: what it is, in the words of an error.
  ///   - flags: beside those of a request that wants an answer.
  ///   - write: writes what comes after netlink's header.
  ///   - read: is given each message of the answer that is neither an error nor its end.
  mutating func request(
    _ operation: @autoclosure () -> String, type: UInt16, flags: UInt16 = 0,
    _ write: (inout MessageWriter) -> Void, read: (NetlinkMessage) -> Void = { _ in }
  ) throws(NetlinkError) {
    sequence &+= 1
    var writer = MessageWriter(capacity: 256)
    let start = writer.begin(
      type, MessageFlags.request | MessageFlags.acknowledge | flags, sequence: sequence)
    write(&writer)
    writer.end(start)
    let size = writer.withBytes { bytes in Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, 0) }
    guard size == writer.count else { throw NetlinkError(operation()) }
    let asked = sequence
    var isAnswered = false
    var refusal: NetlinkError?
    try receiveAll(operation()) { message in
      guard message.sequence == asked else { return }
      switch message.type {
      case ControlType.error:
        isAnswered = true
        if let answer = Acknowledgement(message), answer.number != 0 {
          refusal = NetlinkError(operation(), number: answer.number, detail: answer.text)
        }
      case ControlType.done:
        isAnswered = true
        if let number: Int32 = message.field(0), number < 0 {
          refusal = NetlinkError(operation(), number: -number)
        }
      default: read(message)
      }
    }
    if let refusal { throw refusal }
    if !isAnswered { throw NetlinkError(.unanswered, operation(), "the kernel gives no answer") }
  }

  /// Lists objects, anew when they change while they are listed.
  ///
  /// - Parameter read: an object; nil for what is not one.
  mutating func list<Object>(
    _ operation: @autoclosure () -> String, type: UInt16, _ write: (inout MessageWriter) -> Void,
    read: (NetlinkMessage) -> Object?
  ) throws(NetlinkError) -> [Object] {
    for _ in 0..<16 {
      var objects: [Object] = []
      var isInterrupted = false
      try request(operation(), type: type, flags: MessageFlags.dump, write) { message in
        if message.flags & MessageFlags.interrupted != 0 { isInterrupted = true }
        if let object = read(message) { objects.append(object) }
      }
      if !isInterrupted { return objects }
    }
    throw NetlinkError(.unsteady, operation(), "it changes faster than it can be read")
  }

  // MARK: - Bytes

  /// Sends parts as one datagram, however large.
  ///
  /// - Returns: why they could not be sent; nil when they were.
  func send(_ parts: [UnsafeRawBufferPointer], _ operation: @autoclosure () -> String) -> NetlinkError? {
    let total = parts.reduce(0) { $0 + $1.count }
    if total > 100_000 { reserveSending(bytes: total) }
    var vectors = parts.map {
      iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
    }
    let size = vectors.withUnsafeMutableBufferPointer { vectors in
      var message = msghdr()
      message.msg_iov = vectors.baseAddress
      message.msg_iovlen = vectors.count
      return sendmsg(descriptor.number, &message, 0)
    }
    return size == total ? nil : NetlinkError(operation())
  }

  /// The kernel takes a datagram only when it fits into the buffer, which counts twice what is asked for.
  private func reserveSending(bytes: Int) {
    let wanted = Int32(clamping: bytes + 4096)
    if !descriptor.setOption(SOL_SOCKET, SocketOption.forceSendBuffer, wanted) {
      _ = descriptor.setOption(SOL_SOCKET, SO_SNDBUF, wanted)
    }
  }

  /// Takes what the kernel has sent so far.
  mutating func receiveAll(
    _ operation: @autoclosure () -> String, _ read: (NetlinkMessage) -> Void
  ) throws(NetlinkError) {
    var isOverrun = false
    while true {
      let size = recv(descriptor.number, &buffer, buffer.count, Int32(MSG_TRUNC))
      if size < 0 {
        switch errno {
        case EINTR: continue
        case EAGAIN:
          if isOverrun { throw NetlinkError(operation(), number: ENOBUFS) }
          return
        case ENOBUFS:
          isOverrun = true
          continue
        default: throw NetlinkError(operation())
        }
      }
      guard size <= buffer.count else {
        throw NetlinkError(.unanswered, operation(), "an answer of \(size) bytes is cut short")
      }
      buffer.withUnsafeBytes { bytes in
        for message in MessageList(UnsafeRawBufferPointer(rebasing: bytes[..<size])) { read(message) }
      }
    }
  }
}

/// Numbers of asm-generic/socket.h that Glibc's module does not show, and the type of netlink's sockets.
private enum SocketOption {
  static let forceSendBuffer: Int32 = 32
  static let forceReceiveBuffer: Int32 = 33
  /// Raw, not inherited, never waiting.
  static let rawSocket =
    Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
}

/// The kernel's answer to one message: done, or why not.
struct Acknowledgement {
  /// 0 for done, or an error's number.
  let number: Int32
  /// The kernel's words.
  let text: String?
  /// Where in the message the attribute is that was not taken.
  let offset: Int?

  init?(_ message: NetlinkMessage) {
    guard let code: Int32 = message.field(0) else { return nil }
    number = -code
    let attributes = message.attributes(after: 20)
    let hasAttributes = message.flags & MessageFlags.extendedAcknowledgement != 0
    text = hasAttributes ? attributes[AttributeType.errorText]?.text : nil
    offset = hasAttributes ? attributes[AttributeType.errorOffset]?.number(UInt32.self).map(Int.init) : nil
  }
}
