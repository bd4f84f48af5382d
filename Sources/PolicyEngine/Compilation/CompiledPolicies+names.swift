internal import Kubernetes
package import PolicyModel

extension CompiledPolicies {
  /// An end that has a name and no object, as reports show it.
  package struct NamedEnd: Sendable {
    /// `*.example.com`, `entity/kube-apiserver`.
    package let text: String
    /// Nil for entities.
    package let domain: DomainPattern?
    /// What it may be: numbers of named parties.
    let members: [Int]
  }

  /// The number of the end that reports show under a text. O(names).
  package func namedEnd(called text: String) -> Int? { namedEnds.firstIndex { $0.text == text } }

  static func namedEnds(_ names: [NamedParty]) -> [NamedEnd] {
    var members: [String: [Int]] = [:]
    var order: [(text: String, domain: DomainPattern?)] = []
    for (number, name) in names.enumerated() {
      if members[name.text] == nil { order.append((name.text, name.domain)) }
      members[name.text, default: []].append(number)
    }
    return order.map { NamedEnd(text: $0.text, domain: $0.domain, members: members[$0.text] ?? []) }
  }

  /// The atoms, or those that addresses lie in, as a set that has room for the named parties after them.
  static func atoms(
    _ atoms: AddressAtoms, _ names: [NamedParty], meeting addresses: AddressSet? = nil
  ) -> BitSet {
    var found = BitSet(size: atoms.count + names.count)
    for (atom, own) in atoms.sets.enumerated() where addresses.map({ !own.isDisjoint(with: $0) }) ?? true {
      found.insert(atom)
    }
    return found
  }

  /// What may flow between a unit and a named end, over all that both may be.
  func connection(_ unit: ConnectivityUnit, _ direction: Direction, name: Int) -> TrafficPair {
    var whole: TrafficPair?
    for facets in facetsByCase(of: unit) {
      let families = facets.map { self.facets[$0].family }
      let meeting = zip(facets, families).filter { $1.map(world.assumedAddresses.families.contains) ?? true }
        .map(\.0)
      for facet in meeting.isEmpty ? facets : meeting {
        for member in namedEnds[name].members {
          for here in connections(facet, direction, name: member) { whole = whole?.either(here) ?? here }
        }
      }
    }
    return whole ?? .none
  }

  /// What may flow between a facet and a named party: apart, and if the party may be the facet's own node, there.
  private func connections(_ facet: Int, _ direction: Direction, name member: Int) -> [TrafficPair] {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    func flow(_ row: Int32) -> TrafficPair { traffic(row, outside: atoms.count + member) }
    let apart = flow(rowOfFacet.apart[facet])
    if let name = closedEntity(member) {
      // A node that it may run on reaches it, and policies about it may let others through.
      let isOpened =
        mentionedEntities.contains(name) || (direction == .egress && facets[facet].isNode)
      return isOpened ? [TrafficPair(certain: .none, possible: apart.possible)] : [.none]
    }
    // An API server inside the cluster runs on a node, nobody knows which.
    guard names[member] == .apiServer(isOutside: false) else { return [apart] }
    let onSameNode = flow(rowOfFacet.onSameNode[facet])
    var found = [apart]
    if !facets[facet].isPoliced {
      found.append(onSameNode)
    } else if direction == .egress {
      found += profile.egressToOwnNodeReadings.map {
        $0 == .exempt ? flow(rowOfFacet.exemptOnSameNode[facet]) : onSameNode
      }
    } else {
      found.append(
        profile.probeReading == .exempt
          ? .all
          : notDenied(in: rows[Int(rowOfFacet.onSameNode[facet])].outsideGroup(of: atoms.count + member)))
    }
    // Rows do not know what policies on every node make of the API server's own side.
    return policesAPIServer
      ? found.map { TrafficPair(certain: .none, possible: $0.possible) } : found
  }

  /// The name of a party that is closed but for what policies about it let through; nil for others.
  private func closedEntity(_ member: Int) -> String? {
    if case .special(let name) = names[member], profile.closedEntities.contains(name) { name } else { nil }
  }

  /// Whether policies on nodes may speak of an API server, which runs on nobody knows which.
  static func policesAPIServer(_ policies: [Policy]) -> Bool { policies.contains { $0.subject.nodes != nil } }

  /// What a row lets through to or from an atom or, counted after the atoms, a named party.
  func traffic(_ row: Int32, outside member: Int) -> TrafficPair {
    rows[Int(row)].outsideGroup(of: member).map { table[$0.traffic] } ?? .none
  }

  /// What a row lets through to or from each named party. O(groups × atoms/64).
  func trafficOfNames(_ row: Int32) -> [TrafficTable.ID] {
    var traffic = [TrafficTable.ID](repeating: TrafficTable.none, count: names.count)
    for group in rows[Int(row)].outside {
      group.members.subtracting(everyAtom).forEach { traffic[$0 - atoms.count] = group.traffic }
    }
    return traffic
  }

  /// The only named party that an end is, if it is one that runs on no node of the cluster and is not policed itself.
  func member(placedNowhere name: Int) -> Int? {
    let members = namedEnds[name].members
    guard members.count == 1, names[members[0]] != .apiServer(isOutside: false),
      closedEntity(members[0]) == nil
    else { return nil }
    return members[0]
  }

  /// The only row that a unit has, if it has one only.
  package func soleRow(of unit: ConnectivityUnit, _ direction: Direction) -> Int32? {
    let facets = classes[Int(unit.endpointClass)].facets
    return facets.count == 1 ? (direction == .egress ? egressRow : ingressRow)[Int(facets[0])] : nil
  }

  /// The rows of a unit's facets, apart for each reading and node that it may have.
  func outsideRows(of unit: ConnectivityUnit, _ direction: Direction) -> [FacetRows] {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    return facetsByCase(of: unit).map { own in
      var rows = FacetRows()
      for number in own { rows.add(rowOfFacet[number], facets[number].family) }
      return rows
    }
  }

  /// The facets of a unit, apart for each reading and node that it may have.
  private func facetsByCase(of unit: ConnectivityUnit) -> [[Int]] {
    let own = classes[Int(unit.endpointClass)].facets.map(Int.init)
    if own.count == 1 { return [own] }
    var cases: [FacetCase: Int] = [:]
    var found: [[Int]] = []
    for number in own {
      let facet = facets[number]
      let key = FacetCase(reading: facet.reading, node: facet.node)
      let place = cases[key] ?? found.count
      if place == found.count { found.append([]) }
      cases[key] = place
      found[place].append(number)
    }
    return found
  }

  private struct FacetCase: Hashable {
    let reading: EngineProfile.HostNetworkReading?
    let node: Facet.Node?
  }
}

/// The rows of facets that differ in their addresses and port names only.
struct FacetRows: Hashable {
  private var rows: [Int32] = []
  private var families: [AddressFamily?] = []

  mutating func add(_ row: Int32, _ family: AddressFamily?) {
    rows.append(row)
    families.append(family)
  }

  /// Those that may meet addresses of a family; all when none has it.
  func meeting(_ family: AddressFamily?) -> [Int32] {
    let own = rows.indices.filter { families[$0] == nil || family == nil || families[$0] == family }
    return own.isEmpty ? rows : own.map { rows[$0] }
  }
}

extension NamedParty {
  fileprivate var text: String {
    switch self {
    case .domain(let pattern): pattern.description
    case .apiServer: "entity/kube-apiserver"
    case .special(let name): "entity/\(name)"
    }
  }

  fileprivate var domain: DomainPattern? {
    if case .domain(let pattern) = self { pattern } else { nil }
  }
}
