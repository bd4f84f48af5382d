/// A bundled diagram on its way to coordinates: items in rows and columns of blocks, blocks stacked in
/// columns, and connections routed like wires through the channels between them.
///
/// The stages are `arrange` (who sits where), `route` (which channels an edge takes) and `place`
/// (coordinates). Because wires only ever run in channels, no edge crosses a box and no label covers
/// another by construction rather than by luck.
struct Schematic {
  /// A node, a set of nodes that are alike, or the hub that stands for a whole namespace.
  struct Item {
    var members: [Int]
    var bundle: Int?
    var block: Int
    var column = 0
    var row = 0
    var width = 0
    var height = Size.node
    var x = 0
    var y = 0
    var leftPorts: [Port] = []
    var rightPorts: [Port] = []
    var centre: Int { y + height / 2 }
  }

  /// Where wires touch an item; wires into a port share its label.
  struct Port {
    /// `nil` for the one port through which everything leaves on this side.
    var net: Int?
    var offset = 0
  }

  /// A namespace with its items, or a single item outside of all namespaces.
  struct Block {
    var group: String?
    var items: [Int]
    var column = 0
    /// Items by grid column and row; `nil` is an empty cell that wires may cross.
    var cells: [[Int?]] = []
    var rowCount: Int { cells.first?.count ?? 0 }
    var x = 0
    var y = 0
    var width = 0
    var height = 0
  }

  struct Edge {
    var source: Int
    var destination: Int
    var bundled: Int
    var net = 0
    var route = Route()
  }

  /// All wires that end at the same item, on the same side, with the same label.
  struct Net {
    var item: Int
    var isLeft: Bool
    var label: String
    var isUndefined: Bool
    var sources: Set<Int> = []
  }

  enum Size {
    static let node = 48
    static let member = 40
    static let port = 24
    static let wire = 8
    static let pill = 16
    static let header = 32
    static let arrow = 14
    static let rowGap = 16
    static let blockGap = 32
    static let margin = 24
    static let titleHeight = 56
  }

  /// More than this cannot be read, however it is drawn.
  static let edgeLimit = 1500

  let bundled: BundledDiagram
  var items: [Item] = []
  var blocks: [Block] = []
  /// Blocks of each column, top to bottom.
  var columns: [[Int]] = []
  var edges: [Edge] = []
  var nets: [Net] = []
  var lanes: [Lane] = []
  var tracks: [Track] = []
  /// Distinct connections of the diagram that are not drawn.
  private(set) var leftOutCount: Int
  /// Where the inner channels of a block begin, from its left edge.
  var innerStart: [Gutter: Int] = [:]
  var width = 0
  var height = 0

  init(_ bundled: BundledDiagram) {
    self.bundled = bundled
    leftOutCount = bundled.invalidEdgeCount
    makeItems()
    let itemOfEndpoint = Dictionary(
      items.indices.map { (endpoint(of: items[$0]), $0) }, uniquingKeysWith: { first, _ in first })
    let ranked = bundled.edges.indices.sorted {
      (bundled.edges[$1].count, $0) < (bundled.edges[$0].count, $1)
    }
    for index in ranked.dropFirst(Self.edgeLimit) { leftOutCount += bundled.edges[index].count }
    for index in ranked.prefix(Self.edgeLimit).sorted() {
      let edge = bundled.edges[index]
      guard let source = itemOfEndpoint[edge.source], let destination = itemOfEndpoint[edge.destination]
      else { continue }
      edges.append(Edge(source: source, destination: destination, bundled: index))
    }
    arrange()
    route()
    place()
  }

  private mutating func makeItems() {
    let nodes = bundled.diagram.nodes
    var groups: [String: Int] = [:]
    for group in Set(nodes.compactMap(\.group)).sorted() {
      groups[group] = blocks.count
      blocks.append(Block(group: group, items: []))
    }
    var covered: Set<Int> = []
    for (index, bundle) in bundled.bundles.enumerated() {
      if bundle.extent == .alike { covered.formUnion(bundle.members) }
      append(
        Item(members: bundle.members, bundle: index, block: 0), group: bundle.group.flatMap { groups[$0] })
    }
    let order = nodes.indices.filter { !covered.contains($0) }.sorted {
      (nodes[$0].id, $0) < (nodes[$1].id, $1)
    }
    for index in order {
      append(Item(members: [index], block: 0), group: nodes[index].group.flatMap { groups[$0] })
    }
  }

  private mutating func append(_ item: Item, group: Int?) {
    var item = item
    if let group {
      item.block = group
      blocks[group].items.append(items.count)
    } else {
      item.block = blocks.count
      blocks.append(Block(items: [items.count]))
    }
    items.append(item)
  }

  private func endpoint(of item: Item) -> BundledDiagram.Endpoint {
    item.bundle.map { .bundle($0) } ?? .node(item.members[0])
  }

  /// Whether the item shows each of its members, rather than naming them by what they have in common.
  func showsMembers(_ item: Item) -> Bool {
    item.bundle.map { bundled.bundles[$0].extent == .alike } ?? false
  }
}
