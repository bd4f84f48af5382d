/// Finds nodes that no edge tells apart (structural twins), the strongest reason to draw one edge
/// instead of many: an unprotected namespace of thirty workloads is one box with one loop.
struct AlikeNodes {
  /// An edge reduced to integers; `kind` numbers the distinct pairs of label and definedness.
  struct Link: Hashable, Comparable {
    var kind: Int
    var source: Int
    var destination: Int

    static func < (left: Link, right: Link) -> Bool {
      (left.kind, left.source, left.destination) < (right.kind, right.source, right.destination)
    }
  }

  /// Smaller sets save less ink than the frame around them costs.
  static let smallestClass = 3
  /// A node with many kinds of edges is hardly ever alike another; trying a few bounds the work.
  static let triedKinds = 4

  private var nodes: [Diagram.Node]
  private var outgoing: [[Int]]
  private var incoming: [[Int]]
  private var loops: [Set<Int>]
  private let kindCount: Int

  init(nodes: [Diagram.Node], links: [Link], kindCount: Int) {
    self.nodes = nodes
    self.kindCount = kindCount
    outgoing = Array(repeating: [], count: nodes.count)
    incoming = Array(repeating: [], count: nodes.count)
    loops = Array(repeating: [], count: nodes.count)
    for link in links {
      if link.source == link.destination {
        loops[link.source].insert(link.kind)
      } else {
        outgoing[link.source].append(link.destination * kindCount + link.kind)
        incoming[link.destination].append(link.source * kindCount + link.kind)
      }
    }
  }

  /// Disjoint sets of at least `smallestClass` nodes, by first member. O(edges · triedKinds · log).
  func classes() -> [[Int]] {
    var candidates: [[Int]: [Int]] = [:]
    let groups = Dictionary(
      Set(nodes.map { $0.group ?? "" }).sorted().enumerated().map { ($1, $0) },
      uniquingKeysWith: { a, _ in a })
    for (index, node) in nodes.enumerated() {
      let group = node.group == nil ? -1 : groups[node.group ?? ""] ?? -1
      let place = [group, node.kind == .external ? 1 : 0]
      if loops[index].isEmpty {
        candidates[place + signature(of: index, joined: nil), default: []].append(index)
      }
      for kind in mutualKinds(of: index) where loops[index].isSubset(of: [kind]) {
        let marks = [kind, loops[index].isEmpty ? 0 : 1]
        candidates[place + marks + signature(of: index, joined: kind), default: []].append(index)
      }
    }
    var taken: Set<Int> = []
    var result: [[Int]] = []
    let ordered = candidates.values.filter { $0.count >= Self.smallestClass }
      .sorted { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
    for candidate in ordered where taken.isDisjoint(with: candidate) {
      taken.formUnion(candidate)
      result.append(candidate)
    }
    return result.sorted { $0[0] < $1[0] }
  }

  /// Equal for two nodes exactly if they have the same edges. With `joined`, each node counts as its
  /// own neighbour, which makes the signatures of nodes that reach each other comparable.
  private func signature(of node: Int, joined kind: Int?) -> [Int] {
    let own = kind.map { [node * kindCount + $0] } ?? []
    let out = (outgoing[node] + own).sorted()
    return [-2] + out + [-3] + (incoming[node] + own).sorted()
  }

  private func mutualKinds(of node: Int) -> [Int] {
    var counts: [Int: Int] = [:]
    for entry in outgoing[node] { counts[entry % kindCount, default: 0] += 1 }
    let received = Set(incoming[node].map { $0 % kindCount })
    let kinds = counts.filter { received.contains($0.key) }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return kinds.prefix(Self.triedKinds).map(\.key)
  }
}
