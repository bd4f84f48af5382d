/// The key of a set's element: one field, or several that follow each other (a concatenation).
///
/// A field takes whole registers of four bytes, as the kernel lays out concatenations. 40 bytes are room for two IPv6 addresses,
/// a protocol and a port. A key lies inline, so making one allocates nothing.
package struct SetKey: Sendable {
  /// The bytes in their order, four in each.
  private var registers: InlineArray<10, UInt32> = .init(repeating: 0)
  /// The number of bytes; the last field of one is not filled up.
  package private(set) var byteCount: UInt8 = 0

  private init() {}

  /// `ipv4_addr` or `ipv6_addr`.
  package static func address(_ address: NetworkAddress) -> SetKey {
    switch address {
    case .v4(let bits): .ipv4(bits)
    case .v6(let bits): .ipv6(bits)
    }
  }

  /// `ipv4_addr`.
  package static func ipv4(_ bits: UInt32) -> SetKey {
    var key = SetKey()
    key.registers[0] = bits.bigEndian
    key.byteCount = 4
    return key
  }

  /// `ipv6_addr`.
  package static func ipv6(_ bits: UInt128) -> SetKey {
    var key = SetKey()
    for index in 0..<4 {
      key.registers[index] = UInt32(truncatingIfNeeded: bits >> (96 - 32 * UInt128(index))).bigEndian
    }
    key.byteCount = 16
    return key
  }

  /// `mark`, and other numbers that the kernel keeps in the byte order of the machine.
  package static func mark(_ number: UInt32) -> SetKey {
    var key = SetKey()
    key.registers[0] = number
    key.byteCount = 4
    return key
  }

  /// `inet_proto`, `nf_proto`: one byte.
  package static func byte(_ number: UInt8) -> SetKey {
    var key = SetKey()
    key.registers[0] = UInt32(number).littleEndian
    key.byteCount = 1
    return key
  }

  /// `inet_service`: a port.
  package static func port(_ number: UInt16) -> SetKey {
    var key = SetKey()
    key.registers[0] = UInt32(number.byteSwapped).littleEndian
    key.byteCount = 2
    return key
  }

  /// `ifname`: at most 15 bytes, and zeros up to 16.
  package static func interface(_ name: String) -> SetKey {
    var key = SetKey()
    withUnsafeMutableBytes(of: &key.registers) { $0.copyBytes(from: name.utf8.prefix(15)) }
    key.byteCount = 16
    return key
  }

  /// A key of bytes that the kernel gave; nil when there are more than 40.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= 40 else { return nil }
    withUnsafeMutableBytes(of: &registers) { $0.copyMemory(from: bytes) }
    byteCount = UInt8(bytes.count)
  }

  /// This field, or these, and then another: `.ipv4(a).then(.mark(m))` is `ipv4_addr . mark`.
  ///
  /// - Precondition: together they are at most 40 bytes.
  package func then(_ field: SetKey) -> SetKey {
    var key = self
    let start = Self.registerCount(byteCount)
    let count = Self.registerCount(field.byteCount)
    precondition(start + count <= 10, "a key of a set is at most 40 bytes")
    for index in 0..<count { key.registers[start + index] = field.registers[index] }
    key.byteCount = UInt8(4 * (start + count))
    return key
  }

  /// Lends the bytes.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: registers) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(byteCount)])) }
  }

  /// The address that the key is; nil for keys of another length.
  package var address: NetworkAddress? {
    switch byteCount {
    case 4: .v4(UInt32(bigEndian: registers[0]))
    case 16:
      .v6((0..<4).reduce(UInt128(0)) { $0 << 32 | UInt128(UInt32(bigEndian: registers[$1])) })
    default: nil
    }
  }

  /// The number that the key is, as ``mark(_:)`` has it; nil for keys of another length.
  package var mark: UInt32? { byteCount == 4 ? registers[0] : nil }

  private static func registerCount(_ bytes: UInt8) -> Int { (Int(bytes) + 3) / 4 }
}

extension SetKey: Hashable {
  package static func == (left: SetKey, right: SetKey) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    return (0..<registerCount(left.byteCount)).allSatisfy { left.registers[$0] == right.registers[$0] }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(byteCount)
    for index in 0..<Self.registerCount(byteCount) { hasher.combine(registers[index]) }
  }
}

extension SetKey: CustomStringConvertible {
  /// Each register in hexadecimal digits, which is what can be said without the set's type: `0a000001 . 00000010`.
  package var description: String {
    withBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { start in
        bytes[start..<min(start + 4, bytes.count)].map { byte in
          (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
      }.joined(separator: " . ")
    }
  }
}
