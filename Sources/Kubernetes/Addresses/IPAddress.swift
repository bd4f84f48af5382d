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
      return (0..<4).map { String(UInt8(truncatingIfNeeded: bits >> (24 - 8 * $0))) }.joined(separator: ".")
    case .ipv6:
      return Self.canonicalText(groups: (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) })
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

/// An address as written, with what only older API servers accept noted instead of refused.
struct ParsedAddress {
  let address: IPAddress
  let hasLeadingZeros: Bool
  let isMapped: Bool
  let isCanonical: Bool

  init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 45 else { return nil }
    if text.utf8.contains(UInt8(ascii: ":")) {
      guard let (bits, zeros) = Self.parseIPv6(String(text)) else { return nil }
      hasLeadingZeros = zeros
      isMapped = bits >> 32 == 0xFFFF
      address = isMapped ? IPAddress(.ipv4, bits: bits & 0xFFFF_FFFF) : IPAddress(.ipv6, bits: bits)
      isCanonical = address.description == text
    } else {
      guard let (bits, zeros) = Self.parseIPv4(text) else { return nil }
      address = IPAddress(.ipv4, bits: bits)
      hasLeadingZeros = zeros
      isMapped = false
      isCanonical = !zeros
    }
  }

  /// Leading zeros are decimal, as Go read them before 1.17 and Kubernetes still reads stored objects.
  private static func parseIPv4(_ text: some StringProtocol) -> (bits: UInt128, hasLeadingZeros: Bool)? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt128 = 0
    var hasLeadingZeros = false
    for part in parts {
      guard let first = part.first, part.count <= 16 else { return nil }
      var value = 0
      for byte in part {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
        guard value <= 255 else { return nil }
      }
      if part.count > 1, first == UInt8(ascii: "0") { hasLeadingZeros = true }
      bits = bits << 8 | UInt128(value)
    }
    return (bits, hasLeadingZeros)
  }

  private static func parseIPv6(_ text: String) -> (bits: UInt128, hasLeadingZeros: Bool)? {
    let halves = splitAtDoubleColon(text)
    var hasLeadingZeros = false
    guard let head = groups(of: halves[0], allowsIPv4: halves.count == 1, &hasLeadingZeros) else {
      return nil
    }
    guard halves.count == 2 else {
      return head.count == 8 ? (number(head), hasLeadingZeros) : nil
    }
    guard let tail = groups(of: halves[1], allowsIPv4: true, &hasLeadingZeros), head.count + tail.count <= 7
    else {
      return nil
    }
    let middle = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
    return (number(head + middle + tail), hasLeadingZeros)
  }

  private static func splitAtDoubleColon(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    guard let first = bytes.indices.dropLast().first(where: { bytes[$0] == 58 && bytes[$0 + 1] == 58 }) else {
      return [text]
    }
    let rest = bytes[(first + 2)...]
    return [String(decoding: bytes[..<first], as: UTF8.self), String(decoding: rest, as: UTF8.self)]
  }

  /// - Parameter hasLeadingZeros: set when the IPv4 tail of the text has some.
  private static func groups(of text: String, allowsIPv4: Bool, _ hasLeadingZeros: inout Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, allowsIPv4, part.contains(".") {
        guard let (bits, zeros) = parseIPv4(part) else { return nil }
        hasLeadingZeros = hasLeadingZeros || zeros
        groups.append(UInt16(truncatingIfNeeded: bits >> 16))
        groups.append(UInt16(truncatingIfNeeded: bits))
      } else {
        guard (1...4).contains(part.utf8.count), part.allSatisfy({ $0.isASCII && $0.isHexDigit }),
          let group = UInt16(part, radix: 16)
        else { return nil }
        groups.append(group)
      }
    }
    return groups.count <= 8 ? groups : nil
  }

  private static func number(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }
}
