internal import Kubernetes
internal import Nftables
internal import PolicyModel

extension AddressSet {
  /// These addresses.
  init(_ addresses: [IPAddress]) {
    self.init(unsorted: addresses.map { .init(family: $0.family, first: $0.bits, last: $0.bits) })
  }

  /// What of the set is of a family.
  func of(_ family: AddressFamily) -> AddressSet {
    intersection(family == .ipv4 ? .allIPv4 : .allIPv6)
  }

  /// As nftables has them: a block where an interval is one, else a range.
  var nftablesIntervals: [Nftables.Interval] {
    intervals.map { interval in
      let first = IPAddress(interval.family, bits: interval.first)
      let last = IPAddress(interval.family, bits: interval.last)
      let hostBits = (interval.first ^ interval.last).significantBits
      let block = CIDR(first, prefixLength: interval.family.bitWidth - hostBits)
      return block.first == first && block.last == last
        ? Nftables.Interval(block) : Nftables.Interval(first, last)
    }
  }
}

extension UInt128 {
  /// The place of the highest bit that is set, counted from 1; 0 for 0.
  fileprivate var significantBits: Int { bitWidth - leadingZeroBitCount }
}
