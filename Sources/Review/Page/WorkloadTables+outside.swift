internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Pairs of a workload and something outside of the input.
extension WorkloadTables {
  /// What a cell of the matrix shows.
  struct OutsideCell {
    let flow: Int32
    /// Why, in the direction of the workload.
    let reason: Int32
  }

  /// Units with the same look have the same cells.
  struct OutsideLook: Hashable {
    let look: [Int32]
    let direction: Direction
    let isPoliced: Bool
    let isInNamespace: Bool
  }

  /// The outside ends of rows in a direction: addresses as they lie in the address space, then names.
  func ends(_ direction: Direction) -> [ConnectivityWalk.Outside.End] {
    let found = Set(outside.filter { $0.direction == direction }.map(\.found.end))
    func key(_ end: ConnectivityWalk.Outside.End) -> (Int, UInt128, String) {
      switch end {
      case .addresses(let number):
        let first = walk.addressSets[number].intervals[0]
        return (Int(first.family.rawValue), first.first, report.text(of: end, walk))
      case .name: return (.max, 0, report.text(of: end, walk))
      }
    }
    return found.map { (key($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  mutating func addOutsideRows() {
    var numbers: [ConnectivityWalk.Outside.End: (source: Int, destination: Int)] = [:]
    for (place, end) in outsideSources.enumerated() {
      numbers[end] = (tables.sources[sourceUnits.count + place], -1)
    }
    for (place, end) in outsideDestinations.enumerated() {
      numbers[end] = (numbers[end]?.source ?? -1, tables.destinations[destinationUnits.count + place])
    }
    let units = Dictionary(
      zip(sourceUnits, tables.sources).map { ($0, $1) } + zip(destinationUnits, tables.destinations)
    ) { first, _ in first }
    for row in outside {
      guard let end = numbers[row.found.end], let unit = units[row.unit] else { continue }
      let (allowed, undefined) = report.filter.visible(walk, row.found.connection)
      tables.outsideRows.append(
        PageTables.OutsideRow(
          source: row.direction == .egress ? unit : end.source,
          destination: row.direction == .egress ? end.destination : unit,
          allowed: tables.traffic.number(of: allowed), undefined: tables.traffic.number(of: undefined)))
      tables.connectionCount += (allowed.isEmpty ? 0 : 1) + (undefined.isEmpty ? 0 : 1)
    }
  }

  /// The cells of a unit towards outside ends: also of those that are other units' rows.
  mutating func outsideCells(
    _ unit: Int, _ direction: Direction, _ ends: [ConnectivityWalk.Outside.End], _ unpoliced: Int32
  ) -> [OutsideCell] {
    let compiled = report.compiled
    let look = OutsideLook(
      look: compiled.look(of: report.units[unit], direction), direction: direction,
      isPoliced: compiled.isPoliced(report.units[unit]), isInNamespace: inNamespace[unit])
    if let known = outsideCellsOfLooks[look] { return known }
    let own = walk.outside(of: unit, direction)
    let cells = ends.map { end in
      if !inNamespace[unit] {
        return OutsideCell(flow: number(of: PageTables.Flow(state: .notAsked)), reason: unpoliced)
      }
      let (inside, outside) = (
        CompiledPolicies.RowEnd.unit(report.units[unit]), report.rowEnd(end, walk)
      )
      let decision =
        direction == .egress
        ? compiled.decision(direction, from: inside, to: outside)
        : compiled.decision(direction, from: outside, to: inside)
      return OutsideCell(
        flow: number(of: flow(unit, direction, end, own, decision)),
        reason: tables.reasons.number(of: decision, report, &tables.traffic))
    }
    outsideCellsOfLooks[look] = cells
    return cells
  }

  /// - Parameters:
  ///   - own: the rows of the unit.
  ///   - decision: what the unit's direction makes of it.
  private mutating func flow(
    _ unit: Int, _ direction: Direction, _ end: ConnectivityWalk.Outside.End,
    _ own: [ConnectivityWalk.Outside], _ decision: DirectionDecision
  ) -> PageTables.Flow {
    switch end {
    case .name(let name):
      let connection = walk.connection(of: unit, direction, name: name)
      let whole = walk.connection(connection)
      var found = flow(connection)
      found.dependsOnPlacement = whole.certain != decision.certain || whole.possible != decision.possible
      return found
    case .addresses(let number):
      if let row = own.first(where: { $0.end == end }) { return flow(row.connection) }
      let addresses = walk.addressSets[number]
      let meeting = own.filter {
        if case .addresses(let other) = $0.end {
          !walk.addressSets[other].isDisjoint(with: addresses)
        } else {
          false
        }
      }
      // Rows of one unit are disjoint, so what is inside one meets no other.
      var found: PageTables.Flow
      if meeting.count == 1, case .addresses(let other) = meeting[0].end,
        addresses.isSubset(of: walk.addressSets[other])
      {
        found = flow(meeting[0].connection)
      } else {
        found =
          meeting.isEmpty
          ? tables.flow(allowed: .none, undefined: .none, report.filter) : PageTables.Flow(state: .mixed)
      }
      let shown = direction == .egress ? outsideDestinations : outsideSources
      found.within = meeting.compactMap { row in
        shown.firstIndex(of: row.end).map {
          direction == .egress
            ? tables.destinations[destinationUnits.count + $0] : tables.sources[sourceUnits.count + $0]
        }
      }
      return found
    }
  }

  private mutating func flow(_ connection: ConnectivityWalk.ConnectionID) -> PageTables.Flow {
    let (allowed, undefined) = report.filter.visible(walk, connection)
    return tables.flow(allowed: allowed, undefined: undefined, report.filter)
  }
}
