package import Kubernetes

/// A set of IPv4 and IPv6 addresses as sorted, disjoint, non-adjacent intervals.
///
/// The two families never mix: an IPv6 block says nothing about IPv4.
package struct AddressSet: Sendable, Hashable {
  package struct Interval: Sendable, Hashable {
    package let family: AddressFamily
    package let first: UInt128
    package let last: UInt128

    package init(family: AddressFamily, first: UInt128, last: UInt128) {
      self.family = family
      self.first = first
      self.last = last
    }

    @inline(__always)
    fileprivate func precedes(_ other: Interval) -> Bool {
      switch (family, other.family) {
      case (.ipv4, .ipv4), (.ipv6, .ipv6): first < other.first
      case (.ipv4, .ipv6): true
      case (.ipv6, .ipv4): false
      }
    }
  }

  /// IPv4 before IPv6, ascending.
  package private(set) var intervals: [Interval]

  package static let empty = AddressSet(intervals: [])
  package static let allIPv4 = AddressSet(family: .ipv4)
  package static let allIPv6 = AddressSet(family: .ipv6)
  /// Every address of both families.
  package static let all = allIPv4.union(allIPv6)

  /// Addresses of private networks: RFC 1918, and RFC 6598 for carrier-grade NAT.
  package static let privateIPv4 = AddressSet(
    unsorted: [
      (0x0A00_0000, 0x0AFF_FFFF), (0xAC10_0000, 0xAC1F_FFFF), (0xC0A8_0000, 0xC0A8_FFFF),
      (0x6440_0000, 0x647F_FFFF),
    ]
    .map { .init(family: .ipv4, first: $0.0, last: $0.1) })

  private init(intervals: [Interval]) { self.intervals = intervals }

  private init(family: AddressFamily) {
    intervals = [Interval(family: family, first: 0, last: family.lastBits)]
  }

  package init(_ cidr: CIDR) {
    intervals = [Interval(family: cidr.family, first: cidr.first.bits, last: cidr.last.bits)]
  }

  package init(_ address: IPAddress) {
    intervals = [Interval(family: address.family, first: address.bits, last: address.bits)]
  }

  /// Any intervals of any order.
  package init(unsorted: [Interval]) {
    intervals = Self.normalised(unsorted)
  }

  package var isEmpty: Bool { intervals.isEmpty }

  /// O(log intervals).
  package func contains(_ address: IPAddress) -> Bool {
    var low = 0
    var high = intervals.count
    while low < high {
      let middle = (low + high) / 2
      let interval = intervals[middle]
      if IPAddress(interval.family, bits: interval.last) < address { low = middle + 1 } else { high = middle }
    }
    guard low < intervals.count else { return false }
    let interval = intervals[low]
    return interval.family == address.family && interval.first <= address.bits
  }

  package func union(_ other: AddressSet) -> AddressSet {
    AddressSet(intervals: Self.normalised(intervals + other.intervals))
  }

  /// O(n + m).
  package func intersection(_ other: AddressSet) -> AddressSet {
    var result: [Interval] = []
    var i = 0
    var j = 0
    while i < intervals.count, j < other.intervals.count {
      let a = intervals[i]
      let b = other.intervals[j]
      if a.family != b.family {
        if a.family == .ipv4 { i += 1 } else { j += 1 }
        continue
      }
      let first = max(a.first, b.first)
      let last = min(a.last, b.last)
      if first <= last { result.append(Interval(family: a.family, first: first, last: last)) }
      if a.last < b.last { i += 1 } else { j += 1 }
    }
    return AddressSet(intervals: result)
  }

  package func subtracting(_ other: AddressSet) -> AddressSet {
    intersection(other.complement)
  }

  package var complement: AddressSet {
    var result: [Interval] = []
    for family in AddressFamily.allCases {
      var next: UInt128? = 0
      for interval in intervals where interval.family == family {
        if let first = next, first < interval.first {
          result.append(Interval(family: family, first: first, last: interval.first - 1))
        }
        next = interval.last == family.lastBits ? nil : interval.last + 1
      }
      if let first = next { result.append(Interval(family: family, first: first, last: family.lastBits)) }
    }
    return AddressSet(intervals: result)
  }

  package func isSubset(of other: AddressSet) -> Bool { intersection(other) == self }
  package func isDisjoint(with other: AddressSet) -> Bool { intersection(other).isEmpty }

  private static func normalised(_ unsorted: [Interval]) -> [Interval] {
    let sorted = unsorted.sorted { $0.precedes($1) }
    var result: [Interval] = []
    for interval in sorted {
      if let last = result.last, last.family == interval.family,
        last.last == last.family.lastBits || interval.first <= last.last + 1
      {
        result[result.count - 1] = Interval(
          family: last.family, first: last.first, last: max(last.last, interval.last))
      } else {
        result.append(interval)
      }
    }
    return result
  }
}
