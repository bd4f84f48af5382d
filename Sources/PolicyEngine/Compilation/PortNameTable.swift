internal import Kubernetes
internal import PolicyModel

/// What each mentioned port name stands for on each facet.
struct PortNameTable: Sendable {
  /// Ports under every reading, and under some.
  struct Numbers: Sendable, Hashable {
    let certain: PortSet
    let possible: PortSet

    static let none = Numbers(certain: .none, possible: .none)
  }

  private let numbersByPorts: [[PortName: Numbers]]
  private let facetsByPorts: [BitSet]

  /// - Parameter examples: an endpoint for each number of visible port names; nil for "none".
  init(_ examples: [Endpoint?], facets: [Facet], names: Set<String>) {
    numbersByPorts = examples.map { endpoint in
      guard let endpoint else { return [:] }
      var numbers: [PortName: Numbers] = [:]
      for port in endpoint.ports {
        guard let name = port.name, names.contains(name) else { continue }
        let key = PortName(name: name, transport: port.transport)
        if numbers[key] != nil { continue }
        numbers[key] = Numbers(
          certain: Self.set(endpoint.portNumbers(named: name, port.transport, .first)),
          possible: Self.set(endpoint.portNumbers(named: name, port.transport, .all)))
      }
      return numbers
    }
    var sets = [BitSet](repeating: BitSet(size: facets.count), count: examples.count)
    for (index, facet) in facets.enumerated() { sets[Int(facet.ports)].insert(index) }
    facetsByPorts = sets
  }

  private static func set(_ numbers: [UInt16]) -> PortSet {
    numbers.reduce(PortSet.none) { $0.union(PortSet($1)) }
  }

  /// The numbers on facets of one kind of ports.
  func numbers(of name: PortName, ports: Int32) -> Numbers {
    numbersByPorts[Int(ports)][name] ?? .none
  }

  /// All kinds of ports that give the name a number, with the facets that have them.
  func facets(with name: PortName) -> [(numbers: Numbers, facets: BitSet)] {
    var merged: [Numbers: BitSet] = [:]
    var order: [Numbers] = []
    for (ports, table) in numbersByPorts.enumerated() {
      guard let numbers = table[name] else { continue }
      if merged[numbers] == nil { order.append(numbers) }
      merged[numbers, default: BitSet(size: facetsByPorts[ports].words.count * 64)].formUnion(
        facetsByPorts[ports])
    }
    return order.compactMap { numbers in merged[numbers].map { (numbers, $0) } }
  }

  func facets(ofPorts ports: Int) -> BitSet { facetsByPorts[ports] }

  var kinds: Int { numbersByPorts.count }
}
