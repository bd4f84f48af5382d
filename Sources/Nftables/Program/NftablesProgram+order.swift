extension NftablesProgram {
  /// The chains so that each comes after all that it goes to, directly or through a map; by name otherwise. A loop,
  /// which the kernel refuses, is cut anywhere.
  package var chainsInDependencyOrder: [Chain] {
    let places = Dictionary(
      chains.indices.map { (chains[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    let mapTargets = Dictionary(
      maps.map { ($0.name, $0.elements.compactMap(\.verdict.target)) },
      uniquingKeysWith: { first, _ in first })
    var isVisited = [Bool](repeating: false, count: chains.count)
    var order: [Chain] = []
    order.reserveCapacity(chains.count)
    /// Chains on the way, each with what it goes to that was not looked at yet, last first.
    var path: [(place: Int, rest: [Int])] = []

    func enter(_ place: Int) {
      isVisited[place] = true
      var targets: Set<ChainName> = []
      for rule in chains[place].rules {
        targets.formUnion(rule.targets)
        for map in rule.maps { targets.formUnion(mapTargets[map] ?? []) }
      }
      path.append((place, targets.compactMap { places[$0] }.sorted(by: >)))
    }

    for place in chains.indices where !isVisited[place] {
      enter(place)
      while let (place, rest) = path.last {
        if let next = rest.last {
          path[path.count - 1].rest.removeLast()
          if !isVisited[next] { enter(next) }
        } else {
          order.append(chains[place])
          path.removeLast()
        }
      }
    }
    return order
  }
}
