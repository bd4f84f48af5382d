/// A packet that a rule logged.
package struct LoggedPacket: Sendable, Hashable {
  /// Where on its way the packet was.
  package enum Hook: UInt8, Sendable {
    case prerouting = 0
    case input = 1
    case forward = 2
    case output = 3
    case postrouting = 4
  }

  /// The text that the rule gives.
  package let prefix: String
  package let hook: Hook?
  /// The interfaces' numbers; nil where the packet has none.
  package let inputInterface: UInt32?
  package let outputInterface: UInt32?
  package let mark: UInt32
  /// One more than that of the packet before; a gap is a loss.
  package let sequence: UInt32
  /// The packet from its IP header on, as much as the reader wants.
  package let payload: [UInt8]

  init?(_ message: NetlinkMessage) {
    guard message.type == LogNumbers.packet else { return nil }
    var prefix = ""
    var hook: Hook?
    var interfaces: (input: UInt32?, output: UInt32?) = (nil, nil)
    var (mark, sequence): (UInt32, UInt32) = (0, 0)
    var payload: [UInt8] = []
    for attribute in message.attributes(after: 4) {
      switch attribute.type {
      case LogNumbers.header where attribute.value.count >= 3:
        hook = Hook(rawValue: attribute.value[2])
      case LogNumbers.mark: mark = attribute.networkNumber() ?? 0
      case LogNumbers.inputInterface: interfaces.input = attribute.networkNumber()
      case LogNumbers.outputInterface: interfaces.output = attribute.networkNumber()
      case LogNumbers.payload: payload = Array(attribute.value)
      case LogNumbers.prefix: prefix = attribute.text
      case LogNumbers.sequence: sequence = attribute.networkNumber() ?? 0
      default: continue
      }
    }
    self.prefix = prefix
    self.hook = hook
    inputInterface = interfaces.input
    outputInterface = interfaces.output
    self.mark = mark
    self.sequence = sequence
    self.payload = payload
  }
}
