internal import Kubernetes
internal import PolicyModel

/// The address space, cut where the addresses begin and end that a document itself names.
struct WrittenNetworks: Sendable {
  /// Addresses of one family that the same written sources name.
  struct Part: Sendable {
    let first: IPAddress
    let last: IPAddress
    /// Ascending.
    let sources: [SourceNumber]
  }

  /// Ascending and disjoint, only those that any source names.
  let parts: [Part]

  /// O(n log n + parts × sources that overlap).
  init(_ table: SourceTable) {
    var parts: [Part] = []
    for family in AddressFamily.allCases {
      var borders: [(bits: UInt128, source: SourceNumber, isStart: Bool)] = []
      for (number, entry) in table.entries.enumerated() {
        for interval in entry.written?.intervals ?? [] where interval.family == family {
          borders.append((interval.first, SourceNumber(number), true))
          if interval.last < family.lastBits {
            borders.append((interval.last + 1, SourceNumber(number), false))
          }
        }
      }
      borders.sort { $0.bits < $1.bits }
      var open: Set<SourceNumber> = []
      for (place, border) in borders.enumerated() {
        if border.isStart { open.insert(border.source) } else { open.remove(border.source) }
        let next = place + 1 < borders.count ? borders[place + 1].bits : nil
        if open.isEmpty || next == border.bits { continue }
        parts.append(
          Part(
            first: IPAddress(family, bits: border.bits),
            last: IPAddress(family, bits: next.map { $0 - 1 } ?? family.lastBits), sources: open.sorted()))
      }
    }
    self.parts = parts
  }

  /// Sources whose written addresses contain the address. O(log parts).
  func sources(of address: IPAddress) -> [SourceNumber] {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].last < address { low = middle + 1 } else { high = middle }
    }
    guard low < parts.count, parts[low].first <= address else { return [] }
    return parts[low].sources
  }
}
