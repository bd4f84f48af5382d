/// An IPv4 or IPv6 address as a number; written without any help from the product's own parser.
struct ReferenceAddress: Hashable, Sendable {
  enum Family: Hashable, Sendable {
    case v4, v6

    /// The number of bits of an address.
    var bits: Int { self == .v4 ? 32 : 128 }

    /// The highest address, as a number.
    var highest: UInt128 { self == .v4 ? UInt128(UInt32.max) : UInt128.max }
  }

  var family: Family
  var value: UInt128

  /// `10.1.0.3` from its four numbers.
  static func v4(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> ReferenceAddress {
    let value = (UInt128(a) << 24) | (UInt128(b) << 16) | (UInt128(c) << 8) | UInt128(d)
    return ReferenceAddress(family: .v4, value: value)
  }

  /// `2001:db8::5` from its first two groups and its last one.
  static func v6(_ first: UInt16, _ second: UInt16, last: UInt16) -> ReferenceAddress {
    let value = (UInt128(first) << 112) | (UInt128(second) << 96) | UInt128(last)
    return ReferenceAddress(family: .v6, value: value)
  }
}

extension ReferenceAddress: CustomStringConvertible {
  /// Dotted decimal, or the canonical text of RFC 5952.
  var description: String {
    switch family {
    case .v4:
      return [24, 16, 8, 0].map { String((value >> UInt128($0)) & 0xff) }.joined(separator: ".")
    case .v6:
      let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
      return Self.canonicalText(of: groups)
    }
  }

  /// Lower-case groups; the first longest run of two or more zero groups becomes `::`.
  private static func canonicalText(of groups: [UInt16]) -> String {
    let texts = groups.map { String($0, radix: 16) }
    var longest = 0..<0
    var start = 0
    while start < groups.count {
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start > longest.count { longest = start..<end }
      start = max(end, start + 1)
    }
    guard longest.count >= 2 else { return texts.joined(separator: ":") }
    let head = texts[..<longest.lowerBound].joined(separator: ":")
    let tail = texts[longest.upperBound...].joined(separator: ":")
    return head + "::" + tail
  }
}

/// A canonical CIDR block, kept as its first and last address.
struct ReferenceBlock: Hashable, Sendable {
  let first: ReferenceAddress
  let last: ReferenceAddress
  let prefix: Int

  /// The block of that prefix length around an address; host bits are cleared.
  init(around address: ReferenceAddress, prefix: Int) {
    let family = address.family
    let hostBits = UInt128(family.bits - prefix)
    let hostMask = hostBits == 128 ? UInt128.max : (UInt128(1) << hostBits) - 1
    let lowest = address.value & (family.highest ^ hostMask)
    self.first = ReferenceAddress(family: family, value: lowest)
    self.last = ReferenceAddress(family: family, value: lowest | hostMask)
    self.prefix = prefix
  }

  var family: ReferenceAddress.Family { first.family }

  /// True iff the address is of the block's family and inside it.
  func contains(_ address: ReferenceAddress) -> Bool {
    address.family == first.family && first.value <= address.value && address.value <= last.value
  }
}

extension ReferenceBlock: CustomStringConvertible {
  var description: String { "\(first)/\(prefix)" }
}
