extension NftablesProgram {
  /// The program as `nft -f` reads it: counters, sets and maps by name, and chains so that what a chain goes to
  /// stands above it. Deterministic.
  ///
  /// Loading it adds to what a table of the name has already. Use ``NftablesTransaction`` to replace a program.
  package var text: String {
    var lines = ["table inet " + table.text + " {"]
    var isFirst = true
    func append(_ block: [String]) {
      if !isFirst { lines.append("") }
      isFirst = false
      lines += block.map { $0.isEmpty ? $0 : "  " + $0 }
    }
    for counter in counters { append(["counter " + counter.name.text + " {", "}"]) }
    for collection in collections {
      append(
        Self.block(
          collection.kind + " " + collection.name, collection.properties,
          Self.elementLines(collection.inOrder.elementTexts)))
    }
    for chain in chainsInDependencyOrder {
      append(
        (chain.note.map { ["# " + $0.text] } ?? [])
          + Self.block(
            "chain " + chain.name.text, chain.base.map { [$0.text] } ?? [], chain.rules.map(\.text)))
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  private static func block(_ head: String, _ properties: [String], _ content: [String]) -> [String] {
    [head + " {"] + (properties + content).map { "  " + $0 } + ["}"]
  }

  /// One line when they fit into it, otherwise a line for each.
  private static func elementLines(_ elements: [String]) -> [String] {
    guard !elements.isEmpty else { return [] }
    let width = elements.reduce(0) { $0 + $1.utf8.count + 2 }
    if width <= 90 { return ["elements = { " + elements.joined(separator: ", ") + " }"] }
    return ["elements = {"] + elements.map { "  " + $0 + "," } + ["}"]
  }
}

extension Chain.Base {
  /// `type filter hook forward priority 0; policy drop;`
  var text: String { "type filter hook \(hook.rawValue) priority \(priority); policy \(policy.rawValue);" }
}
