extension Schematic {
  private static let deepestLayer = 11
  private static let sweeps = 10
  /// Small pictures may be this wide without regard to their height.
  private static let comfortableWidth = 1800

  /// Decides the column of every block and the cell of every item.
  mutating func arrange() {
    measureItems()
    let edgesByBlock = edgesByBlock
    for block in blocks.indices { arrangeCells(of: block, edges: edgesByBlock[block] ?? []) }
    arrangeColumns()
    reduceCrossings()
  }

  // MARK: - Cells of a block

  private mutating func arrangeCells(of block: Int, edges inBlock: [Int]) {
    let members = blocks[block].items
    let local = Dictionary(members.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var order = LayeredOrder(count: members.count)
    var isConnected = Array(repeating: false, count: members.count)
    var balance = Array(repeating: 0, count: members.count)
    for edge in inBlock {
      let source = local[edges[edge].source]
      let destination = local[edges[edge].destination]
      if let source, let destination {
        order.connect(source, destination)
        if source != destination {
          isConnected[source] = true
          isConnected[destination] = true
        }
      } else {
        if let source { balance[source] += 1 }
        if let destination { balance[destination] -= 1 }
      }
    }
    // Boxes with their labels are about three times as wide as high.
    let widest = max(2, squareRoot(members.count * 2 / 5))
    let tallest = max(4, (members.count + widest - 1) / widest + 1)
    let layers = squeezed(order.layers(deepest: .max), into: widest)
    var columns: [[Int]] = []
    for layer in 0...(layers.max() ?? 0) {
      let inLayer = members.indices.filter { isConnected[$0] && layers[$0] == layer }
      columns += chunks(inLayer, size: tallest)
    }
    for index in members.indices where !isConnected[index] {
      let candidates = columns.indices.filter { columns[$0].count < tallest }
      // What only sends stays on the side where its edges leave.
      let best = candidates.min { left, right in
        let side = balance[index] > 0 ? -1 : 1
        return (columns[left].count, left * side) < (columns[right].count, right * side)
      }
      if let best, !columns.isEmpty { columns[best].append(index) } else { columns.append([index]) }
    }
    let rowCount = columns.map(\.count).max() ?? 0
    blocks[block].cells = columns.map { column in
      let top = (rowCount - column.count) / 2
      return (0..<rowCount).map { $0 >= top && $0 < top + column.count ? members[column[$0 - top]] : nil }
    }
    applyCells(of: block)
  }

  mutating func applyCells(of block: Int) {
    for (column, cells) in blocks[block].cells.enumerated() {
      for (row, item) in cells.enumerated() {
        guard let item else { continue }
        items[item].column = column
        items[item].row = row
      }
    }
  }

  /// Joins neighbouring layers, where there are more of them than the picture has room for.
  private func squeezed(_ layers: [Int], into count: Int) -> [Int] {
    let depth = (layers.max() ?? 0) + 1
    return depth <= count ? layers : layers.map { $0 * count / depth }
  }

  private func chunks(_ indices: [Int], size: Int) -> [[Int]] {
    guard !indices.isEmpty else { return [] }
    let parts = (indices.count + size - 1) / size
    let length = (indices.count + parts - 1) / parts
    return stride(from: 0, to: indices.count, by: length).map {
      Array(indices[$0..<min($0 + length, indices.count)])
    }
  }

  // MARK: - Columns of blocks

  private mutating func arrangeColumns() {
    var order = LayeredOrder(count: blocks.count)
    for edge in edges {
      order.connect(items[edge.source].block, items[edge.destination].block)
    }
    // Where traffic into the cluster comes from stands left of it, where it goes to stands right.
    let sends = Set(edges.map { items[$0.source].block })
    let outside = blocks.indices.filter { isOutside($0) }
    let inside = order
    for block in outside {
      order.weights[block] = [:]
    }
    for block in blocks.indices {
      for other in outside { order.weights[block][other] = nil }
    }
    var layers = order.layers(deepest: Self.deepestLayer).map { $0 + 1 }
    let last = (layers.max() ?? 0) + 1
    for block in outside {
      layers[block] = sends.contains(block) || inside.weights[block].isEmpty == false ? 0 : last
    }
    estimateHeights()
    let area = blocks.reduce(0) { (sum: Int, block) in
      sum + (block.width + 120) * (block.height + Size.blockGap)
    }
    let target = max(560, squareRoot(area) * 3 / 4)
    var inner: [[Int]] = []
    for layer in 1..<last {
      // The hub of the whole cluster goes on top, where it does not look like part of a namespace.
      let members = blocks.indices.filter { layers[$0] == layer }
      inner += stacks(
        of: members.filter { blocks[$0].group == nil } + members.filter { blocks[$0].group != nil },
        target: target)
    }
    columns = stacks(of: blocks.indices.filter { layers[$0] == 0 }, target: target)
    columns += joined(inner)
    columns += stacks(of: blocks.indices.filter { layers[$0] == last }, target: target)
    for (column, members) in columns.enumerated() {
      for block in members { blocks[block].column = column }
    }
  }

  /// Splits what would be a tower into columns of about the target height.
  private func stacks(of members: [Int], target: Int) -> [[Int]] {
    let total = height(of: members)
    let parts = max(1, (total + target / 3) / target)
    var columns: [[Int]] = []
    for block in members {
      if let column = columns.last, height(of: column) < total / parts {
        columns[columns.count - 1].append(block)
      } else {
        columns.append([block])
      }
    }
    return columns
  }

  /// Joins neighbouring columns, the lowest first, until the picture is no longer a ribbon.
  private func joined(_ columns: [[Int]]) -> [[Int]] {
    var columns = columns
    var heights = columns.map { height(of: $0) }
    var widths = columns.map { $0.map { blocks[$0].width }.max() ?? 0 }
    while columns.count > 2 {
      let width = widths.reduce(0, +) + widths.count * 60
      let height = heights.max() ?? 0
      guard width > max(Self.comfortableWidth, height * 7 / 4) else { break }
      let sums: [Int] = zip(heights, heights.dropFirst()).map { $0 + $1 }
      guard let lowest = sums.min(), let first = sums.firstIndex(of: lowest) else { break }
      let joined = columns.remove(at: first + 1)
      columns[first] += joined
      heights[first] = lowest
      heights.remove(at: first + 1)
      widths[first] = max(widths[first], widths[first + 1])
      widths.remove(at: first + 1)
    }
    return columns
  }

  private func height(of column: [Int]) -> Int {
    column.reduce(0) { $0 + blocks[$1].height + Size.blockGap }
  }

  private func isOutside(_ block: Int) -> Bool {
    guard blocks[block].group == nil, let item = blocks[block].items.first else { return false }
    return items[item].bundle.map { bundled.bundles[$0].extent != .cluster } ?? true
  }

  // MARK: - Crossings

  /// Sorts blocks and items by where their neighbours are, and keeps the arrangement with the least
  /// vertical distance to cover, which goes with few crossings.
  private mutating func reduceCrossings() {
    var best = (columns, blocks)
    estimatePositions()
    var shortest = verticalDistance
    for sweep in 0..<Self.sweeps {
      let neighbours = neighbourHeights()
      for column in sweep.isMultiple(of: 2) ? Array(columns.indices) : columns.indices.reversed() {
        columns[column] = sorted(columns[column]) { block in
          let heights = blocks[block].items.flatMap { neighbours[$0] }
          return heights.isEmpty ? blocks[block].y + blocks[block].height / 2 : mean(heights)
        }
      }
      for block in blocks.indices { sortCells(of: block, neighbours: neighbours) }
      estimatePositions()
      let distance = verticalDistance
      if distance < shortest {
        shortest = distance
        best = (columns, blocks)
      }
    }
    (columns, blocks) = best
    for block in blocks.indices { applyCells(of: block) }
    estimatePositions()
  }

  private mutating func sortCells(of block: Int, neighbours: [[Int]]) {
    let rowCount = blocks[block].rowCount
    guard rowCount > 1 else { return }
    let rowHeight = max(1, blocks[block].height / rowCount)
    for column in blocks[block].cells.indices {
      let members = blocks[block].cells[column].compactMap(\.self)
      let wish = { [items] (item: Int) in
        neighbours[item].isEmpty ? items[item].centre : mean(neighbours[item])
      }
      var cells: [Int?] = Array(repeating: nil, count: rowCount)
      var next = 0
      for (index, item) in sorted(members, by: wish).enumerated() {
        let row = (wish(item) - blocks[block].y - Size.header) / rowHeight
        let chosen = max(next, min(row, rowCount - members.count + index))
        cells[chosen] = item
        next = chosen + 1
      }
      blocks[block].cells[column] = cells
    }
    applyCells(of: block)
  }

  private func neighbourHeights() -> [[Int]] {
    var heights: [[Int]] = Array(repeating: [], count: items.count)
    for edge in edges where edge.source != edge.destination {
      heights[edge.source].append(items[edge.destination].centre)
      heights[edge.destination].append(items[edge.source].centre)
    }
    return heights
  }

  private var verticalDistance: Int {
    edges.reduce(0) { $0 + abs(items[$1.source].centre - items[$1.destination].centre) }
  }

  private func sorted(_ elements: [Int], by wish: (Int) -> Int) -> [Int] {
    elements.map { ($0, wish($0)) }.enumerated()
      .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
  }

  private var edgesByBlock: [Int: [Int]] {
    var result: [Int: [Int]] = [:]
    for (index, edge) in edges.enumerated() {
      let (source, destination) = (items[edge.source].block, items[edge.destination].block)
      result[source, default: []].append(index)
      if source != destination { result[destination, default: []].append(index) }
    }
    return result
  }
}

private func mean(_ values: [Int]) -> Int {
  values.reduce(0, +) / max(1, values.count)
}

private func squareRoot(_ value: Int) -> Int {
  Int(Double(value).squareRoot().rounded(.up))
}
