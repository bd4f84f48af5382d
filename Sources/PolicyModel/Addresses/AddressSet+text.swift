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
        AddressBlock(cidr: $0.cidr, excepts: $0.excepts)
      }
    }
  }

  /// The part of a set that lies in some block, as blocks with exceptions.
  private struct Cover {
    /// The CIDRs that cover what it lacks.
    var missing: [CIDR] = []
    /// What is shortest: one block with exceptions, or what is shortest for both halves.
    var blocks: [(cidr: CIDR, excepts: [CIDR])] = []
    /// The number of CIDRs in ``blocks``.
    var cost = 0

    /// - Parameter intervals: those that meet the block, which may reach beyond it. O(intervals × prefix lengths).
    init(of intervals: ArraySlice<Interval>, within block: CIDR) {
      guard let first = intervals.first, let last = intervals.last else {
        missing = [block]
        return
      }
      var cidr = block
      // Empty halves on the way to the first block that has something in both: exceptions there are shorter.
      var before: [CIDR] = []
      var after: [CIDR] = []
      while first.first > cidr.first.bits || first.last < cidr.last.bits, let halves = cidr.halves {
        let middle = halves.upper.first.bits
        if first.first >= middle {
          before.append(halves.lower)
          cidr = halves.upper
        } else if last.last < middle {
          after.append(halves.upper)
          cidr = halves.lower
        } else {
          let upper = intervals.firstIndex { $0.last >= middle } ?? intervals.endIndex
          let lower = intervals.firstIndex { $0.first >= middle } ?? intervals.endIndex
          join(
            Cover(of: intervals[..<lower], within: halves.lower),
            Cover(of: intervals[upper...], within: halves.upper), as: cidr)
          missing = before + missing + after.reversed()
          return
        }
      }
      missing = before + after.reversed()
      take(cidr)
    }

    private mutating func join(_ lower: Cover, _ upper: Cover, as cidr: CIDR) {
      missing = lower.missing + upper.missing
      if 1 + missing.count <= lower.cost + upper.cost {
        take(cidr, except: missing)
      } else {
        blocks = lower.blocks + upper.blocks
        cost = lower.cost + upper.cost
      }
    }

    private mutating func take(_ cidr: CIDR, except holes: [CIDR] = []) {
      blocks = [(cidr, holes)]
      cost = 1 + holes.count
    }
  }
}

extension CIDR {
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
