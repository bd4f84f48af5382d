internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension ConnectivityReport {
  /// Writes the report as it is computed; nothing but names and distinct traffic is kept.
  ///
  /// - Parameter explains: adds the deciding rules to every row (not in `csv` and pictures).
  package func write(
    _ format: ConnectivityFormat, grouping: ConnectivityGrouping = .workload, explains: Bool = false,
    to output: Output
  ) {
    let title = "Who can talk to whom"
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
    }
    output.flush()
  }

  private func write(
    _ writer: some RowWriter, _ grouping: ConnectivityGrouping, _ explains: Bool, _ output: Output
  ) {
    var writer = writer
    let format = writer
    writer.begin(output)
    switch grouping {
    case .workload: writeRows(&writer, format, explains, output)
    case .namespace:
      for row in namespaceRows() {
        let (source, destination) = (format.name(row.source), format.name(row.destination))
        for (traffic, isUndefined) in [(row.allowed, false), (row.undefined, true)] where !traffic.isEmpty {
          writer.row(
            output, source, destination, Array(format.traffic(traffic).utf8), isUndefined: isUndefined)
        }
      }
    }
    writer.end(output)
  }

  private func writeRows(
    _ writer: inout some RowWriter, _ format: some RowWriter, _ explains: Bool, _ output: Output
  ) {
    let unitNames = names.map(format.name)
    var texts = TrafficTexts(filter) { format.traffic($0) }
    var addressNames: [AddressSet: [UInt8]] = [:]
    let explainer = explains ? RowExplainer(self) : nil
    func name(_ end: End) -> [UInt8] {
      switch end {
      case .unit(let number): return unitNames[number]
      case .addresses(let addresses):
        if let known = addressNames[addresses] { return known }
        let name = format.name(addresses.description)
        addressNames[addresses] = name
        return name
      }
    }
    forEachRow { source, destination, id, walk in
      let text = texts.text(id, walk)
      if !text.allowed.isEmpty {
        writer.row(output, name(source), name(destination), text.allowed, isUndefined: false)
        if let explainer { writer.explanation(output, explainer.lines(source, destination)) }
      }
      if !text.undefined.isEmpty {
        writer.row(output, name(source), name(destination), text.undefined, isUndefined: true)
        if let explainer { writer.explanation(output, explainer.lines(source, destination)) }
      }
    }
  }

  /// A row between namespaces: what any pair of their workloads may exchange.
  struct NamespaceRow {
    let source: String
    let destination: String
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
    var rows: [NamespaceRow] = []
    var last: ConnectivityWalk?
    forEachRow { source, destination, id, walk in
      let key = Key(source: namespaceName(source), destination: namespaceName(destination))
      if ids[key] == nil { order.append(key) }
      if ids[key, default: []].insert(id).inserted { last = walk }
    }
    guard let walk = last else { return [] }
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
          source: key.source, destination: key.destination, allowed: allowed,
          undefined: possible.subtracting(allowed)))
    }
    return rows
  }

  private func namespaceName(_ end: End) -> String {
    switch end {
    case .unit(let number): cluster.world.namespaces[units[number].namespace].name
    case .addresses(let addresses): addresses.description
    }
  }
}
