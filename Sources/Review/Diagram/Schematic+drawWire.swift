extension Schematic {
  private static let corner = 7

  struct Point: Equatable {
    var x: Int
    var y: Int
  }

  func drawWire(_ edge: Edge) -> String {
    let bundledEdge = bundled.edges[edge.bundled]
    let text =
      "\(fullName(of: edge.source)) → \(fullName(of: edge.destination))"
      + (bundledEdge.label.isEmpty ? "" : ": \(bundledEdge.label)")
      + (bundledEdge.isUndefined ? " (undefined)" : "")
      + (bundledEdge.count > 1 ? " · \(bundledEdge.count) connections" : "")
    let dash = bundledEdge.isUndefined ? " undefined" : ""
    let change = DiagramChange(label: bundledEdge.label).map { " \($0.rawValue)" } ?? ""
    return
      "<g class=\"edge \(hue(of: items[edge.destination].block))\(change)\"><title>\(XMLText(text))</title>"
      + "<path class=\"wire\(dash)\" d=\"\(rounded(points(of: edge)))\"/></g>"
  }

  /// The corners of a wire from the border of one box to the border of another.
  func points(of edge: Edge) -> [Point] {
    let route = edge.route
    let heights = route.levels.map { y(of: $0) }
    var points: [Point] = []
    if case .departure(let item, let isLeft) = route.levels.first {
      points.append(Point(x: items[item].x + (isLeft ? 0 : items[item].width), y: heights[0]))
    }
    for (index, track) in route.tracks.enumerated() where heights[index] != heights[index + 1] {
      points.append(Point(x: tracks[track].x, y: heights[index]))
      points.append(Point(x: tracks[track].x, y: heights[index + 1]))
    }
    let net = nets[edge.net]
    let target = items[net.item]
    // The arrow head covers the end; a line below its tip would blunt it.
    let end = net.isLeft ? target.x - 4 : target.x + target.width + 4
    points.append(Point(x: end, y: heights.last ?? 0))
    return points
  }

  private func rounded(_ points: [Point]) -> String {
    guard let first = points.first, let last = points.last else { return "" }
    var path = "M\(first.x) \(first.y)"
    for index in points.indices.dropFirst().dropLast() {
      let (before, point, after) = (points[index - 1], points[index], points[index + 1])
      let start = toward(before, from: point)
      let end = toward(after, from: point)
      path += "L\(start.x) \(start.y)Q\(point.x) \(point.y) \(end.x) \(end.y)"
    }
    return path + "L\(last.x) \(last.y)"
  }

  private func toward(_ other: Point, from point: Point) -> Point {
    func step(_ distance: Int) -> Int {
      distance.signum() * min(Self.corner, abs(distance) / 2)
    }
    return Point(x: point.x + step(other.x - point.x), y: point.y + step(other.y - point.y))
  }

  // MARK: - Labels

  struct LabelBox: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
  }

  /// Where the label of a net sits on its wire, right before the arrow; `nil` if it has none.
  func labelBox(of net: Int) -> LabelBox? {
    guard !nets[net].label.isEmpty else { return nil }
    let item = items[nets[net].item]
    let width = labelWidth(of: net)
    let x = nets[net].isLeft ? item.x - Size.arrow - width : item.x + item.width + Size.arrow
    return LabelBox(x: x, y: y(of: .arrival(net: net)) - Size.pill / 2, width: width, height: Size.pill)
  }

  func drawLabel(of net: Int) -> String {
    let item = items[nets[net].item]
    let y = y(of: .arrival(net: net))
    let arrow =
      nets[net].isLeft
      ? "M\(item.x) \(y)l-8 -4v8z" : "M\(item.x + item.width) \(y)l8 -4v8z"
    var shape = "<path class=\"arrow\" d=\"\(arrow)\"/>"
    if let box = labelBox(of: net) {
      shape +=
        "<rect class=\"pill\" x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\" height=\"\(box.height)\" rx=\"8\"/>"
        + "<text class=\"label\" x=\"\(box.x + box.width / 2)\" y=\"\(y + 4)\">\(XMLText(labelText(of: net)))</text>"
    }
    return "<g class=\"\(hue(of: item.block))\"><title>\(XMLText(nets[net].label))</title>\(shape)</g>"
  }
}
