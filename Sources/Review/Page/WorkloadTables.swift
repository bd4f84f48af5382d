internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Computes the tables of a page whose ends are workloads.
struct WorkloadTables {
  var tables = PageTables()
  let report: ConnectivityReport
  let walk: ConnectivityWalk
  /// Units by their place among sources and destinations; outside ends follow.
  var sourceUnits: [Int] = []
  var destinationUnits: [Int] = []
  var outsideSources: [ConnectivityWalk.Outside.End] = []
  var outsideDestinations: [ConnectivityWalk.Outside.End] = []
  /// By unit, where it may send something to.
  private var connections: [[ConnectivityWalk.Destination]]
  var outside: [OutsideFound] = []
  private var flowNumbers: [FlowKey: Int32] = [:]
  let inNamespace: [Bool]
  private var rowsOfReasons: [RowKey: [Int32]] = [:]
  private var placeNumbers: [PlaceKey: Int32] = [:]
  /// By all that the outside can tell of a unit.
  var outsideCellsOfLooks: [OutsideLook: [OutsideCell]] = [:]

  struct OutsideFound {
    let unit: Int
    let direction: Direction
    let found: ConnectivityWalk.Outside
  }

  private struct FlowKey: Hashable {
    let connection: ConnectivityWalk.ConnectionID
    let egress: Int32
    let ingress: Int32
  }

  init(_ report: ConnectivityReport) {
    self.report = report
    walk = report.makeWalk()
    connections = report.units.map { _ in [] }
    let world = report.cluster.world
    inNamespace = report.units.map { unit in
      report.filter.namespace.map { $0 == world.namespaces[unit.namespace].name } ?? true
    }
  }

  /// O(sources × destinations).
  mutating func make() -> PageTables {
    collectRows()
    collectEnds()
    let ingress = destinationUnits.map { reasons(.ingress, of: $0, towards: sourceUnits) }
    let unpoliced = tables.reasons.number(of: .unpoliced, report, &tables.traffic)
    let outsideOfSources = sourceUnits.map { outsideCells($0, .egress, outsideDestinations, unpoliced) }
    let outsideOfDestinations = destinationUnits.map { outsideCells($0, .ingress, outsideSources, unpoliced) }
    var flowsFrom: [ConnectivityWalk.ConnectionID] = report.units.map { _ in 0 }
    for (place, source) in sourceUnits.enumerated() {
      let egress = reasons(.egress, of: source, towards: destinationUnits)
      for unit in flowsFrom.indices { flowsFrom[unit] = -1 }
      for found in connections[source] { flowsFrom[Int(found.unit)] = found.connection }
      var flows: [Int32] = []
      flows.reserveCapacity(tables.destinations.count)
      for (column, destination) in destinationUnits.enumerated() {
        let number = flow(source, destination, flowsFrom[destination], egress[column], ingress[column][place])
        tables.connectionCount += tables.flows.values[Int(number)].rowCount
        flows.append(number)
      }
      let beyond = outsideOfSources[place]
      tables.flowRows.append(flows + beyond.map(\.flow))
      tables.egressRows.append(egress + beyond.map(\.reason))
    }
    let notAsked = Int32(tables.flows.number(of: PageTables.Flow(state: .notAsked)))
    let beyond = outsideDestinations.map { _ in notAsked }
    for place in outsideSources.indices {
      tables.flowRows.append(outsideOfDestinations.map { $0[place].flow } + beyond)
      tables.egressRows.append(tables.destinations.map { _ in unpoliced })
    }
    for (place, row) in ingress.enumerated() {
      tables.ingressRows.append(row + outsideOfDestinations[place].map(\.reason))
    }
    for _ in outsideDestinations { tables.ingressRows.append(tables.sources.map { _ in unpoliced }) }
    addOutsideRows()
    return tables
  }

  // MARK: - Ends

  private mutating func collectRows() {
    var connections = connections
    var outside: [OutsideFound] = []
    report.forEachRow(walk) { source, destinations in
      connections[source] = destinations
    } outside: { unit, direction, found in
      outside.append(OutsideFound(unit: unit, direction: direction, found: found))
    }
    self.connections = connections
    self.outside = outside
  }

