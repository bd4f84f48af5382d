internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension ConnectivityReport {
  /// Writes the report as it is computed; nothing but names and distinct traffic is kept.
  ///
  /// - Parameters:
  ///   - explains: adds the deciding rules to every row (not in `csv` and pictures; `html` always has them).
  ///   - request: what `html` says of the question.
  package func write(
    _ format: ConnectivityFormat, grouping: ConnectivityGrouping = .workload, explains: Bool = false,
    for request: PageRequest = PageRequest(), to output: Output
  ) {
    let title = Self.title
    switch format {
    case .text:
      write(TextRowWriter(width: names.map(\.utf8.count).max() ?? 0), grouping, explains, output)
    case .json: write(JSONRowWriter(profile: cluster.profile.name), grouping, explains, output)
    case .yaml: write(YAMLRowWriter(profile: cluster.profile.name), grouping, explains, output)
    case .csv: write(CSVRowWriter(), grouping, false, output)
    case .md: write(MarkdownRowWriter(), grouping, explains, output)
    case .dot: output.write(diagram(title: title, grouping: grouping).dot())
    case .mermaid: output.write(diagram(title: title, grouping: grouping).mermaid())
    case .svg: output.write(diagram(title: title, grouping: grouping).svg())
    case .html: writePage(grouping: grouping, for: request, to: output)
    }
    output.flush()
  }

  /// Of pictures and pages.
  static let title = "Who can talk to whom"

  private func write(
    _ writer: some RowWriter, _ grouping: ConnectivityGrouping, _ explains: Bool, _ output: Output
  ) {
    output.write(writer.head)
    let hasRows: Bool
    switch grouping {
    case .workload: hasRows = writeRows(writer, explains, output)
    case .namespace: hasRows = writeNamespaceRows(writer, output)
    }
    output.write(writer.tail(hasRows: hasRows))
  }

  private func writeNamespaceRows(_ writer: some RowWriter, _ output: Output) -> Bool {
    var hasRows = false
    for row in namespaceRows() {
      for (traffic, isUndefined) in [(row.allowed, false), (row.undefined, true)] where !traffic.isEmpty {
        if hasRows { output.write(writer.separator) }
        hasRows = true
        output.write(writer.sourcePart(row.source) + writer.destinationPart(row.destination))
        output.write(writer.trafficPart(traffic, isUndefined: isUndefined) + writer.rowEnd)
      }
    }
    return hasRows
  }

  /// Answers whether there was a row.
  private func writeRows(_ writer: some RowWriter, _ explains: Bool, _ output: Output) -> Bool {
    let walk = makeWalk()
    var rows = RowOutput(self, walk, writer, explains: explains, to: output)
    forEachRow(walk) {
      rows.write(from: $0, to: $1)
    } outside: {
      rows.write($0, $1, $2)
    }
    return rows.hasRows
  }

  /// A row between namespaces: what any pair of their workloads may exchange.
  struct NamespaceRow {
    let source: String
    let destination: String
    /// The addresses that an end outside stands for; nil where both ends have names.
    let addresses: AddressSet?
    var allowed: TrafficSet
    var undefined: TrafficSet
  }

  func namespaceRows() -> [NamespaceRow] {
    struct Key: Hashable {
      let source: String
      let destination: String
    }
    var ids: [Key: Set<ConnectivityWalk.ConnectionID>] = [:]
    var order: [Key] = []
    var addresses: [Key: AddressSet] = [:]
    var rows: [NamespaceRow] = []
    let walk = makeWalk()
    let outsideNames = OutsideTexts { self.text(of: $0, walk) }
    let namespaces = units.map { cluster.world.namespaces[$0.namespace].name }
    func add(_ source: String, _ destination: String, _ id: ConnectivityWalk.ConnectionID) {
      let key = Key(source: source, destination: destination)
      if ids[key] == nil { order.append(key) }
      ids[key, default: []].insert(id)
    }
    forEachRow(walk) { source, destinations in
      for found in destinations { add(namespaces[source], namespaces[Int(found.unit)], found.connection) }
    } outside: { unit, direction, found in
      let name = outsideNames.text(of: found.end)
      let (source, destination) = direction == .egress ? (namespaces[unit], name) : (name, namespaces[unit])
      add(source, destination, found.connection)
      if case .addresses(let number) = found.end {
        addresses[Key(source: source, destination: destination)] = walk.addressSets[number]
      }
    }
    for key in order {
      var allowed = TrafficSet.none
      var possible = TrafficSet.none
      for id in ids[key] ?? [] {
        let connection = walk.connection(id)
        allowed = allowed.union(filter.visible(connection.certain))
        possible = possible.union(filter.visible(connection.possible))
      }
      rows.append(
        NamespaceRow(
          source: key.source, destination: key.destination, addresses: addresses[key], allowed: allowed,
          undefined: possible.subtracting(allowed)))
    }
    return rows
  }
}
