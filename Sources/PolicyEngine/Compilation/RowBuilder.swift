internal import Kubernetes
internal import PolicyModel

/// Turns sets of policies into rows.
struct RowBuilder {
  private let profile: EngineProfile
  private let atoms: AddressAtoms
  private let facets: [Facet]
  private let portNames: PortNameTable
  private let everything: BitSet
  /// Facets whose address is not known: a block matches them as far as it covers the assumed addresses.
  private let withUnknownAddress: BitSet
  private let withAtom: [BitSet]
  private let assumedAtoms: BitSet
  /// Peers of every rule, by rule number.
  private let compiled: [CompiledRule]

  /// A rule with its peers as sets.
  struct CompiledRule: Sendable {
    let rule: Rule
    let policy: Int32
    let isOpenToAnyone: Bool
    let selected: BitSet
    let blockAtoms: BitSet

    var hasBlocks: Bool { !blockAtoms.isEmpty }
  }

  init(
    profile: EngineProfile, atoms: AddressAtoms, assumedAddresses: AddressSet, facets: [Facet],
    portNames: PortNameTable, rules: [CompiledRule]
  ) {
    self.profile = profile
    self.atoms = atoms
    self.facets = facets
    self.portNames = portNames
    compiled = rules
    everything = BitSet(allBelow: facets.count)
    var unknown = BitSet(size: facets.count)
    var withAtom = [BitSet](repeating: BitSet(size: facets.count), count: atoms.count)
    for (index, facet) in facets.enumerated() {
      switch facet.address {
      case .unknown: unknown.insert(index)
      case .atom(let atom): withAtom[Int(atom)].insert(index)
      case .none: break
      }
    }
    withUnknownAddress = unknown
    self.withAtom = withAtom
    assumedAtoms = atoms.atoms(of: assumedAddresses)
  }

  /// A set of facets with what one rule lets through to or from them.
  private struct Contribution {
    let rule: Int32
    var facets: BitSet
    let traffic: TrafficPair
  }

  /// The row of some policies.
  ///
  /// - Parameters:
  ///   - rules: numbers of the policies' rules in the direction, in order.
  ///   - subjectPorts: the subject's port names, on which ingress rules resolve; nil for egress.
  func row(
    policies: [Int32], rules: [Int32], subjectPorts: Int32?, _ table: inout TrafficTable
  ) -> Row {
    var contributions: [Contribution] = []
    var outside: [Contribution] = []
    for number in rules {
      let rule = compiled[Int(number)]
      var peers = rule.isOpenToAnyone ? everything : rule.selected
      if rule.hasBlocks, profile.addressBlocksMatchPods {
        rule.blockAtoms.forEach { peers.formUnion(withAtom[$0]) }
      }
      let fixed = fixedTraffic(of: rule.rule, subjectPorts: subjectPorts)
      contributions.append(Contribution(rule: number, facets: peers, traffic: fixed))
      if subjectPorts == nil {
        for (traffic, resolving) in namedTraffic(of: rule.rule) {
          contributions.append(
            Contribution(rule: number, facets: peers.intersection(resolving), traffic: traffic))
        }
      }
      let atoms = rule.isOpenToAnyone ? BitSet(allBelow: atoms.count) : rule.blockAtoms
      outside.append(Contribution(rule: number, facets: atoms, traffic: fixed))
    }
    if profile.addressBlocksMatchPods {
      contributions += unknownAddressContributions(rules, subjectPorts: subjectPorts)
    }
    return Row(
      policies: policies,
      groups: Self.disjoint(contributions, universe: everything).map { facets, traffic, rules in
        Row.Group(facets: facets, traffic: table.id(of: traffic), rules: Self.rules(rules, &table))
      },
      outside: Self.disjoint(outside, universe: BitSet(allBelow: atoms.count)).map { atoms, traffic, rules in
        Row.OutsideGroup(atoms: atoms, traffic: table.id(of: traffic), rules: Self.rules(rules, &table))
      })
  }

  /// Everything, for ends that no policy isolates.
  func openRow() -> Row {
    Row(
      policies: [], groups: [.init(facets: everything, traffic: TrafficTable.all, rules: [])],
      outside: [.init(atoms: BitSet(allBelow: atoms.count), traffic: TrafficTable.all, rules: [])])
  }

  // MARK: - Ports

  /// What a rule lets through whoever the destination is: numbers, and names when the subject resolves them.
  private func fixedTraffic(of rule: Rule, subjectPorts: Int32?) -> TrafficPair {
    guard case .anyOf(let matches) = rule.traffic else { return .all }
    var certain: [(TransportProtocol, ClosedRange<UInt16>)] = []
    var possible = certain
    func add(_ transport: TransportProtocol, certain sure: PortSet, possible all: PortSet) {
      certain += sure.ranges.map { (transport, $0) }
      possible += all.ranges.map { (transport, $0) }
    }
    for match in matches {
      switch match.ports {
      case .all: add(match.transport, certain: .all, possible: .all)
      case .range(let range): add(match.transport, certain: PortSet(range), possible: PortSet(range))
      case .named(let name):
        guard let subjectPorts else { continue }
        let numbers = portNames.numbers(
          of: PortName(name: name, transport: match.transport), ports: subjectPorts)
        add(match.transport, certain: numbers.certain, possible: numbers.possible)
      }
    }
    return TrafficPair(certain: TrafficSet(unsorted: certain), possible: TrafficSet(unsorted: possible))
  }

