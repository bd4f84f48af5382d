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
    // A set this scattered is no prettier with exceptions.
    if intervals.count > 64 { return cidrs.map { AddressBlock(cidr: $0, excepts: []) } }
    return AddressFamily.allCases.flatMap { family -> [AddressBlock] in
      let own = intervals.filter { $0.family == family }
      return Cover(of: own[...], within: CIDR(IPAddress(family, bits: 0), prefixLength: 0)).blocks.map {
        let excepts = $0.isWhole ? [] : AddressSet($0.cidr).subtracting(self).cidrs
        return AddressBlock(cidr: $0.cidr, excepts: excepts)
      }
    }
  }

  /// The part of a set that lies in some block, as blocks with exceptions.
  private struct Cover {
    /// How many CIDRs cover what it lacks.
    var missing = 0
    /// What is shortest: one block with exceptions, or what is shortest for both halves.
    var blocks: [(cidr: CIDR, isWhole: Bool)] = []
    /// The number of CIDRs in ``blocks``, exceptions included.
    var cost = 0

    /// - Parameter intervals: those that meet the block, which may reach beyond it. O(intervals).
    init(of intervals: ArraySlice<Interval>, within block: CIDR) {
      guard let first = intervals.first, let last = intervals.last else {
        missing = 1
        return
      }
      // Of the halves around the smallest block with all of it, the others are empty: exceptions there are shorter.
      let cidr = CIDR(
        spanning: max(first.first, block.first.bits), min(last.last, block.last.bits), block.family)
      missing = cidr.prefixLength - block.prefixLength
      guard first.first > cidr.first.bits || first.last < cidr.last.bits, let halves = cidr.halves else {
        take(cidr)
        return
      }
      let middle = halves.upper.first.bits
      let upper = intervals.firstIndex { $0.last >= middle } ?? intervals.endIndex
      let lower = intervals.firstIndex { $0.first >= middle } ?? intervals.endIndex
      join(
        Cover(of: intervals[..<lower], within: halves.lower),
        Cover(of: intervals[upper...], within: halves.upper), as: cidr)
    }

    private mutating func join(_ lower: Cover, _ upper: Cover, as cidr: CIDR) {
      let holes = lower.missing + upper.missing
      missing += holes
      if 1 + holes <= lower.cost + upper.cost {
        take(cidr, holes: holes)
      } else {
        blocks = lower.blocks + upper.blocks
        cost = lower.cost + upper.cost
      }
    }

    private mutating func take(_ cidr: CIDR, holes: Int = 0) {
      blocks = [(cidr, holes == 0)]
      cost = 1 + holes
    }
  }
}

extension CIDR {
  /// The smallest block with two addresses.
  fileprivate init(spanning first: UInt128, _ last: UInt128, _ family: AddressFamily) {
    let hostBits = UInt128.bitWidth - (first ^ last).leadingZeroBitCount
    self.init(IPAddress(family, bits: first), prefixLength: family.bitWidth - hostBits)
  }

  /// The two blocks with a prefix longer by one; nil for a single address.
  fileprivate var halves: (lower: CIDR, upper: CIDR)? {
    if prefixLength == family.bitWidth { return nil }
    let upper: UInt128 = 1 << UInt128(family.bitWidth - prefixLength - 1)
    func half(_ bits: UInt128) -> CIDR {
      CIDR(IPAddress(family, bits: bits), prefixLength: prefixLength + 1)
    }
    return (half(bits), half(bits | upper))
  }
}
