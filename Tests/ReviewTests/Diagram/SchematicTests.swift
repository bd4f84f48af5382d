import Testing

@testable import Review

/// A rectangle with its border.
private struct Area: CustomStringConvertible {
  /// What it is, as words and a number: areas are made and compared by the hundred thousand.
  var kind: StaticString
  var number = 0
  var x: Int
  var y: Int
  var width: Int
  var height: Int

  func overlaps(_ other: Area) -> Bool {
    x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
  }

  var description: String { "\(kind) \(number) (\(x) \(y) \(width)×\(height))" }
}

@Suite("Schematic")
struct SchematicTests {
  private func boxes(_ schematic: Schematic) -> [Area] {
    schematic.items.enumerated().map {
      Area(kind: "item", number: $0, x: $1.x, y: $1.y, width: $1.width, height: $1.height)
    }
  }

  private func labels(_ schematic: Schematic) -> [Area] {
    schematic.nets.indices.compactMap { net in
      schematic.labelBox(of: net).map {
        Area(kind: "label of net", number: net, x: $0.x, y: $0.y, width: $0.width, height: $0.height)
      }
    }
  }

  private func expectDisjoint(_ areas: [Area]) {
    for (index, area) in areas.enumerated() {
      for other in areas[..<index] where area.overlaps(other) {
        Issue.record("\(area) overlaps \(other)")
      }
    }
  }

  @Test("boxes and labels do not overlap", arguments: DiagramSamples.varied)
  func nothingOverlaps(diagram: Diagram) {
    let schematic = Schematic(diagram.bundled())
    expectDisjoint(boxes(schematic) + labels(schematic))
  }

  @Test("namespaces do not overlap and hold their workloads and labels", arguments: DiagramSamples.varied)
  func namespacesAreDisjoint(diagram: Diagram) {
    let schematic = Schematic(diagram.bundled())
    let frames = schematic.blocks.enumerated().map {
      Area(kind: "block", number: $0, x: $1.x, y: $1.y, width: $1.width, height: $1.height)
    }
    expectDisjoint(frames)
    for area in boxes(schematic) + labels(schematic) {
      let holders = frames.filter {
        $0.x <= area.x && area.x + area.width <= $0.x + $0.width && $0.y <= area.y
          && area.y + area.height <= $0.y + $0.height
      }
      #expect(holders.count == 1, "\(area) is in no frame")
    }
    for area in frames {
      #expect(area.x >= 0 && area.x + area.width <= schematic.width)
      #expect(area.y >= Schematic.Size.titleHeight && area.y + area.height <= schematic.height + 4)
    }
  }

  @Test("wires run through no box and under no foreign label", arguments: DiagramSamples.varied)
  func wiresKeepClear(diagram: Diagram) {
    let schematic = Schematic(diagram.bundled())
    let boxes = boxes(schematic)
    let labels = labels(schematic)
    for edge in schematic.edges {
      let points = schematic.points(of: edge)
      for (from, to) in zip(points, points.dropFirst()) {
        #expect(from.x == to.x || from.y == to.y)
        // A line without width that only touches a border does not overlap.
        let line = Area(
          kind: "wire to net", number: edge.net, x: min(from.x, to.x), y: min(from.y, to.y),
          width: abs(from.x - to.x), height: abs(from.y - to.y))
        for box in boxes where line.overlaps(box) { Issue.record("\(line) crosses \(box)") }
        for label in labels where label.number != edge.net && line.overlaps(label) {
          Issue.record("\(line) crosses \(label)")
        }
      }
    }
  }

  @Test("a wire starts at its source and ends before its destination", arguments: DiagramSamples.varied)
  func wiresEndWhereTheyShould(diagram: Diagram) throws {
    let schematic = Schematic(diagram.bundled())
    for edge in schematic.edges {
      let points = schematic.points(of: edge)
      let (first, last) = (try #require(points.first), try #require(points.last))
      let (source, destination) = (schematic.items[edge.source], schematic.items[edge.destination])
      #expect(first.x == source.x || first.x == source.x + source.width)
      #expect((source.y...source.y + source.height).contains(first.y))
      #expect(last.x == destination.x - 4 || last.x == destination.x + destination.width + 4)
      #expect((destination.y...destination.y + destination.height).contains(last.y))
    }
  }

  @Test("wires without an end in common share no stretch", arguments: DiagramSamples.varied)
  func wiresAreToldApart(diagram: Diagram) {
    let schematic = Schematic(diagram.bundled())
    struct Stretch { var edge: Schematic.Edge; var at: Int; var from: Int; var to: Int }
    var stretches: [Bool: [Stretch]] = [:]
    for edge in schematic.edges {
      let points = schematic.points(of: edge)
      for (from, to) in zip(points, points.dropFirst()) {
        let isVertical = from.x == to.x
        let (start, end) = isVertical ? (from.y, to.y) : (from.x, to.x)
        stretches[isVertical, default: []].append(
          Stretch(edge: edge, at: isVertical ? from.x : from.y, from: min(start, end), to: max(start, end)))
      }
    }
    for (_, parallel) in stretches {
      for group in Dictionary(grouping: parallel, by: \.at).values {
        for (index, one) in group.enumerated() {
          for other in group[..<index] where one.from < other.to && other.from < one.to {
            #expect(one.edge.source == other.edge.source || one.edge.net == other.edge.net)
          }
        }
      }
    }
  }

  @Test("every connection is drawn or counted as left out", arguments: DiagramSamples.varied)
  func nothingIsLost(diagram: Diagram) {
    let schematic = Schematic(diagram.bundled())
    let drawn = schematic.edges.flatMap { schematic.bundled.expanded(schematic.bundled.edges[$0.bundled]) }
    #expect(Set(drawn) == Set(diagram.edges))
    #expect(schematic.leftOutCount == 0)
    let shown = schematic.items.filter { $0.bundle == nil || schematic.showsMembers($0) }.flatMap(\.members)
    #expect(shown.sorted() == Array(diagram.nodes.indices))
  }

  @Test("more edges than can be read are left out, and counted")
  func edgeLimit() {
    let diagram = DiagramSamples.random(seed: 5, nodes: 800, edges: 2000, groups: 20)
    let schematic = Schematic(diagram.bundled())
    #expect(schematic.edges.count == Schematic.edgeLimit)
    let drawn = schematic.edges.reduce(0) { $0 + schematic.bundled.edges[$1.bundled].count }
    #expect(drawn + schematic.leftOutCount == Set(diagram.edges).count)
    #expect(schematic.svg().contains("\(schematic.leftOutCount) connections not drawn"))
  }
}
