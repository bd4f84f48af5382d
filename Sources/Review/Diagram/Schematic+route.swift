extension Schematic {
  /// Decides for each edge the side it leaves and arrives on, and the channels in between.
  ///
  /// Edges to the right leave right and arrive left, edges to the left the other way round, and edges
  /// within a column leave and arrive right. Between columns, a wire passes above or below the blocks;
  /// inside a namespace it passes through empty cells or between rows.
  mutating func route() {
    var router = Router(lanes: [:], tracks: [:])
    makeNets()
    for edge in edges.indices {
      edges[edge].route = path(of: edge, router: &router)
    }
    makePorts()
  }

  struct Router {
    struct LaneKey: Hashable {
      var corridor: Corridor
      var key: Int
    }
    struct TrackKey: Hashable {
      var gutter: Gutter
      var key: Int
    }
    var lanes: [LaneKey: Int]
    var tracks: [TrackKey: Int]
  }

  private struct NetKey: Hashable {
    var item: Int
    var isLeft: Bool
    var label: String
    var isUndefined: Bool
  }

  private mutating func makeNets() {
    var numbers: [NetKey: Int] = [:]
    for edge in edges.indices {
      let bundledEdge = bundled.edges[edges[edge].bundled]
      let key = NetKey(
        item: edges[edge].destination, isLeft: heading(of: edges[edge]) > 0, label: bundledEdge.label,
        isUndefined: bundledEdge.isUndefined)
      let net = numbers[key] ?? nets.count
      if net == nets.count {
        numbers[key] = net
        nets.append(
          Net(item: key.item, isLeft: key.isLeft, label: key.label, isUndefined: key.isUndefined))
      }
      nets[net].sources.insert(edges[edge].source)
      edges[edge].net = net
    }
  }

  /// 1 to the right, −1 to the left, 0 within a column.
  private func heading(of edge: Edge) -> Int {
    let (source, destination) = (items[edge.source], items[edge.destination])
    let (from, to) = (blocks[source.block].column, blocks[destination.block].column)
    if from != to { return (to - from).signum() }
    return source.block == destination.block ? (destination.column - source.column).signum() : 0
  }

  private func sourceKey(_ item: Int, isLeft: Bool) -> Int { item * 2 + (isLeft ? 1 : 0) }
  private func netKey(_ net: Int) -> Int { items.count * 2 + net }

  // MARK: - Channels of one edge

  private mutating func path(of index: Int, router: inout Router) -> Route {
    let edge = edges[index]
    let heading = heading(of: edge)
    let (source, destination) = (items[edge.source], items[edge.destination])
    let leavesLeft = heading < 0
    let own = sourceKey(edge.source, isLeft: leavesLeft)
    let net = netKey(edge.net)
    var route = Route(levels: [.departure(item: edge.source, isLeft: leavesLeft)])
    let forth = (fromLeft: !leavesLeft, toLeft: leavesLeft)
    let back = (fromLeft: true, toLeft: true)
    func turn(_ gutter: Gutter, _ key: Int, _ turn: (fromLeft: Bool, toLeft: Bool)) {
      route.tracks.append(track(in: gutter, key: key, router: &router))
      route.turns.append(turn)
    }
    func run(_ corridor: Corridor, _ key: Int, _ span: ClosedRange<Int>, _ wish: Int) {
      let lane = lane(in: corridor, key: key, span: span, wish: wish, router: &router)
      route.levels.append(.lane(lane))
    }

    if source.block == destination.block {
      let first = gutter(beside: source, isLeft: leavesLeft)
      let last = gutter(beside: destination, isLeft: heading > 0)
      if heading == 0 || first == last || isFree(beside: destination, until: source.column) {
        turn(first, net, heading == 0 ? back : forth)
      } else if isFree(beside: source, until: destination.column) {
        turn(last, net, forth)
      } else {
        turn(first, net, forth)
        run(
          corridor(beside: source, toward: destination.centre), net,
          span(source.column, destination.column), destination.centre)
        turn(last, net, forth)
      }
      route.levels.append(.arrival(net: edge.net))
      return route
    }

    let (from, to) = (blocks[source.block].column, blocks[destination.block].column)
    if !isFree(beside: source, until: leavesLeft ? -1 : .max) {
      turn(gutter(beside: source, isLeft: leavesLeft), own, forth)
      run(
        corridor(beside: source, toward: destination.centre), own,
        outward(of: source, isLeft: leavesLeft), destination.centre)
    }
    let arrivesLeft = heading > 0
    var crossing = leavesLeft ? from : from + 1
    turn(.major(crossing), net, heading == 0 ? back : forth)
    while crossing != (arrivesLeft ? to : to + 1) {
      let passed = arrivesLeft ? crossing : crossing - 1
      let (corridor, y) = passage(through: passed, toward: destination.centre, from: source.centre)
      run(corridor, net, 0...0, y)
      crossing += arrivesLeft ? 1 : -1
      turn(.major(crossing), net, forth)
    }
    if !isFree(beside: destination, until: arrivesLeft ? -1 : .max) {
      run(
        corridor(beside: destination, toward: source.centre), net,
        outward(of: destination, isLeft: arrivesLeft), source.centre)
      turn(
        gutter(beside: destination, isLeft: arrivesLeft), net,
        arrivesLeft ? (fromLeft: true, toLeft: false) : (fromLeft: false, toLeft: true))
    }
    route.levels.append(.arrival(net: edge.net))
    return route
  }

  private func gutter(beside item: Item, isLeft: Bool) -> Gutter {
    let block = blocks[item.block]
    if isLeft {
      return item.column == 0 ? .major(block.column) : .inner(block: item.block, index: item.column)
    }
    return item.column == block.cells.count - 1
      ? .major(block.column + 1) : .inner(block: item.block, index: item.column + 1)
  }

  /// Whether all cells in the row of the item are empty on the way to another grid column.
  private func isFree(beside item: Item, until column: Int) -> Bool {
    let cells = blocks[item.block].cells
    let end = min(max(column, -1), cells.count)
    let between = end > item.column ? item.column + 1..<end : end + 1..<item.column
    return between.allSatisfy { cells[$0][item.row] == nil }
  }

  private func corridor(beside item: Item, toward y: Int) -> Corridor {
    .within(block: item.block, index: y < item.centre ? item.row : item.row + 1)
  }

  private func span(_ first: Int, _ second: Int) -> ClosedRange<Int> {
    min(first, second) + 1...max(first, second)
  }

  private func outward(of item: Item, isLeft: Bool) -> ClosedRange<Int> {
    isLeft ? 0...item.column : item.column + 1...blocks[item.block].cells.count
  }

  /// The way past a column of blocks that is nearest to the straight line.
  private func passage(through column: Int, toward y: Int, from start: Int) -> (Corridor, Int) {
    var best = (index: 0, distance: Int.max, y: 0)
    for index in 0...columns[column].count {
      let height =
        index < columns[column].count
        ? blocks[columns[column][index]].y
        : columns[column].last.map { blocks[$0].y + blocks[$0].height } ?? 0
      let distance = abs(height - y) + abs(height - start)
      if distance < best.distance { best = (index, distance, height) }
    }
    return (.between(column: column, index: best.index), y)
  }

  private mutating func lane(
    in corridor: Corridor, key: Int, span: ClosedRange<Int>, wish: Int, router: inout Router
  ) -> Int {
    let laneKey = Router.LaneKey(corridor: corridor, key: key)
    if let lane = router.lanes[laneKey] {
      let known = lanes[lane].span
      lanes[lane].span = min(known.lowerBound, span.lowerBound)...max(known.upperBound, span.upperBound)
      return lane
    }
    router.lanes[laneKey] = lanes.count
    lanes.append(Lane(corridor: corridor, key: key, span: span, wish: wish))
    return lanes.count - 1
  }

  private mutating func track(in gutter: Gutter, key: Int, router: inout Router) -> Int {
    let trackKey = Router.TrackKey(gutter: gutter, key: key)
    if let track = router.tracks[trackKey] { return track }
    router.tracks[trackKey] = tracks.count
    tracks.append(Track(gutter: gutter, key: key))
    return tracks.count - 1
  }
}
