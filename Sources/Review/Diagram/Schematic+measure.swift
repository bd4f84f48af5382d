extension Schematic {
  enum FontSize {
    static let name = 13
    static let detail = 10
    static let label = 10
    static let group = 13
  }

  static let widestName = 190
  static let widestLabel = 150

  /// Gives every item its width, and a height that fits the edges which will most likely dock there.
  mutating func measureItems() {
    var labels: [Set<String>] = Array(repeating: [], count: items.count)
    for edge in edges { labels[edge.destination].insert(bundled.edges[edge.bundled].label) }
    for item in items.indices {
      items[item].height = max(ownHeight(of: items[item]), labels[item].count * Size.port)
      if showsMembers(items[item]) {
        let grid = memberGrid(of: items[item])
        items[item].width = grid.columns * (grid.memberWidth + Size.wire) + Size.wire
      } else {
        let text = caption(of: items[item])
        let content = max(
          TextMeasure.width(of: text.name, size: FontSize.name),
          TextMeasure.width(of: text.detail, size: FontSize.detail))
        items[item].width = max(112, min(content, Self.widestName) + 28)
      }
    }
  }

  func ownHeight(of item: Item) -> Int {
    guard showsMembers(item) else { return Size.node }
    return Size.port + memberGrid(of: item).rows * (Size.member + Size.wire)
  }

  /// How the members of a set of alike nodes are laid out inside its frame.
  func memberGrid(of item: Item) -> (columns: Int, rows: Int, memberWidth: Int) {
    let count = item.members.count
    let widest = item.members.prefix(500).reduce(96) { widest, member in
      let node = bundled.diagram.nodes[member]
      return max(
        widest, TextMeasure.width(of: node.name, size: FontSize.name) + 28,
        TextMeasure.width(of: node.detail, size: FontSize.detail) + 28)
    }
    let memberWidth = min(widest, Self.widestName)
    let square = (Double(count * (Size.member + Size.wire)) / Double(memberWidth)).squareRoot()
    let columns = count <= 5 ? 1 : max(2, Int(square.rounded(.up)))
    return (columns, (count + columns - 1) / columns, memberWidth)
  }

  func caption(of item: Item) -> (name: String, detail: String) {
    if let bundle = item.bundle.map({ bundled.bundles[$0] }) {
      let place = bundle.extent == .cluster ? " in all namespaces" : ""
      return (bundled.title(of: bundle), "\(bundle.members.count) workloads\(place)")
    }
    let node = bundled.diagram.nodes[item.members[0]]
    guard node.kind == .hostNetwork else { return (node.name, node.detail) }
    return (node.name, node.detail.isEmpty ? "host network" : "\(node.detail) · host network")
  }

  // MARK: - Estimates that the arrangement is judged by

  mutating func estimateHeights() {
    for block in blocks.indices {
      let heights = rowHeights(of: block)
      let header = blocks[block].group == nil ? 0 : Size.header + 2 * Size.rowGap
      blocks[block].height = header + heights.reduce(0) { $0 + $1 + Size.rowGap }
      blocks[block].width = blocks[block].cells.reduce(0) { width, column in
        width + 120 + (column.compactMap { $0.map { items[$0].width } }.max() ?? 0)
      }
    }
  }

  func rowHeights(of block: Int) -> [Int] {
    (0..<blocks[block].rowCount).map { row in
      blocks[block].cells.reduce(Size.node) { max($0, $1[row].map { items[$0].height } ?? 0) }
    }
  }

  mutating func estimatePositions() {
    estimateHeights()
    stack { _, _ in Size.blockGap }
    for block in blocks.indices {
      var y = blocks[block].y + (blocks[block].group == nil ? 0 : Size.header + Size.rowGap)
      for (row, height) in rowHeights(of: block).enumerated() {
        for column in blocks[block].cells {
          guard let item = column[row] else { continue }
          items[item].y = y + (height - items[item].height) / 2
        }
        y += height + Size.rowGap
      }
    }
  }

  /// Stacks the blocks of each column around a common middle.
  ///
  /// All y coordinates of a column are multiples of 8, in odd columns plus 4. Wires that come from the
  /// left of a channel can therefore never run on top of wires that leave to its right.
  mutating func stack(gap: (_ column: Int, _ index: Int) -> Int) {
    let heights = columns.enumerated().map { column, members in
      members.enumerated().reduce(gap(column, members.count)) {
        $0 + gap(column, $1.offset) + blocks[$1.element].height
      }
    }
    let tallest = heights.max() ?? 0
    for (column, members) in columns.enumerated() {
      var y = (tallest - heights[column]) / 2 / Size.wire * Size.wire
      y += Size.titleHeight + (column.isMultiple(of: 2) ? 0 : Size.wire / 2)
      for (index, block) in members.enumerated() {
        y += gap(column, index)
        blocks[block].y = y
        y += blocks[block].height
      }
    }
    height = tallest + Size.titleHeight
  }
}
