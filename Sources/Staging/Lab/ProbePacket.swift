/// What is sent for a probe, and how it is known again.
struct ProbePacket {
  /// Which probe it is for.
  let index: UInt32
  /// A number of the run, so that nothing of another one is taken for it.
  let run: UInt32

  // MARK: - Writing

  /// The bytes after the IP header, and for UDP after the UDP header.
  func bytes(_ transport: Probe.Transport, sourcePort: UInt16, isIPv4: Bool) -> [UInt8] {
    switch transport {
    case .tcp: []
    case .udp: Self.bytes(index) + Self.bytes(run)
    case .sctp(let port): initiation(from: sourcePort, to: port)
    case .echo: echo(isIPv4: isIPv4)
    }
  }

  /// An SCTP packet with an INIT (RFC 9260 §3.3.2) whose tag and first number are this packet's numbers.
  private func initiation(from source: UInt16, to destination: UInt16) -> [UInt8] {
    var packet = Self.bytes(source) + Self.bytes(destination) + Self.bytes(UInt32(0))
    let chunk =
      [1, 0] + Self.bytes(UInt16(20)) + Self.bytes(index + 1) + Self.bytes(UInt32(65_536))
      + Self.bytes(UInt16(1)) + Self.bytes(UInt16(1)) + Self.bytes(run)
    let checksum = CRC32C.checksum(of: packet + [0, 0, 0, 0] + chunk)
    packet += Self.bytes(checksum.byteSwapped) + chunk
    return packet
  }

  /// An echo request; the kernel sets the checksum of ICMPv6.
  private func echo(isIPv4: Bool) -> [UInt8] {
    let rest =
      Self.bytes(UInt16(truncatingIfNeeded: run)) + Self.bytes(UInt16(1)) + Self.bytes(index)
      + Self.bytes(run)
    guard isIPv4 else { return [128, 0, 0, 0] + rest }
    var sum = stride(from: 0, to: rest.count, by: 2).reduce(UInt32(8) << 8) { sum, offset in
      sum + UInt32(rest[offset]) << 8 + UInt32(rest[offset + 1])
    }
    sum = sum & 0xFFFF + sum >> 16
    sum = sum & 0xFFFF + sum >> 16
    return [8, 0] + Self.bytes(~UInt16(sum)) + rest
  }

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  // MARK: - Reading

  /// The packet whose bytes these are; nil for other packets.
  ///
  /// - Parameter isAnswer: whether an echo's answer is looked for, not its request.
  init?(_ bytes: UnsafeRawBufferPointer, _ kind: Probe.Transport.Kind, isAnswer: Bool = false) {
    func number(_ offset: Int) -> UInt32 {
      UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    switch kind {
    case .tcp: return nil
    case .udp:
      guard bytes.count >= 8 else { return nil }
      (index, run) = (number(0), number(4))
    case .sctp:
      guard bytes.count >= 32, bytes[12] == 1, number(16) > 0 else { return nil }
      (index, run) = (number(16) - 1, number(28))
    case .echo:
      guard bytes.count >= 16, isAnswer ? bytes[0] == 0 || bytes[0] == 129 : bytes[0] == 8 || bytes[0] == 128
      else { return nil }
      (index, run) = (number(8), number(12))
    }
  }

  init(index: UInt32, run: UInt32) {
    self.index = index
    self.run = run
  }
}

/// The checksum of SCTP (RFC 9260, appendix A).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
  }

  static func checksum(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
  }
}
