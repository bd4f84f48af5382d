internal import Kubernetes
internal import PolicyModel

/// Goes through all pairs of a symbolic world and keeps those where what flows is not between what must and what may.
struct SymbolicComparison {
  /// A pair of ends, and something that flows between them on one side only.
  struct Difference {
    let source: FlowEnd
    let destination: FlowEnd
    let transport: TransportProtocol
    let port: UInt16

    let isOther: Bool

    var flow: Flow? {
      if !isOther { return Flow(from: source, to: destination, .port(transport, port)) }
      return OtherTrafficAsPorts.traffic(transport, port).map {
        Flow(from: source, to: destination, .other($0))
      }
    }
  }

  private struct Numbers: Hashable {
    let least: ConnectivityWalk.ConnectionID
    let most: ConnectivityWalk.ConnectionID
    let actual: ConnectivityWalk.ConnectionID
  }

  private let symbolic: SymbolicWorld
  /// Whether ports stand for protocols without ports.
  private let isOther: Bool
  /// Names of entities that one engine knows and that count.
  private let entities: Set<String>
  private let least: ConnectivityWalk
  private let most: ConnectivityWalk
  private let actual: ConnectivityWalk
  /// What is wrong with a combination of traffic; traffic that is equal has one number in its walk.
  private var wrong: [Numbers: TrafficSet] = [:]
  private var wrongOutside: [OutsideKey: OutsideDifferences] = [:]
  private(set) var differences: [Difference] = []
  private(set) var pairCount = 0

  private struct OutsideKey: Hashable {
    let least: [ConnectivityWalk.Outside]
    let most: [ConnectivityWalk.Outside]
    let actual: [ConnectivityWalk.Outside]
  }

  private struct OutsideDifferences {
    /// How many sets of addresses were told apart.
    let setCount: Int
    let found: [OutsideDifference]
  }

  private struct OutsideDifference {
    let address: IPAddress
    let wrong: TrafficSet
  }

  /// - Parameters:
  ///   - isOther: whether ports stand for protocols without ports.
  ///   - entities: names of entities that one engine knows and that are to be compared.
  init(
    _ symbolic: SymbolicWorld, isOther: Bool, entities: Set<String>, least: ConnectivityWalk,
    most: ConnectivityWalk, actual: ConnectivityWalk
  ) {
    self.symbolic = symbolic
    self.isOther = isOther
    self.entities = entities
    self.least = least
    self.most = most
    self.actual = actual
  }

  /// O(units²). Units are the same in all walks: each is of pods that are alike in everything.
  mutating func run() {
    let units = actual.units
    var rows = [[ConnectivityWalk.ConnectionID]](
      repeating: [ConnectivityWalk.ConnectionID](repeating: TrafficTable.none, count: units.count), count: 3)
    for source in units.indices {
      for (number, walk) in [least, most, actual].enumerated() {
        for index in units.indices { rows[number][index] = TrafficTable.none }
        for found in walk.destinations(of: source) { rows[number][Int(found.unit)] = found.connection }
      }
      for destination in units.indices
      where symbolic.mayMeet(units[source].namespace, units[destination].namespace) {
        pairCount += 1
        let numbers = Numbers(
          least: rows[0][destination], most: rows[1][destination], actual: rows[2][destination])
        let wrong = self.wrong(numbers)
        if wrong.isEmpty { continue }
        add(end(units[source]), end(units[destination], isAnother: source == destination), wrong)
      }
      compareOutside(source, .egress)
      compareOutside(source, .ingress)
    }
  }

  /// - Parameter isAnother: whether another pod like the first one is meant.
  private func end(_ unit: ConnectivityUnit, isAnother: Bool = false) -> FlowEnd {
    let endpoint = unit.endpoints[isAnother ? unit.endpoints.count - 1 : 0]
    if unit.hostNetwork, let node = symbolic.world.endpoints[endpoint].node { return .node(node) }
    return .endpoint(endpoint)
  }

  private mutating func add(_ source: FlowEnd, _ destination: FlowEnd, _ wrong: TrafficSet) {
    let families = [family(source), family(destination)].compactMap { $0 }
    for transport in TransportProtocol.allCases {
      // ICMP goes between IPv4 addresses, and ICMPv6 between others.
      if isOther, families.contains(transport == .tcp ? .ipv6 : .ipv4), transport != .sctp { continue }
      guard let range = wrong[transport].ranges.first else { continue }
      differences.append(
        Difference(
          source: source, destination: destination, transport: transport, port: range.lowerBound,
          isOther: isOther))
      return
    }
  }

  /// The only family of an end's addresses; nil for names.
  private func family(_ end: FlowEnd) -> AddressFamily? {
    let addresses: [IPAddress]
    switch end {
    case .address(let address): addresses = [address]
    case .node(let number, _): addresses = symbolic.world.nodes[number].addresses
    case .endpoint(let number, _):
      guard case .known(let known) = symbolic.world.endpoints[number].addresses else { return nil }
      addresses = known
    case .workload, .ownedWorkload, .domain, .entity, .itself, .service: return nil
    }
    let families = Set(addresses.map(\.family))
    return families.count == 1 ? families.first : nil
  }

