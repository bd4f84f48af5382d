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
    for facet in classes[Int(unit.endpointClass)].facets {
      for member in namedEnds[name].members {
        for here in connections(Int(facet), direction, name: member) { whole = whole?.either(here) ?? here }
      }
    }
    return whole ?? .none
  }

  /// What may flow between a facet and a named party: apart, and if the party may be the facet's own node, there.
  private func connections(_ facet: Int, _ direction: Direction, name member: Int) -> [TrafficPair] {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    func group(_ row: Int32) -> Row.Group? { rows[Int(row)].outsideGroup(of: atoms.count + member) }
    func flow(_ row: Int32) -> TrafficPair { group(row).map { table[$0.traffic] } ?? .none }
    let apart = flow(rowOfFacet.apart[facet])
    // An API server inside the cluster runs on a node, nobody knows which.
    guard names[member] == .apiServer(isOutside: false) else { return [apart] }
    let onSameNode = flow(rowOfFacet.onSameNode[facet])
    guard facets[facet].isPoliced else { return [apart, onSameNode] }
    switch direction {
    case .egress:
      return [apart]
        + profile.egressToOwnNodeReadings.map {
          $0 == .exempt ? flow(rowOfFacet.exemptOnSameNode[facet]) : onSameNode
        }
    case .ingress:
      return [
        apart, profile.probeReading == .exempt ? .all : notDenied(in: group(rowOfFacet.onSameNode[facet])),
      ]
    }
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
