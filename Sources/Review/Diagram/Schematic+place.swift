extension Schematic {
  /// Turns rows, columns and channels into coordinates: first all heights, as the tracks are ordered by
  /// where their wires come from and go to, and then all widths.
  mutating func place() {
    placeRows()
    shiftPortsApart()
    collectTrackEnds()
    placeColumns()
  }

  // MARK: - Ports

  /// Sorts the ports on each side of each item by where their wires come from.
  mutating func makePorts() {
    for edge in edges {
      let heading = edge.route.levels.first
      guard case .departure(let item, let isLeft) = heading else { continue }
      let hasPort = (isLeft ? items[item].leftPorts : items[item].rightPorts).contains { $0.net == nil }
      if !hasPort { append(Port(net: nil), to: item, isLeft: isLeft) }
    }
    for net in nets.indices { append(Port(net: net), to: nets[net].item, isLeft: nets[net].isLeft) }
    var otherEnds: [Int: [Int]] = [:]
    for edge in edges {
      let leavesLeft = edge.route.turns.first.map { !$0.fromLeft } ?? false
      otherEnds[departureKey(edge.source, isLeft: leavesLeft), default: []].append(
        items[edge.destination].centre)
    }
    for item in items.indices {
      for isLeft in [true, false] {
        let ports = isLeft ? items[item].leftPorts : items[item].rightPorts
        let wishes = ports.map { port in
          let heights =
            port.net.map { nets[$0].sources.sorted().map { items[$0].centre } }
            ?? otherEnds[departureKey(item, isLeft: isLeft)] ?? []
          return heights.reduce(0, +) / max(1, heights.count)
        }
        // Two items that reach each other get parallel wires if what leaves one side on top arrives so.
        let rank = ports.map { isLeft == ($0.net == nil) ? 1 : 0 }
        let order = ports.indices.sorted { (wishes[$0], rank[$0], $0) < (wishes[$1], rank[$1], $1) }
        let sorted = order.map { ports[$0] }
        if isLeft { items[item].leftPorts = sorted } else { items[item].rightPorts = sorted }
      }
      let busiest = max(items[item].leftPorts.count, items[item].rightPorts.count)
      items[item].height = max(ownHeight(of: items[item]), busiest * Size.port)
      spreadPorts(of: item)
    }
  }

  private func departureKey(_ item: Int, isLeft: Bool) -> Int { item * 2 + (isLeft ? 1 : 0) }

  private mutating func append(_ port: Port, to item: Int, isLeft: Bool) {
    if isLeft { items[item].leftPorts.append(port) } else { items[item].rightPorts.append(port) }
  }

  private mutating func spreadPorts(of item: Int) {
    let height = items[item].height
    func first(_ count: Int) -> Int {
      (height - (count - 1) * Size.port) / 2 / Size.wire * Size.wire
    }
    for port in items[item].leftPorts.indices {
      items[item].leftPorts[port].offset = first(items[item].leftPorts.count) + port * Size.port
    }
    for port in items[item].rightPorts.indices {
      items[item].rightPorts[port].offset = first(items[item].rightPorts.count) + port * Size.port
    }
  }

  /// Two ports that face each other at the same height would join wires that have nothing to do with
  /// each other, so the right one of them gives way.
  private mutating func shiftPortsApart() {
    for block in blocks {
      for row in 0..<block.rowCount {
        let members = block.cells.compactMap { $0[row] }
        for (left, right) in zip(members, members.dropFirst()) {
          for shift in [0, Size.wire, -2 * Size.wire] {
            for port in items[right].leftPorts.indices { items[right].leftPorts[port].offset += shift }
            if !isAmbiguous(left, right) { break }
          }
        }
      }
    }
  }

  private func isAmbiguous(_ left: Int, _ right: Int) -> Bool {
    items[left].rightPorts.contains { leftPort in
      items[right].leftPorts.contains { rightPort in
        guard items[left].y + leftPort.offset == items[right].y + rightPort.offset else { return false }
        // One straight wire, from a port that nothing else leaves or into one that nothing else enters.
        guard leftPort.net == nil, let net = rightPort.net, nets[net].sources.contains(left) else {
          return true
        }
        let leaving = edges.filter { $0.source == left && nets[$0.net].isLeft }.count
        return nets[net].sources.count > 1 && leaving > 1
      }
    }
  }

  // MARK: - Heights

  private mutating func placeRows() {
    var byCorridor: [Corridor: [Int]] = [:]
    for lane in lanes.indices { byCorridor[lanes[lane].corridor, default: []].append(lane) }
    var slots = Array(repeating: 0, count: lanes.count)
    var depth: [Corridor: Int] = [:]
    for (corridor, members) in byCorridor {
      let sorted = members.sorted { (lanes[$0].wish, $0) < (lanes[$1].wish, $1) }
      let positions = packed(sorted.map { lanes[$0].span })
      for (lane, position) in zip(sorted, positions) { slots[lane] = position }
      depth[corridor] = (positions.max() ?? -1) + 1
    }
    func room(_ corridor: Corridor, least: Int) -> Int {
      depth[corridor].map { max(least, ($0 + 1) * Size.wire) } ?? least
    }

    var corridorTops: [Corridor: Int] = [:]
    for block in blocks.indices {
      let heights = rowHeights(of: block)
      let isGroup = blocks[block].group != nil
      var height = isGroup ? Size.header : 0
      for index in 0...heights.count {
        let isOuter = index == 0 || index == heights.count
        height += room(.within(block: block, index: index), least: isOuter ? Size.wire : Size.rowGap)
        if index < heights.count { height += heights[index] }
      }
      blocks[block].height = height + (isGroup ? Size.wire : 0)
    }
    stack { column, index in
      room(.between(column: column, index: index), least: index == 0 ? Size.wire : Size.blockGap)
    }
    for block in blocks.indices {
      var y = blocks[block].y + (blocks[block].group == nil ? 0 : Size.header)
      let heights = rowHeights(of: block)
      for index in 0...heights.count {
        let corridor = Corridor.within(block: block, index: index)
        let isOuter = index == 0 || index == heights.count
        corridorTops[corridor] = y
        y += room(corridor, least: isOuter ? Size.wire : Size.rowGap)
        guard index < heights.count else { continue }
        for column in blocks[block].cells {
          guard let item = column[index] else { continue }
          items[item].y = y + (heights[index] - items[item].height) / 2 / Size.wire * Size.wire
        }
        y += heights[index]
      }
    }
    for (column, members) in columns.enumerated() {
      for index in 0...members.count {
        let corridor = Corridor.between(column: column, index: index)
        let space = room(corridor, least: index == 0 ? Size.wire : Size.blockGap)
        corridorTops[corridor] =
          index < members.count
          ? blocks[members[index]].y - space
          : members.last.map { blocks[$0].y + blocks[$0].height } ?? 0
      }
    }
    for lane in lanes.indices {
      let corridor = lanes[lane].corridor
      lanes[lane].y = (corridorTops[corridor] ?? 0) + (slots[lane] + 1) * Size.wire
    }
  }

  func y(of level: Level) -> Int {
    switch level {
    case .lane(let lane): lanes[lane].y
    case .departure(let item, let isLeft): portY(item, isLeft: isLeft, net: nil)
    case .arrival(let net): portY(nets[net].item, isLeft: nets[net].isLeft, net: net)
    }
  }

  private func portY(_ item: Int, isLeft: Bool, net: Int?) -> Int {
    let ports = isLeft ? items[item].leftPorts : items[item].rightPorts
    return items[item].y + (ports.first { $0.net == net }?.offset ?? 0)
  }

  private mutating func collectTrackEnds() {
    for edge in edges {
      for (index, track) in edge.route.tracks.enumerated() {
        let turn = edge.route.turns[index]
        for (level, isLeft) in [
          (edge.route.levels[index], turn.fromLeft), (edge.route.levels[index + 1], turn.toLeft),
        ] {
          let y = y(of: level)
          if isLeft { tracks[track].leftEnds.append(y) } else { tracks[track].rightEnds.append(y) }
        }
      }
    }
  }
}