  /// What the port names of an egress rule let through, by destination.
  private func namedTraffic(of rule: Rule) -> [(TrafficPair, BitSet)] {
    guard case .anyOf(let matches) = rule.traffic else { return [] }
    return matches.flatMap { match -> [(TrafficPair, BitSet)] in
      guard case .named(let name) = match.ports else { return [] }
      return portNames.facets(with: PortName(name: name, transport: match.transport)).map {
        (Self.pair(match.transport, $0.numbers), $0.facets)
      }
    }
  }

  private static func pair(_ transport: TransportProtocol, _ numbers: PortNameTable.Numbers) -> TrafficPair {
    TrafficPair(
      certain: TrafficSet(transport, numbers.certain), possible: TrafficSet(transport, numbers.possible))
  }

  // MARK: - Unknown addresses

  /// What blocks let through to or from facets whose address is not known: certainly what they let through
  /// for every assumed address, possibly what they do for one.
  private func unknownAddressContributions(_ rules: [Int32], subjectPorts: Int32?) -> [Contribution] {
    let withBlocks = rules.filter { compiled[Int($0)].hasBlocks }
    if withBlocks.isEmpty || withUnknownAddress.isEmpty { return [] }
    let dependsOnDestination =
      subjectPorts == nil && withBlocks.contains { compiled[Int($0)].rule.traffic.namesPorts }
    if !dependsOnDestination {
      return unknownAddressContributions(withBlocks, ports: subjectPorts ?? 0, facets: withUnknownAddress)
    }
    return (0..<portNames.kinds).flatMap { ports -> [Contribution] in
      let facets = withUnknownAddress.intersection(portNames.facets(ofPorts: ports))
      return facets.isEmpty
        ? [] : unknownAddressContributions(withBlocks, ports: Int32(ports), facets: facets)
    }
  }

  private func unknownAddressContributions(_ rules: [Int32], ports: Int32, facets: BitSet) -> [Contribution] {
    let traffic = rules.map { fixedTraffic(of: compiled[Int($0)].rule, subjectPorts: ports) }
    var whole: TrafficPair?
    assumedAtoms.forEach { atom in
      var here = TrafficPair.none
      for (place, number) in rules.enumerated() where compiled[Int(number)].blockAtoms.contains(atom) {
        here = here.union(traffic[place])
      }
      whole = whole?.either(here) ?? here
    }
    guard let whole else { return [] }
    // What all blocks together certainly let through is certain of each rule that has a part in it.
    return rules.enumerated().compactMap { place, number in
      let possible = traffic[place].possible.intersection(whole.possible)
      if possible.isEmpty { return nil }
      return Contribution(
        rule: number, facets: facets,
        traffic: TrafficPair(certain: whole.certain.intersection(possible), possible: possible))
    }
  }

  // MARK: - Disjoint groups

  /// Cuts overlapping contributions into disjoint sets with the union of their traffic.
  /// O(contributions × groups × words); groups are at most the distinct combinations that occur.
  private static func disjoint(
    _ contributions: [Contribution], universe: BitSet
  ) -> [(BitSet, TrafficPair, [(Int32, TrafficPair)])] {
    var groups: [(BitSet, TrafficPair, [(Int32, TrafficPair)])] = []
    var rest = universe
    for contribution in contributions where !contribution.traffic.possible.isEmpty {
      if contribution.facets.isEmpty { continue }
      let entry = (contribution.rule, contribution.traffic)
      for index in groups.indices where groups[index].0.intersects(contribution.facets) {
        let inside = groups[index].0.intersection(contribution.facets)
        let outside = groups[index].0.subtracting(contribution.facets)
        if !outside.isEmpty { groups.append((outside, groups[index].1, groups[index].2)) }
        groups[index] = (inside, groups[index].1.union(contribution.traffic), groups[index].2 + [entry])
      }
      let fresh = rest.intersection(contribution.facets)
      if !fresh.isEmpty {
        groups.append((fresh, contribution.traffic, [entry]))
        rest.subtract(contribution.facets)
      }
    }
    return groups
  }

  private static func rules(_ rules: [(Int32, TrafficPair)], _ table: inout TrafficTable) -> [Row.RuleTraffic]
  {
    rules.map { Row.RuleTraffic(rule: $0.0, traffic: table.id(of: $0.1)) }
  }
}
