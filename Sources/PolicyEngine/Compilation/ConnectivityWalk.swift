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
  /// Unchecked, as a check for every pair costs more than the pair: nothing that a table's methods do comes back here,
  /// so no two accesses ever overlap.
  @exclusivity(unchecked) private var table: TrafficTable
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
    openOfRow = [OpenAddresses?](repeating: nil, count: compiled.rows.count)
  }

  private static func facetsOfFamily(_ facets: [Facet]) -> [AddressFamily: BitSet] {
    var sets: [AddressFamily: BitSet] = [:]
    for (index, facet) in facets.enumerated() {
      guard let family = facet.knownFamily else { continue }
      sets[family, default: BitSet(size: facets.count)].insert(index)
    }
    return sets.count > 1 ? sets : [:]
  }

  /// By endpoint of the world, the unit that it is in; -1 for finished pods. O(endpoints).
  package var unitsOfEndpoints: [Int] {
    var numbers = [Int](repeating: -1, count: compiled.world.endpoints.count)
    for (number, unit) in units.enumerated() {
      for endpoint in unit.endpoints { numbers[endpoint] = number }
    }
    return numbers
  }

  /// A number for what flows; equal numbers are equal traffic. ``connection(_:)`` says what it is.
  package typealias ConnectionID = Int32

  /// What flows under a number.
  package func connection(_ id: ConnectionID) -> (certain: TrafficSet, possible: TrafficSet) {
    (table[id].certain, table[id].possible)
  }

  /// The number of some traffic.
  func number(of traffic: TrafficPair) -> ConnectionID { table.id(of: traffic) }

  /// A unit that a source may send something to.
  package struct Destination: Sendable {
    /// Index into ``ConnectivityWalk/units``.
    package let unit: Int32
    /// What flows.
    package let connection: ConnectionID
  }

  /// The units that a unit may send something to, in the order of ``units``. O(units).
  package func destinations(of source: Int) -> [Destination] {
    // A single pod has no other replica to talk to.
    let skipped = compiled.hasPeersWithin(units[source]) ? -1 : source
    let facet = unitFacet[source]
    if facet >= 0 { load(Int(facet)) }
    // Constants are read once, and not for every pair.
    let (facets, rows, egress, ingress) = (unitFacet, unitIngressRow, egress, ingress)
    return Array(unsafeUninitializedCapacity: units.count) { found, count in
      for unit in facets.indices where unit != skipped {
        let id: ConnectionID
        if facet >= 0, rows[unit] >= 0 {
          let out = egress[Int(facets[unit])]
          if out == TrafficTable.none { continue }
          id = table.intersection(out, ingress[Int(rows[unit])])
        } else {
          id = connectionID(source, unit)
        }
        if id == TrafficTable.none { continue }
        found[count] = Destination(unit: Int32(unit), connection: id)
        count += 1
      }
    }
  }

  /// The general case: an end that looks different ways.
  private func connectionID(_ source: Int, _ destination: Int) -> ConnectionID {
    table.id(of: compiled.connection(units[source], units[destination]))
  }

  /// Something without an object, and what flows to or from it.
  package struct Outside: Sendable, Hashable {
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
  private var addressSetNumbers: [BitSet: Int] = [:]
  /// What rows leave open to addresses, which many units share: of single rows by their number, of several together.
  private var openOfRow: [OpenAddresses?]
  private var openOfRows: [[FacetRows]: OpenAddresses] = [:]
  /// What single rows leave open to names besides, see ``sharedRests(_:_:_:)``.
  private var restsOfRow: [Direction: [Int: [ConnectionID?]]] = [:]

  /// What flows to or from the addresses outside.
  private struct OpenAddresses {
    let ends: [Outside]
    /// What certainly flows for every address that a name may have, and what possibly flows for some.
    let names: TrafficPair
  }

  /// What a unit may send to the outside: by disjoint sets of addresses, ascending, then to names, as far as that is
  /// more than what it may send to every address.
  package func outsideDestinations(of source: Int) -> [Outside] { outside(units[source], .egress) }

  /// What a unit may receive from the outside, likewise.
  package func outsideSources(of destination: Int) -> [Outside] { outside(units[destination], .ingress) }

  /// What a unit may send to the outside, or receive from it.
  package func outside(of unit: Int, _ direction: Direction) -> [Outside] { outside(units[unit], direction) }

  /// All that may flow between a unit and a name.
  package func connection(of unit: Int, _ direction: Direction, name: Int) -> ConnectionID {
    table.id(of: compiled.connection(units[unit], direction, name: name))
  }

  /// All that a unit may send to a name.
  package func destination(of source: Int, name: Int) -> Outside {
    Outside(end: .name(name), connection: connection(of: source, .egress, name: name))
  }

  /// Fills the scratch arrays for one source facet.
  private func load(_ facet: Int) {
    let row = compiled.egressRow[facet]
    let family = facetsOfFamily.isEmpty ? nil : compiled.facets[facet].knownFamily
    if egressLoaded != (row, family) {
      egressLoaded = (row, family)
      egress.withUnsafeMutableBufferPointer { $0.update(repeating: TrafficTable.none) }
      for group in compiled.rows[Int(row)].groups {
        let traffic = group.traffic
        group.members.forEach { egress[$0] = traffic }
      }
      // No connection can exist between known addresses of two families.
      for (other, facets) in facetsOfFamily where family != nil && other != family {
        facets.forEach { egress[$0] = TrafficTable.none }
      }
    }
    ingress.withUnsafeMutableBufferPointer { ingress in
      ingress.update(repeating: TrafficTable.none)
      ingress[Int(CompiledPolicies.openRow)] = TrafficTable.all
      ingressGroups.forEachColumn(of: facet) { ingress[Int(groupRow[$0])] = groupTraffic[$0] }
    }
  }

  private func outside(_ unit: ConnectivityUnit, _ direction: Direction) -> [Outside] {
    let open = openAddresses(unit, direction)
    return compiled.namedEnds.isEmpty ? open.ends : open.ends + named(unit, direction, open.names)
  }

  private func openAddresses(_ unit: ConnectivityUnit, _ direction: Direction) -> OpenAddresses {
    if let row = compiled.soleRow(of: unit, direction) {
      if let known = openOfRow[Int(row)] { return known }
      let found = openAddresses(ofRow: row)
      openOfRow[Int(row)] = found
      return found
    }
    let rows = compiled.outsideRows(of: unit, direction)
    if let known = openOfRows[rows] { return known }
    let found = openAddresses(ofRows: rows)
    openOfRows[rows] = found
    return found
  }

  /// O(groups of the row × atoms/64).
  private func openAddresses(ofRow row: Int32) -> OpenAddresses {
    var atomsByTraffic: [ConnectionID: BitSet] = [:]
    var everywhere = TrafficSet.all
    var namedAtoms = compiled.atomsOfNames
    var anywhere = TrafficSet.none
    for group in compiled.rows[Int(row)].outside {
      let pair = table[group.traffic]
      if group.members.intersects(compiled.atomsOfNames) {
        everywhere = everywhere.intersection(pair.certain)
        anywhere = anywhere.union(pair.possible)
        namedAtoms.subtract(group.members)
      }
      if pair.possible.isEmpty { continue }
      let atoms = group.members.intersection(compiled.everyAtom)
      if atoms.isEmpty { continue }
      atomsByTraffic[group.traffic] = atomsByTraffic[group.traffic]?.union(atoms) ?? atoms
    }
    // Nothing flows to atoms that no group holds.
    if !namedAtoms.isEmpty { everywhere = .none }
    return openAddresses(atomsByTraffic, everywhere: everywhere, anywhere: anywhere)
  }

  /// O(rows × atoms).
  private func openAddresses(ofRows rows: [FacetRows]) -> OpenAddresses {
    var atomsByTraffic: [ConnectionID: BitSet] = [:]
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
      if compiled.atomsOfNames.contains(atom) {
        everywhere = everywhere.intersection(pair.certain)
        anywhere = anywhere.union(pair.possible)
      }
      if pair.possible.isEmpty { continue }
      let id = table.id(of: pair)
      var atoms = atomsByTraffic[id] ?? BitSet(size: compiled.atoms.count + compiled.names.count)
      atoms.insert(atom)
      atomsByTraffic[id] = atoms
    }
    return openAddresses(atomsByTraffic, everywhere: everywhere, anywhere: anywhere)
  }

  /// - Parameters:
  ///   - everywhere: what certainly flows for every address that a name may have.
  ///   - anywhere: what possibly flows for some.
  private func openAddresses(
    _ atomsByTraffic: [ConnectionID: BitSet], everywhere: TrafficSet, anywhere: TrafficSet
  ) -> OpenAddresses {
    // Where names have no address, nothing is open to all of theirs.
    let certain = compiled.atomsOfNames.isEmpty ? TrafficSet.none : everywhere
    return OpenAddresses(
      ends: ends(atomsByTraffic), names: TrafficPair(certain: certain, possible: anywhere))
  }

  /// Sets of atoms by what flows, in the order of the addresses.
  private func ends(_ atomsByTraffic: [ConnectionID: BitSet]) -> [Outside] {
    atomsByTraffic.map { id, atoms in (number(of: atoms), id) }.sorted { left, right in
      let (a, b) = (addressSets[left.0].intervals[0], addressSets[right.0].intervals[0])
      return (a.family.rawValue, a.first) < (b.family.rawValue, b.first)
    }.map { Outside(end: .addresses($0), connection: $1) }
  }

  /// Names to or from which more flows than for their addresses' sake.
  ///
  /// - Parameter open: what certainly flows for every address, and what possibly flows for some.
  private func named(_ unit: ConnectivityUnit, _ direction: Direction, _ open: TrafficPair) -> [Outside] {
    let shared = compiled.soleRow(of: unit, direction).map { sharedRests($0, direction, open) }
    return compiled.namedEnds.indices.compactMap { name in
      // Nobody sends by a domain name.
      if direction == .ingress, compiled.namedEnds[name].domain != nil { return nil }
      let connection =
        shared?[name] ?? rest(of: compiled.connection(unit, direction, name: name), open)
      return connection == TrafficTable.none ? nil : Outside(end: .name(name), connection: connection)
    }
  }

  /// By name, what flows to or from it for all units with a row; nil where that depends on the unit.
  private func sharedRests(_ row: Int32, _ direction: Direction, _ open: TrafficPair) -> [ConnectionID?] {
    if let known = restsOfRow[direction]?[Int(row)] { return known }
    let traffics = compiled.trafficOfNames(row)
    // What is left of traffic that several names have, by its number; neighbours mostly have the same.
    var rests: [ConnectionID: ConnectionID] = [:]
    var last: (whole: ConnectionID, rest: ConnectionID)?
    let found = compiled.namedEnds.indices.map { name -> ConnectionID? in
      compiled.member(placedNowhere: name).map { member in
        let whole = traffics[member]
        if let last, last.whole == whole { return last.rest }
        let rest = rests[whole] ?? rest(of: table[whole], open)
        rests[whole] = rest
        last = (whole, rest)
        return rest
      }
    }
    restsOfRow[direction, default: [:]][Int(row)] = found
    return found
  }

  /// The number of what flows to or from a name beyond what is open to addresses.
  private func rest(of whole: TrafficPair, _ open: TrafficPair) -> ConnectionID {
    let isMore = !whole.certain.subtracting(open.certain).isEmpty
    let certain = isMore ? whole.certain : .none
    let possible = certain.union(whole.possible.subtracting(whole.certain).subtracting(open.possible))
    return table.id(of: TrafficPair(certain: certain, possible: possible))
  }

  /// The number of the addresses of some atoms.
  private func number(of atoms: BitSet) -> Int {
    if let known = addressSetNumbers[atoms] { return known }
    var intervals: [AddressSet.Interval] = []
    atoms.forEach { intervals += compiled.atoms.sets[$0].intervals }
    addressSetNumbers[atoms] = addressSets.count
    addressSets.append(AddressSet(unsorted: intervals))
    return addressSets.count - 1
  }
}
