/// A block of addresses with a common prefix. The address bits after the prefix are zero.
package struct CIDR: Sendable, Hashable {
  /// Blocks of different families have no address in common, whatever their bits.
  package let family: AddressFamily
  /// The first address as a number.
  package let bits: UInt128
  /// 0…32 or 0…128.
  package let prefixLength: Int

  /// Masks away what lies after the prefix.
  package init(_ address: IPAddress, prefixLength: Int) {
    family = address.family
    self.prefixLength = Swift.min(Swift.max(prefixLength, 0), address.family.bitWidth)
    bits = address.bits & ~Self.hostMask(address.family, self.prefixLength)
  }

  /// The lowest address, which is also how the block is written.
  package var first: IPAddress { IPAddress(family, bits: bits) }
  /// The highest address: all bits after the prefix are ones.
  package var last: IPAddress { IPAddress(family, bits: bits | Self.hostMask(family, prefixLength)) }

  /// Whether the address has the family and the prefix of the block.
  package func contains(_ address: IPAddress) -> Bool {
    address.family == family && address.bits & ~Self.hostMask(family, prefixLength) == bits
  }

  /// Whether every address of `other` is in this block.
  package func contains(_ other: CIDR) -> Bool {
    other.prefixLength >= prefixLength && contains(other.first)
  }

  private static func hostMask(_ family: AddressFamily, _ prefixLength: Int) -> UInt128 {
    let hostBits = family.bitWidth - prefixLength
    return hostBits == 128 ? .max : (1 << UInt128(hostBits)) - 1
  }
}

extension CIDR: CustomStringConvertible {
  /// The canonical text, `10.0.0.0/8`.
  package var description: String { first.description + "/" + String(prefixLength) }
}

/// A CIDR as written in a manifest.
package struct ParsedCIDR: Sendable {
  /// A form that API servers before 1.36 accept, and 1.36 rejects (KEP-4858, StrictIPCIDRValidation).
  package enum LegacyForm: Sendable, Hashable, CaseIterable {
    /// `10.0.0.1/8`: bits after the prefix.
    case hostBits
    /// `010.0.0.0/8` or `10.0.0.0/08`: read as decimal.
    case leadingZeros
    /// `::ffff:10.0.0.0/104`: an IPv4 block in IPv6 clothes.
    case ipv4Mapped
  }

  /// What servers make of the text: host bits masked away, IPv4 in IPv6 form as IPv4.
  package let cidr: CIDR
  /// What a server from 1.36 on rejects the text for; empty when it takes it.
  package let legacyForms: Set<LegacyForm>
  /// False for IPv6 text that is not RFC 5952, which servers accept with a warning.
  package let isCanonical: Bool

  /// Reads a CIDR as every supported API server reads it; nil for what all of them reject.
  package init?(_ text: String) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let addressText = text[..<slash]
    let prefixText = text.utf8[slash...].dropFirst()
    guard let parsed = ParsedAddress(addressText), (1...8).contains(prefixText.count),
      prefixText.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
      var prefix = Int(Substring(prefixText))
    else { return nil }
    var forms: Set<LegacyForm> = []
    if parsed.hasLeadingZeros || (prefixText.count > 1 && prefixText.first == UInt8(ascii: "0")) {
      forms.insert(.leadingZeros)
    }
    var address = parsed.address
    if parsed.isMapped {
      guard prefix <= 128 else { return nil }
      forms.insert(.ipv4Mapped)
      if prefix >= 96 {
        prefix -= 96
      } else {
        address = IPAddress(.ipv6, bits: 0xFFFF << 32 | address.bits)
      }
    }
    guard prefix <= address.family.bitWidth else { return nil }
    let masked = CIDR(address, prefixLength: prefix)
    if masked.bits != address.bits { forms.insert(.hostBits) }
    cidr = masked
    legacyForms = forms
    isCanonical = parsed.isCanonical(addressText)
  }
}
