/// Assigns the vertices of a weighted directed graph to layers so that most of the weight points from
/// a lower to a higher layer.
///
/// Cycles are broken by the greedy order of Eades, Lin and Smyth: O(vertices² + edges) with a small
/// constant, and ties are broken by the vertex number, so the result is the same everywhere.
struct LayeredOrder {
  /// The weight of the connection between each ordered pair.
  var weights: [[Int: Int]]

  init(count: Int) {
    weights = Array(repeating: [:], count: count)
  }

  mutating func connect(_ source: Int, _ destination: Int, weight: Int = 1) {
    guard source != destination else { return }
    weights[source][destination, default: 0] += weight
  }

  /// The layer of each vertex, from 0 to at most `deepest`.
  func layers(deepest: Int) -> [Int] {
    let order = vertexOrder()
    var position = Array(repeating: 0, count: order.count)
    for (index, vertex) in order.enumerated() { position[vertex] = index }
    var layers = Array(repeating: 0, count: order.count)
    for vertex in order {
      for successor in weights[vertex].keys where position[successor] > position[vertex] {
        layers[successor] = max(layers[successor], min(deepest, layers[vertex] + 1))
      }
    }
    // A pure source belongs right before what it reaches, not at the far end of the picture.
    let reached = Set(weights.flatMap(\.keys))
    for vertex in order.reversed() where !reached.contains(vertex) {
      let nearest = weights[vertex].keys.map { layers[$0] }.min() ?? 0
      layers[vertex] = max(layers[vertex], nearest - 1)
    }
    return layers
  }

  private func vertexOrder() -> [Int] {
    var incoming = Array(repeating: 0, count: weights.count)
    var outgoing = Array(repeating: 0, count: weights.count)
    var sources: [[Int: Int]] = Array(repeating: [:], count: weights.count)
    for vertex in weights.indices {
      for (destination, weight) in weights[vertex] {
        outgoing[vertex] += weight
        incoming[destination] += weight
        sources[destination][vertex] = weight
      }
    }
    var start: [Int] = []
    var end: [Int] = []
    var remaining = Array(weights.indices)
    func release(_ vertex: Int) {
      for (destination, weight) in weights[vertex] { incoming[destination] -= weight }
      for (source, weight) in sources[vertex] { outgoing[source] -= weight }
    }
    while !remaining.isEmpty {
      let free = remaining.filter { incoming[$0] == 0 || outgoing[$0] == 0 }
      if free.isEmpty {
        let best = remaining.max {
          (outgoing[$0] - incoming[$0], $1) < (outgoing[$1] - incoming[$1], $0)
        }
        guard let best else { break }
        start.append(best)
        release(best)
        remaining.removeAll { $0 == best }
      } else {
        for vertex in free {
          if incoming[vertex] == 0 { start.append(vertex) } else { end.append(vertex) }
          release(vertex)
        }
        let released = Set(free)
        remaining.removeAll { released.contains($0) }
      }
    }
    return start + end.reversed()
  }
}