  /// What is let through or denied on the actual side and must not be.
  private mutating func wrong(_ numbers: Numbers) -> TrafficSet {
    if let known = wrong[numbers] { return known }
    let (low, high, here) = (
      least.connection(numbers.least), most.connection(numbers.most), actual.connection(numbers.actual)
    )
    let found = low.certain.subtracting(here.certain).union(here.certain.subtracting(high.certain))
      .union(low.possible.subtracting(here.possible)).union(here.possible.subtracting(high.possible))
    wrong[numbers] = found
    return found
  }

  // MARK: - Ends without an object

  private mutating func compareOutside(_ unit: Int, _ direction: Direction) {
    let own = end(actual.units[unit])
    func report(_ other: FlowEnd, _ wrong: TrafficSet) {
      if direction == .egress { add(own, other, wrong) } else { add(other, own, wrong) }
    }
    let addresses = outsideDifferences(unit, direction)
    pairCount += addresses.setCount
    for found in addresses.found { report(.address(found.address), found.wrong) }
    for (name, named) in actual.compiled.namedEnds.enumerated() {
      if direction == .ingress, named.domain != nil { continue }
      guard let low = least.compiled.namedEnd(called: named.text),
        let high = most.compiled.namedEnd(called: named.text),
        let other = Self.flowEnd(named), isCompared(other)
      else { continue }
      pairCount += 1
      let numbers = Numbers(
        least: least.connection(of: unit, direction, name: low),
        most: most.connection(of: unit, direction, name: high),
        actual: actual.connection(of: unit, direction, name: name))
      let wrong = isPlaced(other) ? self.wrong(numbers) : certainlyWrong(numbers)
      if !wrong.isEmpty { report(other, wrong) }
    }
  }

  /// Whether it is known where an end is. What an unknown address leaves open may be decided either way.
  private func isPlaced(_ end: FlowEnd) -> Bool {
    if case .entity(.apiServer) = end { !symbolic.world.apiServerAddresses.isEmpty } else { true }
  }

  /// What is let through that certainly must not be, and the other way round.
  private func certainlyWrong(_ numbers: Numbers) -> TrafficSet {
    let (low, high, here) = (
      least.connection(numbers.least), most.connection(numbers.most), actual.connection(numbers.actual)
    )
    return low.certain.subtracting(here.possible).union(here.certain.subtracting(high.possible))
  }

  private func isCompared(_ end: FlowEnd) -> Bool {
    if case .entity(.special(let name)) = end { entities.contains(name) } else { true }
  }

  private static func flowEnd(_ named: CompiledPolicies.NamedEnd) -> FlowEnd? {
    if let domain = named.domain { return .domain(domain.example) }
    return named.text.split(separator: "/").last.map {
      .entity($0 == "kube-apiserver" ? .apiServer : .special(String($0)))
    }
  }

  private mutating func outsideDifferences(_ unit: Int, _ direction: Direction) -> OutsideDifferences {
    let key = OutsideKey(
      least: least.outside(of: unit, direction), most: most.outside(of: unit, direction),
      actual: actual.outside(of: unit, direction))
    if let known = wrongOutside[key] { return known }
    let sets = [
      least.openAddresses(key.least), most.openAddresses(key.most), actual.openAddresses(key.actual),
    ]
    var found: [OutsideDifference] = []
    for (low, lowID) in sets[0] {
      for (high, highID) in sets[1] {
        let between = low.intersection(high).intersection(symbolic.outside)
        if between.isEmpty { continue }
        for (here, hereID) in sets[2] {
          guard let address = Self.example(of: between.intersection(here)) else { continue }
          let wrong = self.wrong(Numbers(least: lowID, most: highID, actual: hereID))
          if wrong.isEmpty { continue }
          found.append(OutsideDifference(address: address, wrong: wrong))
        }
      }
    }
    found.sort { $0.address < $1.address }
    let differences = OutsideDifferences(setCount: sets.map(\.count).max() ?? 0, found: found)
    wrongOutside[key] = differences
    return differences
  }

  /// One of documentation's addresses (RFC 5737) if it is in a set, as that looks like one outside.
  private static func example(of addresses: AddressSet) -> IPAddress? {
    let outside = IPAddress(.ipv4, bits: 0xCB00_710A)
    if addresses.contains(outside) { return outside }
    return addresses.intervals.first.map { IPAddress($0.family, bits: min($0.first + 10, $0.last)) }
  }
}

extension SymbolicWorld {
  /// An end in words: `shop/app=web`, `node/own`, an address or a name.
  package func name(_ end: FlowEnd) -> String {
    switch end {
    case .endpoint(let number, _): world.qualifiedName(world.endpoints[number])
    case .workload(let number): world.qualifiedName(world.workloads[number])
    case .ownedWorkload(let number): world.ownedWorkloads[number].name
    case .node(let number, _): "node/\(world.nodes[number].name)"
    case .address(let address): "\(address)"
    case .domain(let name): name
    case .entity(.apiServer): "entity/kube-apiserver"
    case .entity(.world): "entity/world"
    case .entity(.special(let name)): "entity/\(name)"
    case .itself: "self"
    case .service(let number, _): "service/\(world.services[number].meta.name)"
    }
  }
}
