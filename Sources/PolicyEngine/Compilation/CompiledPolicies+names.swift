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

  static func namedEnds(_ names: [NamedParty]) -> [NamedEnd] {
    var members: [String: [Int]] = [:]
    var order: [(text: String, domain: DomainPattern?)] = []
    for (number, name) in names.enumerated() {
      if members[name.text] == nil { order.append((name.text, name.domain)) }
      members[name.text, default: []].append(number)
    }
    return order.map { NamedEnd(text: $0.text, domain: $0.domain, members: members[$0.text] ?? []) }
  }

  /// Whether the addresses of names may lie in an atom.
  func mayHaveNames(_ atom: Int) -> Bool { !atoms.sets[atom].isDisjoint(with: world.outsideAddresses) }

  /// What may flow between a unit and a named end, over all that both may be.
  func connection(_ unit: ConnectivityUnit, _ direction: Direction, name: Int) -> TrafficPair {
    var whole: TrafficPair?
    for rows in outsideRows(of: unit, direction) {
      for row in rows.meeting(world.assumedFamily) {
        for member in namedEnds[name].members {
          let here = traffic(row, outside: atoms.count + member)
          whole = whole?.either(here) ?? here
        }
      }
    }
    return whole ?? .none
  }

  /// What a row lets through to or from an atom or, counted after the atoms, a named party.
  func traffic(_ row: Int32, outside member: Int) -> TrafficPair {
    rows[Int(row)].outsideGroup(of: member).map { table[$0.traffic] } ?? .none
  }

  /// The rows of a unit's facets, apart for each reading and node that it may have.
  func outsideRows(of unit: ConnectivityUnit, _ direction: Direction) -> [FacetRows] {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    var cases: [FacetCase: Int] = [:]
    var found: [FacetRows] = []
    for number in classes[Int(unit.endpointClass)].facets.map(Int.init) {
      let facet = facets[number]
      let key = FacetCase(reading: facet.reading, node: facet.node)
      let place = cases[key] ?? found.count
      if place == found.count { found.append(FacetRows()) }
      cases[key] = place
      found[place].add(rowOfFacet[number], facet.family)
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
