extension Schematic {
  private static let padding = 16

  /// Gives every channel the width that its tracks need, and with it every item its x coordinate.
  mutating func placeColumns() {
    var byGutter: [Gutter: [Int]] = [:]
    for track in tracks.indices where tracks[track].top < tracks[track].bottom {
      byGutter[tracks[track].gutter, default: []].append(track)
    }
    var slots = Array(repeating: 0, count: tracks.count)
    var depth: [Gutter: Int] = [:]
    for (gutter, members) in byGutter {
      let sorted = members.sorted { turnOrder(of: $0) < turnOrder(of: $1) }
      // Two wires that meet end to end would look like one.
      let positions = packed(sorted.map { tracks[$0].top - 4...tracks[$0].bottom + 4 })
      for (track, position) in zip(sorted, positions) { slots[track] = position }
      depth[gutter] = (positions.max() ?? -1) + 1
    }
    func room(_ gutter: Gutter, least: Int) -> Int {
      max(least, ((depth[gutter] ?? 0) + 1) * Size.wire)
    }

    var gutterStarts: [Gutter: Int] = [:]
    var x = Size.margin
    for column in columns.indices {
      gutterStarts[.major(column)] = x
      x += room(.major(column), least: column == 0 ? 0 : 40)
      for block in columns[column] { blocks[block].width = placeCells(of: block, room: room) }
      let width = columns[column].map { blocks[$0].width }.max() ?? 0
      for block in columns[column] {
        let start = x + (width - blocks[block].width) / 2
        for item in blocks[block].items { items[item].x += start }
        for index in blocks[block].cells.indices {
          let gutter = Gutter.inner(block: block, index: index)
          gutterStarts[gutter] = start + (innerStart[gutter] ?? 0)
        }
        blocks[block].x = x
        blocks[block].width = width
      }
      x += width
    }
    gutterStarts[.major(columns.count)] = x
    x += depth[.major(columns.count)] == nil ? 0 : room(.major(columns.count), least: 0)
    width = x + Size.margin
    for track in tracks.indices {
      tracks[track].x = (gutterStarts[tracks[track].gutter] ?? 0) + (slots[track] + 1) * Size.wire
    }
  }

  /// Places the items of a block from x = 0 and returns the width they need.
  private mutating func placeCells(of block: Int, room: (Gutter, Int) -> Int) -> Int {
    let outerPadding = blocks[block].group == nil ? 0 : Self.padding
    var x = outerPadding
    for (index, column) in blocks[block].cells.enumerated() {
      let members = column.compactMap(\.self)
      if index > 0 {
        let gutter = Gutter.inner(block: block, index: index)
        innerStart[gutter] = x
        x += room(gutter, 24)
      }
      x += members.map { labelRoom(of: items[$0], isLeft: true) }.max() ?? 0
      let width = members.map { items[$0].width }.max() ?? 0
      // Boxes of equal width look calm, unless one of them is a frame around many.
      let isUniform = !members.contains { showsMembers(items[$0]) }
      for item in members {
        items[item].x = x
        if isUniform { items[item].width = width }
      }
      x += members.map { max(width, items[$0].width + labelRoom(of: items[$0], isLeft: false)) }.max() ?? 0
    }
    return x + outerPadding
  }

  private func labelRoom(of item: Item, isLeft: Bool) -> Int {
    let widths = (isLeft ? item.leftPorts : item.rightPorts).compactMap { $0.net.map { labelWidth(of: $0) } }
    return widths.max().map { $0 + Size.arrow + Size.wire } ?? 0
  }

  func labelText(of net: Int) -> String {
    TextMeasure.fit(nets[net].label, width: Self.widestLabel, size: FontSize.label)
  }

  func labelWidth(of net: Int) -> Int {
    nets[net].label.isEmpty ? 0 : TextMeasure.width(of: labelText(of: net), size: FontSize.label) + 12
  }

  /// Sorts the tracks of a channel so that few wires cross: of those that go up, the upper ones turn
  /// first, of those that go down, the lower ones; wires that turn back hug the side they return to.
  private func turnOrder(of track: Int) -> (Int, Int, Int) {
    let track = (value: tracks[track], number: track)
    let (left, right) = (track.value.leftEnds, track.value.rightEnds)
    guard !left.isEmpty else { return (3, track.value.top - track.value.bottom, track.number) }
    guard !right.isEmpty else { return (0, track.value.bottom - track.value.top, track.number) }
    let (from, to) = (left.reduce(0, +) / left.count, right.reduce(0, +) / right.count)
    return to < from ? (1, from, track.number) : (2, -from, track.number)
  }
}
