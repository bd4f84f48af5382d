/// The two address families of IP.
package enum AddressFamily: UInt8, Sendable, Hashable, CaseIterable {
  case ipv4
  case ipv6

  /// `IPv4` or `IPv6`.
  package var name: String { self == .ipv4 ? "IPv4" : "IPv6" }

  /// The number of bits of an address: 32 or 128.
  package var bitWidth: Int { self == .ipv4 ? 32 : 128 }

  /// The last address of the family as a number.
  package var lastBits: UInt128 { self == .ipv4 ? 0xFFFF_FFFF : .max }
}

/// An IPv4 or IPv6 address. IPv4-mapped IPv6 text (`::ffff:10.0.0.1`) is the IPv4 address.
package struct IPAddress: Sendable, Hashable {
  package let family: AddressFamily
  /// The address as a number, at most ``AddressFamily/lastBits``.
  package let bits: UInt128

  /// - Parameter bits: at most ``AddressFamily/lastBits``; more is not masked away, and the address equals no other.
  package init(_ family: AddressFamily, bits: UInt128) {
    self.family = family
    self.bits = bits
  }

  /// Reads `192.0.2.1` or `2001:db8::1`; nil for anything else, zones and leading zeros included.
  package init?(_ text: String) {
    guard let parsed = ParsedAddress(text), !parsed.hasLeadingZeros else { return nil }
    self = parsed.address
  }
}

extension IPAddress: Comparable {
  /// IPv4 before IPv6, then by number.
  package static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.family == right.family ? left.bits < right.bits : left.family == .ipv4
  }
}

extension IPAddress: CustomStringConvertible {
  /// The canonical text: dotted decimal, or RFC 5952.
  package var description: String {
    switch family {
    case .ipv4:
      return Self.dottedText(UInt32(truncatingIfNeeded: bits))
    case .ipv6:
      return Self.canonicalText(groups: (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) })
    }
  }

  private static func dottedText(_ bits: UInt32) -> String {
    String(unsafeUninitializedCapacity: 15) { text in
      var count = 0
      func append(_ byte: UInt8) {
        text[count] = byte
        count += 1
      }
      for index in 0..<4 {
        let octet = UInt8(truncatingIfNeeded: bits >> UInt32(24 - 8 * index))
        if index > 0 { append(UInt8(ascii: ".")) }
        if octet >= 100 { append(UInt8(ascii: "0") + octet / 100) }
        if octet >= 10 { append(UInt8(ascii: "0") + octet / 10 % 10) }
        append(UInt8(ascii: "0") + octet % 10)
      }
      return count
    }
  }

  /// RFC 5952 §4: lower case, the longest run of two or more zero groups as `::`, the first run on a tie.
  private static func canonicalText(groups: [UInt16]) -> String {
    var longest = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > Swift.max(1, longest.count) { longest = index..<end }
      index = Swift.max(end, index + 1)
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return longest.isEmpty ? text(0..<8) : text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
  }
}
