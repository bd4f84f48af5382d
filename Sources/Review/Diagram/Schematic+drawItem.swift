extension Schematic {
  func drawGroup(_ index: Int) -> [String] {
    let block = blocks[index]
    guard let group = block.group else { return [] }
    let name = TextMeasure.fit(group, width: max(40, block.width - 32), size: FontSize.group)
    return [
      "<g class=\"\(hue(of: index))\"><title>\(XMLText("namespace \(group)"))</title>"
        + "<rect class=\"group\" x=\"\(block.x)\" y=\"\(block.y)\" width=\"\(block.width)\" height=\"\(block.height)\" rx=\"10\"/>"
        + "<text class=\"heading\" x=\"\(block.x + 14)\" y=\"\(block.y + 21)\">\(XMLText(name))</text></g>"
    ]
  }

  /// The colour class of a namespace; blocks of namespaces come first, sorted by name.
  func hue(of block: Int) -> String {
    blocks[block].group == nil ? DiagramStyle.neutral : "h\(block % DiagramStyle.hueCount)"
  }

  func drawItem(_ index: Int) -> [String] {
    let item = items[index]
    guard showsMembers(item) else {
      return [drawBox(item, x: item.x, y: item.y, width: item.width, height: item.height)]
    }
    let grid = memberGrid(of: item)
    let text = XMLText(caption(of: item).name)
    var lines = [
      "<g class=\"\(hue(of: item.block))\">"
        + "<rect class=\"alike\" x=\"\(item.x)\" y=\"\(item.y)\" width=\"\(item.width)\" height=\"\(item.height)\" rx=\"8\"/>"
        + "<text class=\"detail\" x=\"\(item.x + item.width / 2)\" y=\"\(item.y + 15)\">\(text)</text></g>"
    ]
    let step = grid.memberWidth + Size.wire
    let left = item.x + (item.width - grid.columns * step + Size.wire) / 2
    let order = item.members.sorted {
      (bundled.diagram.nodes[$0].id, $0) < (bundled.diagram.nodes[$1].id, $1)
    }
    for (position, member) in order.enumerated() {
      let x = left + position / grid.rows * step
      let y = item.y + Size.port + position % grid.rows * (Size.member + Size.wire)
      let single = Item(members: [member], block: item.block)
      lines.append(drawBox(single, x: x, y: y, width: grid.memberWidth, height: Size.member))
    }
    return lines
  }

  private func drawBox(_ item: Item, x: Int, y: Int, width: Int, height: Int) -> String {
    let node = item.bundle == nil ? bundled.diagram.nodes[item.members[0]] : nil
    let caption = caption(of: item)
    let name = TextMeasure.fit(caption.name, width: width - 20, size: FontSize.name)
    let detail = TextMeasure.fit(caption.detail, width: width - 20, size: FontSize.detail)
    let corner = node?.kind == .external ? min(height / 2, 24) : 6
    let kind = item.bundle == nil ? "box" : "box hub"
    var shape =
      "<rect class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"\(corner)\"/>"
    if node?.kind == .hostNetwork {
      shape +=
        "<rect class=\"box\" x=\"\(x + 3)\" y=\"\(y + 3)\" width=\"\(width - 6)\" height=\"\(height - 6)\" rx=\"4\"/>"
    }
    if node?.isolatedIngress == true { shape += guardBar(x: x + 4, y: y + 6, height: height - 12) }
    if node?.isolatedEgress == true { shape += guardBar(x: x + width - 7, y: y + 6, height: height - 12) }
    let middle = y + height / 2
    let centre = x + width / 2
    let nameY = detail.isEmpty ? middle + 4 : middle - 2
    shape += "<text class=\"name\" x=\"\(centre)\" y=\"\(nameY)\">\(XMLText(name))</text>"
    if !detail.isEmpty {
      shape += "<text class=\"detail\" x=\"\(centre)\" y=\"\(middle + 12)\">\(XMLText(detail))</text>"
    }
    return "<g class=\"\(hue(of: item.block))\"><title>\(XMLText(tooltip(of: item)))</title>\(shape)</g>"
  }

  func guardBar(x: Int, y: Int, height: Int) -> String {
    "<rect class=\"guard\" x=\"\(x)\" y=\"\(y)\" width=\"3\" height=\"\(height)\" rx=\"1\"/>"
  }

  func fullName(of item: Int) -> String {
    let item = items[item]
    guard item.bundle == nil else {
      let caption = caption(of: item)
      return showsMembers(item) ? memberNames(of: item) : caption.name
    }
    let node = bundled.diagram.nodes[item.members[0]]
    return node.group.map { "\($0)/\(node.name)" } ?? node.name
  }

  private func memberNames(of item: Item) -> String {
    let shown = item.members.prefix(12).map { bundled.diagram.nodes[$0].name }.joined(separator: ", ")
    let rest = item.members.count - 12
    return (item.bundle.flatMap { bundled.bundles[$0].group }.map { "\($0)/" } ?? "")
      + "{\(shown)\(rest > 0 ? " and \(rest) more" : "")}"
  }

  private func tooltip(of item: Item) -> String {
    let caption = caption(of: item)
    guard item.bundle == nil else { return "\(caption.name): \(memberNames(of: item))" }
    let node = bundled.diagram.nodes[item.members[0]]
    let place = node.group.map { "\($0)/" } ?? ""
    let detail = caption.detail.isEmpty ? "" : " (\(caption.detail))"
    guard node.kind != .external else { return node.name + detail }
    return "\(place)\(node.name)\(detail) · ingress \(node.isolatedIngress ? "isolated" : "open")"
      + " · egress \(node.isolatedEgress ? "isolated" : "open")"
  }
}
