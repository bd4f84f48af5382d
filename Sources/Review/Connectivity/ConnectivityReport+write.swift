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
    let sourceParts = names.map { Array(writer.sourcePart($0).utf8) }
    let destinationParts = names.map { Array(writer.destinationPart($0).utf8) }
    let explainer = explains ? RowExplainer(self) : nil
    let end = explains ? "" : writer.rowEnd
    var texts = TrafficTexts(filter) { writer.trafficPart($0, isUndefined: $1) + end }
    var addressTexts: [AddressSet: String] = [:]
    func addressText(_ addresses: AddressSet) -> String {
      if let known = addressTexts[addresses] { return known }
      let text = addresses.description
      addressTexts[addresses] = text
      return text
    }
    var hasRows = false
    let separator = Array(writer.separator.utf8)
    forEachRow { source, destination, id, walk in
      let text = texts.text(id, walk)
      for traffic in [text.allowed, text.undefined] where !traffic.isEmpty {
        if hasRows { output.write(separator) }
        hasRows = true
        switch source {
        case .unit(let number): output.write(sourceParts[number])
        case .addresses(let addresses): output.write(writer.sourcePart(addressText(addresses)))
        }
        switch destination {
        case .unit(let number): output.write(destinationParts[number])
        case .addresses(let addresses): output.write(writer.destinationPart(addressText(addresses)))
        }
        output.write(traffic)
        if let explainer {
          output.write(writer.explanationPart(explainer.lines(source, destination)) + writer.rowEnd)
        }
      }
    }
    return hasRows
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
