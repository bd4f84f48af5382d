internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension ConnectivityReport {
  /// The tables of a page whose ends are namespaces. Rules are not named: each pair stands for many.
  func namespaceTables() -> PageTables {
    var tables = PageTables()
    tables.isByNamespace = true
    let rows = namespaceRows()
    let names = Set(units.map { cluster.world.namespaces[$0.namespace].name })
    func order(_ name: String) -> (Int, String) { (names.contains(name) ? 0 : 1, name) }
    let isFiltered = filter.namespace != nil || filter.source != nil || filter.destination != nil
    var shown = Set(rows.flatMap { [$0.source, $0.destination] })
    if !isFiltered { shown.formUnion(names) }
    let ends = shown.sorted { order($0) < order($1) }
    tables.namespaces = ends.filter(names.contains)
    tables.insideCount = tables.namespaces.count
    tables.ends = ends.enumerated().map { place, name in
      let isNamespace = place < tables.insideCount
      return PageTables.End(
        name: name, label: name, namespace: isNamespace ? place : nil,
        kind: isNamespace ? "Namespace" : "outside the input", isolation: "", canBeExplained: false)
    }
    let numbers = Dictionary(uniqueKeysWithValues: ends.enumerated().map { ($1, $0) })
    let sending = Set(rows.compactMap { numbers[$0.source] })
    let receiving = Set(rows.compactMap { numbers[$0.destination] })
    tables.sources = ends.indices.filter { sending.contains($0) || (!isFiltered && $0 < tables.insideCount) }
    tables.destinations = ends.indices.filter {
      receiving.contains($0) || (!isFiltered && $0 < tables.insideCount)
    }
    var flows: [[Int]: PageTables.Flow] = [:]
    for row in rows {
      guard let source = numbers[row.source], let destination = numbers[row.destination] else { continue }
      let flow = tables.flow(allowed: row.allowed, undefined: row.undefined, filter)
      if flow.state == .none { continue }
      flows[[source, destination]] = flow
      tables.connectionCount += flow.rowCount
      if source >= tables.insideCount || destination >= tables.insideCount {
        tables.outsideRows.append(
          PageTables.OutsideRow(
            source: source, destination: destination, allowed: flow.allowed, undefined: flow.undefined))
      }
    }
    for source in tables.sources {
      tables.flowRows.append(
        tables.destinations.map { destination in
          let flow =
            flows[[source, destination]]
            ?? flowWithoutRow(from: ends[source], to: ends[destination], rows, names, numbers)
          return Int32(tables.flows.number(of: flow))
        })
    }
    return tables
  }

  /// A pair that has no row: where one end is outside, other rows may speak of some of its addresses.
  private func flowWithoutRow(
    from source: String, to destination: String, _ rows: [NamespaceRow], _ namespaces: Set<String>,
    _ numbers: [String: Int]
  ) -> PageTables.Flow {
    let isAsked = filter.namespace.map { $0 == source || $0 == destination } ?? true
    let inside = [source, destination].filter(namespaces.contains)
    if !isAsked || inside.isEmpty { return PageTables.Flow(state: .notAsked) }
    if inside.count == 2 { return PageTables.Flow(state: .none) }
    let isSending = namespaces.contains(source)
    let outside = isSending ? destination : source
    let addresses = rows.first { (isSending ? $0.destination : $0.source) == outside }?.addresses
    let meeting = rows.filter { row in
      guard (isSending ? row.source : row.destination) == inside[0], let own = row.addresses else {
        return false
      }
      return addresses.map { !$0.isDisjoint(with: own) } ?? true
    }
    var flow = PageTables.Flow(state: meeting.isEmpty ? .none : .mixed)
    flow.within = meeting.compactMap { numbers[isSending ? $0.destination : $0.source] }
    return flow
  }
}
