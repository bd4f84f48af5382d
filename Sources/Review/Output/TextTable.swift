/// A table with aligned columns for people.
package struct TextTable {
  private var rows: [[String]]
  /// Columns whose cells stand at the right.
  private let rightAligned: Set<Int>
  private let indent: String

  /// - Parameter indent: how many blanks stand before each line.
  package init(_ header: [String], rightAligned: Set<Int> = [], indent: Int = 2) {
    rows = [header]
    self.rightAligned = rightAligned
    self.indent = String(repeating: " ", count: indent)
  }

  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The lines, indented, without blanks at their ends; the first is the header.
  package var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? padding + cell : cell + padding
      }
      let line = indent + cells.joined(separator: "  ")
      return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.endIndex)])
    }
  }
}
