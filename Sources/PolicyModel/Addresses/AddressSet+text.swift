package import Kubernetes

extension AddressSet {
  /// The smallest list of CIDRs that cover exactly this set, ascending.
  package var cidrs: [CIDR] {
    var result: [CIDR] = []
    for interval in intervals {
      var first = interval.first
      while true {
        let width = interval.family.bitWidth
        // The largest aligned block that starts here and does not go past the end.
        var hostBits = first == 0 ? width : min(width, first.trailingZeroBitCount)
        while hostBits > 0, Self.lastOfBlock(first, hostBits: hostBits) > interval.last { hostBits -= 1 }
        result.append(CIDR(IPAddress(interval.family, bits: first), prefixLength: width - hostBits))
        let last = Self.lastOfBlock(first, hostBits: hostBits)
        if last >= interval.last { break }
        first = last + 1
      }
    }
    return result
  }

  private static func lastOfBlock(_ first: UInt128, hostBits: Int) -> UInt128 {
    hostBits >= 128 ? .max : first | ((1 << UInt128(hostBits)) - 1)
  }
}

extension AddressSet: CustomStringConvertible {
  /// The shortest of: `any address`, the CIDRs, or `0.0.0.0/0 except …` per family.
  package var description: String {
    if isEmpty { return "no address" }
    if self == .all { return "any address" }
    return AddressFamily.allCases.compactMap(text(of:)).joined(separator: ", ")
  }

  private func text(of family: AddressFamily) -> String? {
    let whole = family == .ipv4 ? AddressSet.allIPv4 : .allIPv6
    let part = intersection(whole)
    if part.isEmpty { return nil }
    let own = part.cidrs
    let missing = whole.subtracting(part).cidrs
    let everything = whole.cidrs.map(\.description).joined()
    if missing.isEmpty { return everything }
    if missing.count + 1 < own.count {
      return "\(everything) except \(missing.map(\.description).joined(separator: ", "))"
    }
    return own.map(\.description).joined(separator: ", ")
  }
}
