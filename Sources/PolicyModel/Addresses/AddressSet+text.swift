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
  /// `any address`, or the shortest list of CIDRs with exceptions: `0.0.0.0/0 except 10.0.0.0/8`.
  package var description: String {
    if isEmpty { return "no address" }
    if self == .all { return "any address" }
    return blocks.map(\.description).joined(separator: ", ")
  }

  /// The set as blocks with exceptions, with as few CIDRs as that allows; ascending.
  package var blocks: [AddressBlock] {
    // Looking for exceptions costs O(intervals²); a set this scattered is no prettier with them.
    if intervals.count > 64 { return cidrs.map { AddressBlock(cidr: $0, excepts: []) } }
    return AddressFamily.allCases.flatMap { family -> [AddressBlock] in
      let part = intersection(family == .ipv4 ? .allIPv4 : .allIPv6)
      return part.isEmpty ? [] : part.shortest(within: CIDR(IPAddress(family, bits: 0), prefixLength: 0))
    }
  }

  /// Either one block with exceptions, or what is shortest for both halves.
  private func shortest(within cidr: CIDR) -> [AddressBlock] {
    let whole = AddressSet(cidr)
    if self == whole { return [AddressBlock(cidr: cidr, excepts: [])] }
    let missing = whole.subtracting(self).cidrs
    let own = cidrs
    if own.count == 1 { return [AddressBlock(cidr: own[0], excepts: [])] }
    let halves = cidr.halves.flatMap { half -> [AddressBlock] in
      let part = intersection(AddressSet(half))
      return part.isEmpty ? [] : part.shortest(within: half)
    }
    let cost = halves.reduce(0) { $0 + 1 + $1.excepts.count }
    return 1 + missing.count < cost ? [AddressBlock(cidr: cidr, excepts: missing)] : halves
  }
}

extension CIDR {
  /// The two blocks with a prefix longer by one; none for a single address.
  fileprivate var halves: [CIDR] {
    if prefixLength == family.bitWidth { return [] }
    let upper: UInt128 = 1 << UInt128(family.bitWidth - prefixLength - 1)
    return [bits, bits | upper].map { CIDR(IPAddress(family, bits: $0), prefixLength: prefixLength + 1) }
  }
}
