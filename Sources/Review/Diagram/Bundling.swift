/// The work of `Diagram.bundled()`: replaces complete sets of edges between items, where an item is a
/// node or a set of nodes that no edge tells apart.
struct Bundling {
  private struct Pair: Hashable, Comparable {
    var source: Int
    var destination: Int

    static func < (left: Pair, right: Pair) -> Bool {
      (left.source, left.destination) < (right.source, right.destination)
    }
  }

  private(set) var bundles: [BundledDiagram.Bundle] = []
  private(set) var edges: [BundledDiagram.Edge] = []

  private var items: [[Int]] = []
  private var endpoints: [BundledDiagram.Endpoint] = []
  private var itemOfNode: [Int]
  private var groupOfItem: [Int?] = []
  private var groupNames: [String]
  private var groupItems: [[Int]]
  private var hubOfGroup: [Int: Int] = [:]
  private var clusterHub: Int?

  // Of the label at hand.
  private var remaining: Set<Pair> = []
  private var selfReaching: Set<Int> = []
  private var label = ""
  private var isUndefined = false

  init(nodes: [Diagram.Node], classes: [[Int]]) {
    itemOfNode = Array(repeating: -1, count: nodes.count)
    groupNames = Set(nodes.compactMap(\.group)).sorted()
    groupItems = Array(repeating: [], count: groupNames.count)
    let numbers = Dictionary(
      groupNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for members in classes {
      let group = nodes[members[0]].group
      bundles.append(.init(extent: .alike, group: group, members: members))
      append(members, as: .bundle(bundles.count - 1), group: group.flatMap { numbers[$0] })
    }
    for node in nodes.indices where itemOfNode[node] < 0 {
      append([node], as: .node(node), group: nodes[node].group.flatMap { numbers[$0] })
    }
  }

  private mutating func append(_ members: [Int], as endpoint: BundledDiagram.Endpoint, group: Int?) {
    for member in members { itemOfNode[member] = items.count }
    if let group { groupItems[group].append(items.count) }
    groupOfItem.append(group)
    endpoints.append(endpoint)
    items.append(members)
  }

  /// Adds all edges of one label.
  mutating func add(_ links: ArraySlice<AlikeNodes.Link>, label: String, isUndefined: Bool) {
    self.label = label
    self.isUndefined = isUndefined
    remaining.removeAll(keepingCapacity: true)
    selfReaching.removeAll(keepingCapacity: true)
    for link in links {
      let source = itemOfNode[link.source]
      if link.source == link.destination {
        selfReaching.insert(source)
      } else {
        remaining.insert(Pair(source: source, destination: itemOfNode[link.destination]))
      }
    }
    takeCluster()
    takeGroups()
    takeRowsAndColumns()
    for pair in remaining.sorted() { emit([pair.source], [pair.destination]) }
    for item in selfReaching.sorted() { emit([item], [item]) }
  }

  // MARK: - From the largest set to the smallest

  private mutating func takeCluster() {
    guard groupItems.count > 1 else { return }
    let cluster = groupItems.flatMap(\.self)
    // With two items, a hub would add a box and save next to nothing.
    guard cluster.count > 2 else { return }
    take(cluster, cluster)
    let smallest = cluster.count - 1
    for item in frequent(remaining.map(\.source), atLeast: smallest) { take([item], cluster) }
    for item in frequent(remaining.map(\.destination), atLeast: smallest) { take(cluster, [item]) }
  }

  private func frequent(_ items: [Int], atLeast smallest: Int) -> [Int] {
    var counts: [Int: Int] = [:]
    for item in items { counts[item, default: 0] += 1 }
    return counts.filter { $0.value >= smallest }.keys.sorted()
  }

  private mutating func takeGroups() {
    for (pair, count) in counts(by: { (self.groupOfItem[$0.source], self.groupOfItem[$0.destination]) }) {
      let (sources, destinations) = (groupItems[pair.source], groupItems[pair.destination])
      guard count >= neededCount(sources, destinations) else { continue }
      take(sources, destinations)
    }
  }

  private mutating func takeRowsAndColumns() {
    // All but the item itself, which a group may hold; `take` is exact.
    let rows = counts { ($0.source, self.groupOfItem[$0.destination]) }
      .filter { $0.count >= groupItems[$0.pair.destination].count - 1 }
    let columns = counts { (self.groupOfItem[$0.source], $0.destination) }
      .filter { $0.count >= groupItems[$0.pair.source].count - 1 }
    // The direction that replaces more edges goes first, as the other only gets what is left.
    let rowsFirst = rows.reduce(0) { $0 + $1.count } >= columns.reduce(0) { $0 + $1.count }
    for isRow in rowsFirst ? [true, false] : [false, true] {
      for (pair, _) in isRow ? rows : columns {
        if isRow {
          take([pair.source], groupItems[pair.destination])
        } else {
          take(groupItems[pair.source], [pair.destination])
        }
      }
    }
  }

  private func counts(by place: (Pair) -> (Int?, Int?)) -> [(pair: Pair, count: Int)] {
    var counts: [Pair: Int] = [:]
    for pair in remaining {
      let (source, destination) = place(pair)
      guard let source, let destination else { continue }
      counts[Pair(source: source, destination: destination), default: 0] += 1
    }
    return counts.map { ($0.key, $0.value) }.sorted { $0.pair < $1.pair }
  }

  // MARK: - Taking a complete set

  private func pairs(_ sources: [Int], _ destinations: [Int]) -> [Pair] {
    sources.flatMap { source in
      destinations.compactMap { destination in
        guard source != destination || items[source].count > 1 else { return nil }
        return Pair(source: source, destination: destination)
      }
    }
  }

  private func neededCount(_ sources: [Int], _ destinations: [Int]) -> Int {
    guard sources.count > 1, destinations.count > 1 else {
      let shared = Set(sources).intersection(destinations)
      return sources.count * destinations.count - shared.filter { items[$0].count == 1 }.count
    }
    guard sources == destinations else { return sources.count * destinations.count }
    return sources.count * sources.count - sources.filter { items[$0].count == 1 }.count
  }

  private mutating func take(_ sources: [Int], _ destinations: [Int]) {
    let needed = neededCount(sources, destinations)
    guard needed > 1, needed <= remaining.count else { return }
    for source in sources {
      for destination in destinations where source != destination || items[source].count > 1 {
        guard remaining.contains(Pair(source: source, destination: destination)) else { return }
      }
    }
    let shared = Set(sources).intersection(destinations)
    let reaching = shared.intersection(selfReaching)
    // Members of a set of several nodes have no edge of their own to fall back to.
    guard reaching == shared || reaching.allSatisfy({ items[$0].count == 1 }) else { return }
    emit(sources, destinations)
    remaining.subtract(pairs(sources, destinations))
  }

  private mutating func emit(_ sources: [Int], _ destinations: [Int]) {
    let shared = Set(sources).intersection(destinations)
    let includesItself = !shared.isEmpty && shared.isSubset(of: selfReaching)
    if includesItself { selfReaching.subtract(shared) }
    let sourceNodes = sources.reduce(0) { $0 + items[$1].count }
    let destinationNodes = destinations.reduce(0) { $0 + items[$1].count }
    let sharedNodes = shared.reduce(0) { $0 + items[$1].count }
    let edge = BundledDiagram.Edge(
      source: endpoint(sources), destination: endpoint(destinations), label: label, isUndefined: isUndefined,
      includesItself: includesItself,
      count: sourceNodes * destinationNodes - (includesItself ? 0 : sharedNodes))
    edges.append(edge)
  }

  private mutating func endpoint(_ set: [Int]) -> BundledDiagram.Endpoint {
    if set.count == 1 { return endpoints[set[0]] }
    let members = set.flatMap { items[$0] }.sorted()
    let group = groupOfItem[set[0]] ?? 0
    if set.count == groupItems[group].count, set == groupItems[group] {
      let hub = hubOfGroup[group] ?? bundles.count
      if hub == bundles.count {
        bundles.append(.init(extent: .group, group: groupNames[group], members: members))
        hubOfGroup[group] = hub
      }
      return .bundle(hub)
    }
    let hub = clusterHub ?? bundles.count
    if hub == bundles.count {
      bundles.append(.init(extent: .cluster, group: nil, members: members))
      clusterHub = hub
    }
    return .bundle(hub)
  }
}
