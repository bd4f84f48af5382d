/// Numbers for ranks that keep their order.
struct Places {
  /// The number of the first place of each rank that has one.
  let first: [Int: Int]

  /// - Parameters:
  ///   - widths: how many places in a row each rank needs.
  ///   - range: the numbers there are. Ranks stay what they are when all of them fit, else they are counted from the
  ///     start; the last ones get no place when there are too many.
  init(widths: [Int: Int], in range: ClosedRange<Int>) {
    let ranks = widths.sorted { $0.key < $1.key }
    let ends = ranks.map { $0.key + $0.value }
    let isOrdered = zip(ends, ranks.dropFirst()).allSatisfy { $0 <= $1.key }
    if isOrdered, let start = ranks.first?.key, let end = ends.last, start >= range.lowerBound,
      end - 1 <= range.upperBound
    {
      first = Dictionary(uniqueKeysWithValues: ranks.map { ($0.key, $0.key) })
      return
    }
    var next = range.lowerBound
    var first: [Int: Int] = [:]
    for (rank, width) in ranks {
      if next + width - 1 > range.upperBound { break }
      first[rank] = next
      next += width
    }
    self.first = first
  }
}

extension Array {
  /// The elements in lists of at most `count`.
  func chunked(_ count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
  }
}
