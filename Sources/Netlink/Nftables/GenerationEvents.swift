internal import Glibc

/// Tells when somebody changes rules, and who.
///
/// The socket is told of every change of the namespace's rules; a filter in the kernel lets through only the message that ends a
/// change, so that 100,000 new elements are one event.
package struct GenerationEvents: ~Copyable, Sendable {
  private var socket: NetlinkSocket

  /// Listens from now on.
  package init() throws(NetlinkError) {
    let operation = "listen to changes of the rules"
    let socket = try NetlinkSocket(.netfilter, for: operation)
    guard Self.filter(socket.descriptor) else { throw NetlinkError(operation) }
    // An address of netlink: family, padding, number of the socket, and the groups as bits.
    let address = (UInt16(AF_NETLINK), UInt16(0), UInt32(0), UInt32(1) << (NftablesMessage.eventGroup - 1))
    let isBound = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket.descriptor.number, $0, 12) }
    }
    guard isBound == 0 else { throw NetlinkError(operation) }
    self.socket = socket
  }

  /// The descriptor that can be read when there are events.
  package var descriptor: Int32 { socket.descriptor.number }

  /// The changes since the last call; does not wait.
  ///
  /// - Throws: ``NetlinkError/Reason/overrun`` when some were missed.
  package mutating func read() throws(NetlinkError) -> [GenerationEvent] {
    var events: [GenerationEvent] = []
    try socket.receiveAll("read changes of the rules") { message in
      if let event = GenerationEvent(message) { events.append(event) }
    }
    return events
  }

  /// Lets through messages whose type, in the bytes 4 and 5, says that there is a new generation.
  private static func filter(_ descriptor: borrowing Descriptor) -> Bool {
    struct Instruction {
      let code: UInt16
      let jumpTrue: UInt8
      let jumpFalse: UInt8
      let operand: UInt32
    }
    struct Program {
      let count: UInt16
      let instructions: UnsafePointer<Instruction>
    }
    let instructions = [
      Instruction(code: 0x28, jumpTrue: 0, jumpFalse: 0, operand: 4),
      Instruction(
        code: 0x15, jumpTrue: 0, jumpFalse: 1, operand: UInt32(NftablesMessage.newGeneration.bigEndian)),
      Instruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, operand: .max),
      Instruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, operand: 0),
    ]
    return instructions.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      var program = Program(count: UInt16(buffer.count), instructions: base)
      return setsockopt(
        descriptor.number, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<Program>.size)) == 0
    }
  }
}

/// A change of the rules.
package struct GenerationEvent: Sendable, Hashable {
  /// The generation that it made.
  package let generation: UInt32
  /// The thread that made it: the process, in programs that have one only.
  package let thread: UInt32
  /// Its name, which usually is the program's.
  package let name: String

  init?(_ message: NetlinkMessage) {
    let attributes = message.attributes(after: 4)
    guard message.type == NftablesMessage.newGeneration,
      let generation: UInt32 = attributes[NftablesAttribute.generationID]?.networkNumber()
    else { return nil }
    self.generation = generation
    thread = attributes[NftablesAttribute.generationProcess]?.networkNumber() ?? 0
    name = attributes[NftablesAttribute.generationProcessName]?.text ?? ""
  }
}
