internal import Kubernetes
internal import PolicyModel

/// What each mentioned port name stands for on each facet.
struct PortNameTable: Sendable {
  private let numbersByPorts: [[PortName: PortSet]]
  private let facetsByPorts: [BitSet]

  /// - Parameter kinds: what the names stand for, for each number of visible port names; nothing for 0.
  init(_ kinds: [[PortName: PortSet]], facets: [Facet]) {
    numbersByPorts = kinds
    var sets = [BitSet](repeating: BitSet(size: facets.count), count: kinds.count)
    for (index, facet) in facets.enumerated() { sets[Int(facet.ports)].insert(index) }
    facetsByPorts = sets
  }

  /// What entries match on facets of one kind of ports.
  func traffic(_ matches: [PortMatch], ports: Int32) -> TrafficSet {
    var traffic = TrafficSet.none
    for match in matches {
      let numbers = match.numbers { name in
        numbersByPorts[Int(ports)][PortName(name: name, transport: match.transport)] ?? .none
      }
      traffic[match.transport] = traffic[match.transport].union(numbers)
    }
    return traffic
  }

  func facets(ofPorts ports: Int) -> BitSet { facetsByPorts[ports] }

  var kinds: Int { numbersByPorts.count }
}
