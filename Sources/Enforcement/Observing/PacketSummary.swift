package import Kubernetes

/// Who sent a packet to whom, as its headers say.
package struct PacketSummary: Sendable, Hashable {
  package let source: IPAddress
  package let destination: IPAddress
  /// The number of the protocol after IP.
  package let transport: UInt8
  /// Nil for protocols without ports, and for fragments behind the first.
  package let sourcePort: UInt16?
  package let destinationPort: UInt16?

  /// Reads the beginning of a packet, from its IP header on.
  ///
  /// - Returns: nil for what is no whole IP header.
  package init?(_ bytes: [UInt8]) {
    switch bytes.first.map({ $0 >> 4 }) {
    case 4:
      let length = Int(bytes[0] & 0x0F) * 4
      guard length >= 20, bytes.count >= length else { return nil }
      let fragment = (Int(bytes[6]) << 8 | Int(bytes[7])) & 0x1FFF
      self.init(
        .ipv4, bytes, 12, 16, transport: bytes[9], payload: fragment == 0 ? length : nil)
    case 6:
      guard bytes.count >= 40 else { return nil }
      let (transport, payload) = Self.afterExtensions(bytes)
      self.init(.ipv6, bytes, 8, 24, transport: transport, payload: payload)
    default: return nil
    }
  }

  private init(
    _ family: AddressFamily, _ bytes: [UInt8], _ source: Int, _ destination: Int, transport: UInt8,
    payload: Int?
  ) {
    func address(_ start: Int) -> IPAddress {
      let length = family == .ipv4 ? 4 : 16
      return IPAddress(
        family, bits: bytes[start..<start + length].reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
    }
    func number(_ start: Int) -> UInt16? {
      start + 2 <= bytes.count ? UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1]) : nil
    }
    self.source = address(source)
    self.destination = address(destination)
    self.transport = transport
    let ports = [6, 17, 132].contains(transport) ? payload : nil
    sourcePort = ports.flatMap { number($0) }
    destinationPort = ports.flatMap { number($0 + 2) }
  }

  /// The protocol behind IPv6's extension headers, and where its header begins.
  private static func afterExtensions(_ bytes: [UInt8]) -> (UInt8, Int?) {
    var (next, place) = (bytes[6], 40)
    // Hop-by-hop options, routing, destination options; fragments have a header of eight bytes.
    while [0, 43, 44, 60].contains(next) {
      guard place + 8 <= bytes.count else { return (next, nil) }
      if next == 44 {
        let offset = (Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])) >> 3
        if offset != 0 { return (bytes[place], nil) }
        (next, place) = (bytes[place], place + 8)
      } else {
        (next, place) = (bytes[place], place + (Int(bytes[place + 1]) + 1) * 8)
      }
    }
    return (next, place)
  }
}
