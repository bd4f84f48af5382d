extension Schematic {
  /// A horizontal channel, in which lanes run.
  enum Corridor: Hashable {
    /// Above row `index` of a block, or below its last row.
    case within(block: Int, index: Int)
    /// Above block `index` of a column, or below its last block.
    case between(column: Int, index: Int)
  }

  /// A vertical channel, in which tracks run.
  enum Gutter: Hashable {
    /// Left of a column of blocks, or right of the last one.
    case major(Int)
    /// Left of grid column `index` of a block; never its first.
    case inner(block: Int, index: Int)
  }

  /// A horizontal wire; wires with the same key may share it, as they have an end in common.
  struct Lane {
    var corridor: Corridor
    var key: Int
    /// The grid columns that it passes; everything, where it passes a whole column of blocks.
    var span: ClosedRange<Int>
    /// The height that would be the shortest way.
    var wish: Int
    var y = 0
  }

  /// A vertical wire; wires with the same key may share it, as they have an end in common.
  struct Track {
    var gutter: Gutter
    var key: Int
    var leftEnds: [Int] = []
    var rightEnds: [Int] = []
    var x = 0
    var top: Int { min(leftEnds.min() ?? .max, rightEnds.min() ?? .max) }
    var bottom: Int { max(leftEnds.max() ?? .min, rightEnds.max() ?? .min) }
  }

  /// The height at which a wire runs between two tracks.
  enum Level {
    case departure(item: Int, isLeft: Bool)
    case lane(Int)
    case arrival(net: Int)
  }

  /// Levels and the tracks between them: always one level more than there are tracks.
  struct Route {
    var levels: [Level] = []
    var tracks: [Int] = []
    /// For each track, whether the wire comes from its left and whether it leaves to its left.
    var turns: [(fromLeft: Bool, toLeft: Bool)] = []
  }
}

/// Gives each of the ordered intervals the lowest position after all overlapping ones before it.
/// O(count²) at worst; channels with that many wires are cut by the limit on edges.
func packed(_ intervals: [ClosedRange<Int>]) -> [Int] {
  var positions: [Int] = []
  positions.reserveCapacity(intervals.count)
  for (index, interval) in intervals.enumerated() {
    var position = 0
    for earlier in 0..<index where intervals[earlier].overlaps(interval) {
      position = max(position, positions[earlier] + 1)
    }
    positions.append(position)
  }
  return positions
}
