/// A set of port numbers 1…65535 as sorted, disjoint, non-adjacent ranges.
package struct PortSet: Sendable, Hashable {
  package private(set) var ranges: [ClosedRange<UInt16>]

  package static let none = PortSet(ranges: [])
  package static let all = PortSet(ranges: [1...65535])

  private init(ranges: [ClosedRange<UInt16>]) { self.ranges = ranges }

  package init(_ range: ClosedRange<UInt16>) { ranges = [range] }

  package init(_ port: UInt16) { ranges = [port...port] }

  /// Any ranges of any order. O(n log n): many ports at once, where one union after the other is O(n²).
  package init(unsorted: some Sequence<ClosedRange<UInt16>>) {
    ranges = []
    for range in unsorted.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  /// Any numbers in any order; 0 is no port.
  package init(_ ports: [UInt16]) {
    self.init(unsorted: ports.lazy.filter { $0 > 0 }.map { $0...$0 })
  }

  package var isEmpty: Bool { ranges.isEmpty }
  package var isAll: Bool { ranges.count == 1 && ranges[0] == 1...65535 }

  /// O(log ranges).
  package func contains(_ port: UInt16) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < port { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= port
  }

  /// O(n + m).
  package func union(_ other: PortSet) -> PortSet {
    if other.isEmpty || isAll || self == other { return self }
    if isEmpty || other.isAll { return other }
    var result: [ClosedRange<UInt16>] = []
    result.reserveCapacity(ranges.count + other.ranges.count)
    var i = 0
    var j = 0
    while i < ranges.count || j < other.ranges.count {
      let isOwn =
        j == other.ranges.count || i < ranges.count && ranges[i].lowerBound <= other.ranges[j].lowerBound
      let next = isOwn ? ranges[i] : other.ranges[j]
      if isOwn { i += 1 } else { j += 1 }
      if let last = result.last, Int(next.lowerBound) <= Int(last.upperBound) + 1 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
      } else {
        result.append(next)
      }
    }
    return PortSet(ranges: result)
  }

  /// O(n + m).
  package func intersection(_ other: PortSet) -> PortSet {
    if isEmpty || other.isAll { return self }
    if other.isEmpty || isAll { return other }
    var result: [ClosedRange<UInt16>] = []
    var i = 0
    var j = 0
    while i < ranges.count, j < other.ranges.count {
      let first = max(ranges[i].lowerBound, other.ranges[j].lowerBound)
      let last = min(ranges[i].upperBound, other.ranges[j].upperBound)
      if first <= last { result.append(first...last) }
      if ranges[i].upperBound < other.ranges[j].upperBound { i += 1 } else { j += 1 }
    }
    return PortSet(ranges: result)
  }

  /// O(n + m); allocates nothing.
  package func intersects(_ other: PortSet) -> Bool {
    var i = 0
    var j = 0
    while i < ranges.count, j < other.ranges.count {
      if ranges[i].overlaps(other.ranges[j]) { return true }
      if ranges[i].upperBound < other.ranges[j].upperBound { i += 1 } else { j += 1 }
    }
    return false
  }

  package func subtracting(_ other: PortSet) -> PortSet {
    if other.isAll { return .none }
    if !intersects(other) { return self }
    var result: [ClosedRange<UInt16>] = []
    result.reserveCapacity(ranges.count + other.ranges.count)
    var j = 0
    for range in ranges {
      var next = Int(range.lowerBound)
      let last = Int(range.upperBound)
      while j < other.ranges.count, Int(other.ranges[j].upperBound) < next { j += 1 }
      var hole = j
      while hole < other.ranges.count, Int(other.ranges[hole].lowerBound) <= last {
        let (start, end) = (Int(other.ranges[hole].lowerBound), Int(other.ranges[hole].upperBound))
        if next < start { result.append(UInt16(next)...UInt16(start - 1)) }
        next = end + 1
        hole += 1
      }
      if next <= last { result.append(UInt16(next)...UInt16(last)) }
    }
    return PortSet(ranges: result)
  }

  package var complement: PortSet {
    var result: [ClosedRange<UInt16>] = []
    var next = 1
    for range in ranges {
      if next < Int(range.lowerBound) { result.append(UInt16(next)...(range.lowerBound - 1)) }
      next = Int(range.upperBound) + 1
    }
    if next <= 65535 { result.append(UInt16(next)...65535) }
    return PortSet(ranges: result)
  }
}

extension PortSet {
  /// All ranges at once: sets of ports are looked up more often than anything else while rows are made.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(ranges.count)
    ranges.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension PortSet: CustomStringConvertible {
  /// `80,8000-8100`; `all ports`; `no port`.
  package var description: String {
    if isEmpty { return "no port" }
    if self == .all { return "all ports" }
    return ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }.joined(separator: ",")
  }
}
