internal import Glibc

/// Reads packets that rules log to a group (`log group 5 prefix "…"`).
///
/// A group has one reader in each network namespace. A reader that is too slow loses packets, which
/// ``LoggedPacket/sequence`` shows.
package struct PacketLog: ~Copyable, Sendable {
  package let group: UInt16
  private var socket: NetlinkSocket

  /// Becomes the reader of a group, in the network namespace that the calling thread is in.
  ///
  /// - Parameters:
  ///   - copying: how many bytes of each packet, from its IP header on.
  ///   - batching: how many packets the kernel collects before it hands them over, or for how long it waits for more. One is
  ///     handed over at once.
  package init(
    group: UInt16, copying bytes: UInt32 = 128, batching packets: UInt32 = 1,
    for time: Duration = .milliseconds(100)
  ) throws(NetlinkError) {
    let operation = "read logged packets of group \(group)"
    var socket = try NetlinkSocket(.netfilter, for: operation)
    socket.reserveReceiving(bytes: 4 << 20)
    try socket.request(operation, type: LogNumbers.configure) {
      $0.netfilterHeader(NetfilterFamily.unspecified, resource: group)
      $0.attribute(LogNumbers.configurationCommand, LogNumbers.bind)
    }
    try socket.request(operation, type: LogNumbers.configure) { writer in
      writer.netfilterHeader(NetfilterFamily.unspecified, resource: group)
      withUnsafeBytes(of: (bytes.bigEndian, UInt16(LogNumbers.copyPacket).littleEndian)) { mode in
        writer.attribute(LogNumbers.configurationMode, UnsafeRawBufferPointer(rebasing: mode[..<6]))
      }
      let hundredths = UInt32(clamping: max(1, Int(time / .milliseconds(10))))
      writer.attribute(LogNumbers.configurationTimeout, hundredths.bigEndian)
      writer.attribute(LogNumbers.configurationThreshold, packets.bigEndian)
      writer.attribute(LogNumbers.configurationFlags, LogNumbers.hasSequence.bigEndian)
    }
    self.group = group
    self.socket = socket
  }

  /// The descriptor that can be read when there are packets.
  package var descriptor: Int32 { socket.descriptor.number }

  /// The packets since the last call; does not wait.
  ///
  /// - Throws: ``NetlinkError/Reason/overrun`` when the socket was full; the next call goes on.
  package mutating func read() throws(NetlinkError) -> [LoggedPacket] {
    var packets: [LoggedPacket] = []
    do {
      try socket.receiveAll("read logged packets of group \(group)") { message in
        if let packet = LoggedPacket(message) { packets.append(packet) }
      }
    } catch let error where error.reason == .overrun && !packets.isEmpty {
      // What came before the loss is worth having, and the sequence tells of the loss.
    }
    return packets
  }
}

/// Numbers of linux/netfilter/nfnetlink_log.h.
enum LogNumbers {
  static let packet = NetfilterSubsystem.log
  static let configure = NetfilterSubsystem.log | 1
  static let configurationCommand: UInt16 = 1
  static let configurationMode: UInt16 = 2
  static let configurationTimeout: UInt16 = 4
  static let configurationThreshold: UInt16 = 5
  static let configurationFlags: UInt16 = 6
  static let bind: UInt8 = 1
  static let copyPacket: UInt8 = 2
  static let hasSequence: UInt16 = 1

  static let header: UInt16 = 1
  static let mark: UInt16 = 2
  static let inputInterface: UInt16 = 4
  static let outputInterface: UInt16 = 5
  static let payload: UInt16 = 9
  static let prefix: UInt16 = 10
  static let sequence: UInt16 = 12
}
