/// Rows of bits, for the transposed ingress relation: row = source, column = group of an ingress row.
struct BitMatrix: Sendable {
  private let wordsPerRow: Int
  private var words: [UInt64]

  init(rows: Int, columns: Int) {
    wordsPerRow = (columns + 63) / 64
    words = [UInt64](repeating: 0, count: rows * wordsPerRow)
  }

  /// Sets bit `column` in every row of the set. O(members).
  mutating func insert(column: Int, rows: BitSet) {
    let offset = column >> 6
    let bit: UInt64 = 1 << UInt64(column & 63)
    rows.forEach { words[$0 * wordsPerRow + offset] |= bit }
  }

  /// Calls `body` for each column of a row, ascending.
  @inline(__always)
  func forEachColumn(of row: Int, _ body: (Int) -> Void) {
    let start = row * wordsPerRow
    for index in 0..<wordsPerRow {
      var word = words[start + index]
      while word != 0 {
        body(index << 6 | word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }
}
