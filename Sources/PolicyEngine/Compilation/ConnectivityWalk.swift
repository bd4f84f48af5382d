internal import Kubernetes
package import PolicyModel

/// Walks everything that may talk to something, source by source, and keeps nothing of it.
///
/// All pairs cost O(units²) small steps plus the output; traffic is intersected once per pair of kinds.
/// A class because every caller of one walk shares its scratch arrays and its numbering of traffic.
package final class ConnectivityWalk {
  /// What is walked.
  package let compiled: CompiledPolicies
  /// The ends of the walk; sources and destinations are indices into it.
  package let units: [ConnectivityUnit]
  private var table: TrafficTable
  /// Column = group of an ingress row, row = source facet: the ingress relation seen from sources.
  private let ingressGroups: BitMatrix
  private let groupRow: [Int32]
  private let groupTraffic: [TrafficTable.ID]
  /// The facet of units whose class is simple; -1 for the others.
  private let unitFacet: [Int32]
  private let unitIngressRow: [Int32]
  /// The facets with known addresses of each family, when there are any of both.
  private let facetsOfFamily: [AddressFamily: BitSet]

  // Scratch, valid for one source.
  private var egress: [TrafficTable.ID]
  private var egressLoaded: (row: Int32, family: AddressFamily?) = (-1, nil)
  private var ingress: [TrafficTable.ID]

  /// Walks all units of the world.
  package convenience init(_ compiled: CompiledPolicies) {
    self.init(compiled, units: compiled.units())
  }

  /// Walks units that were made before. O(facets × groups of ingress rows).
  ///
  /// - Parameter units: of the same policies, in the order in which destinations are to come.
  package init(_ compiled: CompiledPolicies, units: [ConnectivityUnit]) {
    self.compiled = compiled
    self.units = units
    table = compiled.table
    let ingressRows = Set(compiled.ingressRow.apart).subtracting([CompiledPolicies.openRow]).sorted()
    var groupRow: [Int32] = []
    var groupTraffic: [TrafficTable.ID] = []
    let groupCount = ingressRows.reduce(0) { $0 + compiled.rows[Int($1)].groups.count }
    var matrix = BitMatrix(rows: compiled.facets.count, columns: groupCount)
    for row in ingressRows {
      for group in compiled.rows[Int(row)].groups {
        matrix.insert(column: groupRow.count, rows: group.members)
        groupRow.append(row)
        groupTraffic.append(group.traffic)
      }
    }
    ingressGroups = matrix
    self.groupRow = groupRow
    self.groupTraffic = groupTraffic
    unitFacet = units.map {
      let endpointClass = compiled.classes[Int($0.endpointClass)]
      return compiled.isSimple(endpointClass) ? endpointClass.facets[0] : -1
    }
    unitIngressRow = unitFacet.map { $0 < 0 ? -1 : compiled.ingressRow[Int($0)] }
    facetsOfFamily = Self.facetsOfFamily(compiled.facets)
    egress = [TrafficTable.ID](repeating: TrafficTable.none, count: compiled.facets.count)
    ingress = [TrafficTable.ID](repeating: TrafficTable.none, count: compiled.rows.count)
  }

  private static func facetsOfFamily(_ facets: [Facet]) -> [AddressFamily: BitSet] {
    var sets: [AddressFamily: BitSet] = [:]
    for (index, facet) in facets.enumerated() {
      guard let family = facet.knownFamily else { continue }
      sets[family, default: BitSet(size: facets.count)].insert(index)
    }
    return sets.count > 1 ? sets : [:]
  }

  /// A number for what flows; equal numbers are equal traffic. ``connection(_:)`` says what it is.
  package typealias ConnectionID = Int32

  /// What flows under a number.
  package func connection(_ id: ConnectionID) -> (certain: TrafficSet, possible: TrafficSet) {
    (table[id].certain, table[id].possible)
  }

  /// Calls `body` for each unit that a unit may send something to, in the order of ``units``. O(units).
  package func forEachDestination(of source: Int, _ body: (_ destination: Int, ConnectionID) -> Void) {
    // A single pod has no other replica to talk to.
    let skipped = compiled.hasPeersWithin(units[source]) ? -1 : source
    let facet = unitFacet[source]
    guard facet >= 0 else {
      for destination in units.indices where destination != skipped {
        let id = connectionID(source, destination)
        if id != TrafficTable.none { body(destination, id) }
      }
      return
    }
    load(Int(facet))
    // Local names spare the loop the bookkeeping of shared state.
    let (egress, ingress, unitFacet, unitIngressRow) = (egress, ingress, unitFacet, unitIngressRow)
    for destination in 0..<unitFacet.count {
      let row = unitIngressRow[destination]
      if row >= 0 {
        let out = egress[Int(unitFacet[destination])]
        if out == TrafficTable.none { continue }
        let into = ingress[Int(row)]
        if into == TrafficTable.none || destination == skipped { continue }
        let id =
          out == into || into == TrafficTable.all
          ? out : out == TrafficTable.all ? into : table.intersection(out, into)
        if id != TrafficTable.none { body(destination, id) }
      } else if destination != skipped {
        let id = connectionID(source, destination)
        if id != TrafficTable.none { body(destination, id) }
      }
    }
  }

  /// The general case: an end that looks different ways.
  private func connectionID(_ source: Int, _ destination: Int) -> ConnectionID {
    table.id(of: compiled.connection(units[source], units[destination]))
  }

  /// Something without an object, and what flows to or from it.
  package struct Outside: Sendable {
    package enum End: Sendable, Hashable {
      /// Addresses that belong to nothing known: an index into ``ConnectivityWalk/addressSets``.
      case addresses(Int)
      /// Index into ``CompiledPolicies/namedEnds``.
      case name(Int)
    }

    package let end: End
    /// What flows; nothing only where a name was asked for.
    package let connection: ConnectionID
  }

  /// The sets of addresses that were named so far.
  package private(set) var addressSets: [AddressSet] = []
  private var addressSetNumbers: [AddressSet: Int] = [:]
  /// What rows say of the outside, which many units share.
  private var outsideOfRows: [OutsideKey: [Outside]] = [:]

  private struct OutsideKey: Hashable {
    let direction: Direction
    let rows: [FacetRows]
    /// Only where there are names, which may look different to units of the same rows.
    let endpointClass: Int32?
  }

  /// What a unit may send to the outside: by disjoint sets of addresses, ascending, then to names, as far as that is
  /// more than what it may send to every address.
  package func outsideDestinations(of source: Int) -> [Outside] { outside(units[source], .egress) }

  /// What a unit may receive from the outside, likewise.
  package func outsideSources(of destination: Int) -> [Outside] { outside(units[destination], .ingress) }

  /// All that a unit may send to a name.
  package func destination(of source: Int, name: Int) -> Outside {
    Outside(
      end: .name(name), connection: table.id(of: compiled.connection(units[source], .egress, name: name)))
  }

  /// Fills the scratch arrays for one source facet.
  private func load(_ facet: Int) {
    let row = compiled.egressRow[facet]
    let family = facetsOfFamily.isEmpty ? nil : compiled.facets[facet].knownFamily
    if egressLoaded != (row, family) {
      egressLoaded = (row, family)
      for index in egress.indices { egress[index] = TrafficTable.none }
      for group in compiled.rows[Int(row)].groups {
        let traffic = group.traffic
        group.members.forEach { egress[$0] = traffic }
      }
      // No connection can exist between known addresses of two families.
      for (other, facets) in facetsOfFamily where family != nil && other != family {
        facets.forEach { egress[$0] = TrafficTable.none }
      }
    }
    for index in ingress.indices { ingress[index] = TrafficTable.none }
    ingress[Int(CompiledPolicies.openRow)] = TrafficTable.all
    ingressGroups.forEachColumn(of: facet) { ingress[Int(groupRow[$0])] = groupTraffic[$0] }
  }

  private func outside(_ unit: ConnectivityUnit, _ direction: Direction) -> [Outside] {
    let rows = compiled.outsideRows(of: unit, direction)
    let key = OutsideKey(
      direction: direction, rows: rows, endpointClass: compiled.namedEnds.isEmpty ? nil : unit.endpointClass)
    if let known = outsideOfRows[key] { return known }
    var atomsByTraffic: [ConnectionID: [Int]] = [:]
    var everywhere = TrafficSet.all
    var anywhere = TrafficSet.none
    let meeting = AddressFamily.allCases.map { family in rows.flatMap { $0.meeting(family) } }
    for atom in 0..<compiled.atoms.count {
      guard let family = compiled.atoms.sets[atom].intervals.first?.family else { continue }
      var whole: TrafficPair?
      for row in meeting[Int(family.rawValue)] {
        let here = compiled.traffic(row, outside: atom)
        whole = whole?.either(here) ?? here
      }
      let pair = whole ?? .none
      if !compiled.namedEnds.isEmpty, compiled.mayHaveNames(atom) {
        everywhere = everywhere.intersection(pair.certain)
        anywhere = anywhere.union(pair.possible)
      }
      if pair.possible.isEmpty { continue }
      atomsByTraffic[table.id(of: pair), default: []].append(atom)
    }
    let found = atomsByTraffic.map { id, atoms in
      (AddressSet(unsorted: atoms.flatMap { compiled.atoms.sets[$0].intervals }), id)
    }.sorted { left, right in
      let (a, b) = (left.0.intervals[0], right.0.intervals[0])
      return (a.family.rawValue, a.first) < (b.family.rawValue, b.first)
    }.map { Outside(end: .addresses(number(of: $0)), connection: $1) }
    let all = found + named(unit, direction, everywhere: everywhere, anywhere: anywhere)
    outsideOfRows[key] = all
    return all
  }

  /// Names to or from which more flows than for their addresses' sake.
  ///
  /// - Parameters:
  ///   - everywhere: what certainly flows for every address.
  ///   - anywhere: what possibly flows for some address.
  private func named(
    _ unit: ConnectivityUnit, _ direction: Direction, everywhere: TrafficSet, anywhere: TrafficSet
  ) -> [Outside] {
    compiled.namedEnds.indices.compactMap { name in
      // Nobody sends by a domain name.
      if direction == .ingress, compiled.namedEnds[name].domain != nil { return nil }
      let whole = compiled.connection(unit, direction, name: name)
      let isMore = !whole.certain.subtracting(everywhere).isEmpty
      let certain = isMore ? whole.certain : .none
      let possible = certain.union(whole.possible.subtracting(whole.certain).subtracting(anywhere))
      if possible.isEmpty { return nil }
      return Outside(
        end: .name(name), connection: table.id(of: TrafficPair(certain: certain, possible: possible)))
    }
  }

  private func number(of addresses: AddressSet) -> Int {
    if let known = addressSetNumbers[addresses] { return known }
    addressSetNumbers[addresses] = addressSets.count
    addressSets.append(addresses)
    return addressSets.count - 1
  }
}
