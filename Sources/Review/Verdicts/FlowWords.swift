internal import Kubernetes

/// The words of a flow line.
struct FlowWords {
  let source: UnsafeRawBufferPointer
  let destination: UnsafeRawBufferPointer
  let traffic: UnsafeRawBufferPointer

  /// Nil when the line is not `word -> word word`.
  init?(_ line: UnsafeRawBufferPointer) {
    var position = 0
    func nextWord() -> UnsafeRawBufferPointer? {
      while position < line.count, Self.isBlank(line[position]) { position += 1 }
      let start = position
      repeat {
        position = ByteScan.firstBlankOrControl(in: line, from: position)
        if position == line.count || Self.isBlank(line[position]) { break }
        position += 1
      } while true
      return start < position ? UnsafeRawBufferPointer(rebasing: line[start..<position]) : nil
    }
    guard let source = nextWord(), let arrow = nextWord(), arrow.count == 2,
      arrow[0] == UInt8(ascii: "-"), arrow[1] == UInt8(ascii: ">"), let destination = nextWord(),
      let traffic = nextWord(), nextWord() == nil
    else { return nil }
    self.source = source
    self.destination = destination
    self.traffic = traffic
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
}

/// A protocol with a port.
struct FlowPort {
  let transport: TransportProtocol
  let number: UInt16

  init(_ transport: TransportProtocol, _ number: UInt16) {
    self.transport = transport
    self.number = number
  }

  /// Reads the spelling that nearly all flow lines have, `tcp/443`, without a `String`. Nil for every other spelling, which may mean something all the same; see ``FlowParser/traffic(_:)``.
  @inline(__always)
  init?(_ word: UnsafeRawBufferPointer) {
    guard (5...10).contains(word.count) else { return nil }
    var place = 4
    switch UInt32(littleEndian: word.loadUnaligned(as: UInt32.self)) {
    case 0x2F_70_63_74: transport = .tcp
    case 0x2F_70_64_75: transport = .udp
    case 0x70_74_63_73 where word[4] == UInt8(ascii: "/"):
      transport = .sctp
      place = 5
    default: return nil
    }
    guard (1...5).contains(word.count - place) else { return nil }
    var value = 0
    while place < word.count {
      let digit = word[place] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
      place += 1
    }
    guard let port = UInt16(exactly: value), port > 0 else { return nil }
    number = port
  }
}