  private mutating func collectEnds() {
    let world = report.cluster.world
    let isNarrowed = report.filter.namespace != nil
    var sends = report.units.map { _ in false }
    var receives = sends
    for (source, found) in connections.enumerated() where isNarrowed {
      for row in found {
        sends[source] = true
        receives[Int(row.unit)] = true
      }
    }
    sourceUnits = report.units.indices.filter {
      report.isWanted(report.units[$0], report.filter.source) && (inNamespace[$0] || sends[$0])
    }
    destinationUnits = report.units.indices.filter {
      report.isWanted(report.units[$0], report.filter.destination) && (inNamespace[$0] || receives[$0])
    }
    outsideDestinations = ends(.egress)
    outsideSources = ends(.ingress)
    let shown = Set(sourceUnits).union(destinationUnits).sorted()
    tables.namespaces = Set(shown.map { world.namespaces[report.units[$0].namespace].name }).sorted()
    let places = Dictionary(uniqueKeysWithValues: tables.namespaces.enumerated().map { ($1, $0) })
    var numbers: [Int: Int] = [:]
    for unit in shown {
      numbers[unit] = tables.ends.count
      tables.ends.append(end(unit, places))
    }
    tables.insideCount = shown.count
    var outsideNumbers: [ConnectivityWalk.Outside.End: Int] = [:]
    for end in outsideDestinations + outsideSources where outsideNumbers[end] == nil {
      outsideNumbers[end] = tables.ends.count
      let name = report.text(of: end, walk)
      let isNamed = if case .name = end { true } else { false }
      tables.ends.append(
        PageTables.End(
          name: name, label: name, namespace: nil, kind: "outside the input", isolation: "",
          canBeExplained: isNamed && !name.hasPart("*")))
    }
    tables.sources = sourceUnits.compactMap { numbers[$0] } + outsideSources.compactMap { outsideNumbers[$0] }
    tables.destinations =
      destinationUnits.compactMap { numbers[$0] } + outsideDestinations.compactMap { outsideNumbers[$0] }
  }

  private func end(_ number: Int, _ places: [String: Int]) -> PageTables.End {
    let unit = report.units[number]
    let namespace = report.cluster.world.namespaces[unit.namespace].name
    let name = report.names[number]
    func word(_ isIsolated: Bool) -> String { isIsolated ? "isolated" : "open" }
    return PageTables.End(
      name: name, label: String(name.dropFirst(namespace.count + 1)), namespace: places[namespace],
      kind: unit.kind + (unit.hostNetwork ? ", host network" : ""),
      isolation: "ingress \(word(unit.isIngressIsolated)), egress \(word(unit.isEgressIsolated))",
      canBeExplained: true)
  }

  // MARK: - Pairs of workloads

  private struct RowKey: Hashable {
    let row: Int32
    let direction: Direction
    let isPoliced: Bool
  }

  private struct PlaceKey: Hashable {
    let place: DecidingPlace
    let direction: Direction
    let isPoliced: Bool
  }

  /// Why a direction of a unit is as it is, by the unit at the other end.
  private mutating func reasons(_ direction: Direction, of subject: Int, towards others: [Int]) -> [Int32] {
    let (compiled, units) = (report.compiled, report.units)
    let isPoliced = compiled.isPoliced(units[subject])
    let key = compiled.soleRow(of: units[subject], direction).map {
      RowKey(row: $0, direction: direction, isPoliced: isPoliced)
    }
    if let key, let known = rowsOfReasons[key] { return known }
    let places = compiled.decidingPlaces(direction, of: units[subject], towards: others.map { units[$0] })
    var numbers: [Int32] = []
    numbers.reserveCapacity(others.count)
    for (other, place) in zip(others, places) {
      let placeKey = place.map { PlaceKey(place: $0, direction: direction, isPoliced: isPoliced) }
      if let placeKey, let known = placeNumbers[placeKey] {
        numbers.append(known)
        continue
      }
      let (own, end) = (
        CompiledPolicies.RowEnd.unit(units[subject]), CompiledPolicies.RowEnd.unit(units[other])
      )
      let decision =
        direction == .egress
        ? compiled.decision(direction, from: own, to: end) : compiled.decision(direction, from: end, to: own)
      let number = tables.reasons.number(of: decision, report, &tables.traffic)
      if let placeKey { placeNumbers[placeKey] = number }
      numbers.append(number)
    }
    if let key { rowsOfReasons[key] = numbers }
    return numbers
  }

  /// The number of what flows between two units.
  ///
  /// - Parameter connection: -1 where the report has no row.
  private mutating func flow(
    _ source: Int, _ destination: Int, _ connection: ConnectivityWalk.ConnectionID, _ egress: Int32,
    _ ingress: Int32
  ) -> Int32 {
    if connection < 0, !(inNamespace[source] || inNamespace[destination]) {
      return number(of: PageTables.Flow(state: .notAsked))
    }
    if source == destination, !report.compiled.hasPeersWithin(report.units[source]) {
      return number(of: PageTables.Flow(state: .itself))
    }
    let key = FlowKey(connection: connection, egress: egress, ingress: ingress)
    if let known = flowNumbers[key] { return known }
    let (certain, possible) = connection < 0 ? (.none, .none) : walk.connection(connection)
    let allowed = report.filter.visible(certain)
    let undefined = report.filter.visible(possible).subtracting(allowed)
    var flow = tables.flow(allowed: allowed, undefined: undefined, report.filter)
    let (out, into) = (tables.reasons.decisions[Int(egress)], tables.reasons.decisions[Int(ingress)])
    flow.dependsOnPlacement =
      out.certain.intersection(into.certain) != certain
      || out.possible.intersection(into.possible) != possible
    let number = number(of: flow)
    flowNumbers[key] = number
    return number
  }

  mutating func number(of flow: PageTables.Flow) -> Int32 { Int32(tables.flows.number(of: flow)) }
}
