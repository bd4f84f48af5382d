internal import Kubernetes
internal import PolicyModel

/// Turns sets of policies into rows.
struct RowBuilder {
  private let world: World
  private let atoms: AddressAtoms
  private let facets: [Facet]
  let portNames: PortNameTable
  var peers: PeerCompiler
  /// For each of ``UnknownAddress/all``, the atoms that such addresses may lie in.
  private let assumedAtoms: [[Int32]]
  private let outsideAtoms: [Int32]
  /// The atoms in which the API server's address may lie: outside the cluster, and inside.
  private let serverAtoms: [[Int32]]
  private let hasNames: Bool
  /// Peers of every rule, by rule number.
  let rules: [CompiledRule]

  init(
    world: World, atoms: AddressAtoms, names: [NamedParty], facets: [Facet], portNames: PortNameTable,
    peers: PeerCompiler, rules: [CompiledRule]
  ) {
    self.world = world
    self.atoms = atoms
    self.facets = facets
    self.portNames = portNames
    self.peers = peers
    self.rules = rules
    func numbers(_ set: AddressSet) -> [Int32] {
      var numbers: [Int32] = []
      atoms.atoms(of: set).forEach { numbers.append(Int32($0)) }
      return numbers
    }
    assumedAtoms = UnknownAddress.all.map { kind in
      numbers(world.assumedAddresses[kind.holder]).filter {
        atoms.sets[Int($0)].intervals.first?.family == kind.family
      }
    }
    hasNames = !names.isEmpty
    outsideAtoms = names.isEmpty ? [] : numbers(world.outsideAddresses)
    serverAtoms = [true, false].map { isOutside in
      if names.isEmpty { return [] }
      let places = world.apiServerPlaces.filter { $0.isOutside == isOutside }
      return atoms.sets.indices.filter { atom in
        places.contains { !atoms.sets[atom].isDisjoint(with: $0.addresses) }
      }.map { Int32($0) }
    }
  }

  /// What a row depends on.
  struct Question: Hashable {
    let direction: Direction
    /// Ascending.
    let policies: [Int32]
    /// The subject's port names: destination ports of ingress rules and source ports of egress rules resolve on
    /// them. 0 when no rule names a port of the subject.
    let ports: Int32
    /// Rules that ask the subject to be something else than it is.
    let excluded: [Int32]
    /// The subject, when rules ask for its own address and it is not known; else -1.
    let unknownSubject: Int32
    /// Whether node facets are on the subject's own node.
    let isSameNode: Bool
    /// Whether only strict tiers ask their rules.
    let isExempt: Bool
  }

  /// The row of some policies.
  ///
  /// - Parameter ruleNumbers: the rules of ``Question/policies`` in the direction, ascending.
  mutating func row(
    _ question: Question, _ tiers: [RowTier], rules ruleNumbers: [Int32], _ table: inout TrafficTable
  ) -> Row {
    let own = ruleNumbers.filter { !question.excluded.contains($0) }
    let cases = cases(question, own)
    var contributions: [Contribution] = []
    for number in own { contribute(number, question, cases, &contributions) }
    let partition = Partition(contributions, within: peers.everything)
    var groups: [Row.Group] = []
    var outside: [Row.Group] = []
    for part in partition.parts {
      let settled = settle(part.matches, tiers, cases)
      if settled.isSilent { continue }
      let traffic = table.id(of: settled.traffic)
      let allows = settled.allows.map { Row.RuleTraffic(rule: $0.0, traffic: table.id(of: $0.1)) }
      let denials = settled.denials.map { Row.RuleTraffic(rule: $0.0, traffic: table.id(of: $0.1)) }
      if !part.parties.facets.isEmpty {
        groups.append(
          Row.Group(members: part.parties.facets, traffic: traffic, allows: allows, denials: denials))
      }
      if !part.parties.outside.isEmpty {
        outside.append(
          Row.Group(members: part.parties.outside, traffic: traffic, allows: allows, denials: denials))
      }
    }
    return Row(
      policies: question.policies, tiers: tiers,
      sharesUnknowns: cases.contains { $0.atomOfSubject >= 0 || $0.sourcePort != nil }, groups: groups,
      outside: outside)
  }

  /// Everything, for ends that no policy says anything about.
  func openRow() -> Row {
    func open(_ members: BitSet) -> Row.Group {
      Row.Group(members: members, traffic: TrafficTable.all, allows: [], denials: [])
    }
    return Row(
      policies: [], tiers: [], sharesUnknowns: false, groups: [open(peers.everything.facets)],
      outside: [open(peers.everything.outside)])
  }

  // MARK: - Cases

  /// Every way in which what the row does not know may turn out, without those that its rules cannot tell apart.
  private func cases(_ question: Question, _ numbers: [Int32]) -> [RowCase] {
    var base = RowCase()
    base.peers.isSameNode = question.isSameNode
    var cases = addressCases(base, numbers)
    if question.unknownSubject >= 0 {
      let relevant = numbers.compactMap { rules[Int($0)].subject }
      let kind = facets[Int(question.unknownSubject)].unknownAddress
      let atoms = kind.map { distinctAtoms(assumedAtoms[$0.index], relevant) } ?? []
      cases = (atoms.isEmpty ? [-1] : atoms).flatMap { atom in
        cases.map {
          var next = $0
          next.atomOfSubject = atom
          return next
        }
      }
    }
    let ports = sourcePorts(question, numbers)
    if !ports.isEmpty {
      cases = ports.flatMap { port in
        cases.map {
          var next = $0
          next.sourcePort = port
          return next
        }
      }
    }
    return cases
  }

  /// Addresses of facets and names that do not know theirs. What one kind of them has does not hang together with what
  /// another has, so one list of cases serves all.
  private func addressCases(_ base: RowCase, _ numbers: [Int32]) -> [RowCase] {
    let relevant = numbers.map { rules[Int($0)].peers }
    let unknown = UnknownAddress.all.map(\.index).map {
      peers.withUnknownAddress[$0].isEmpty ? [] : distinctAtoms(assumedAtoms[$0], relevant)
    }
    let names = hasNames ? distinctAtoms(outsideAtoms, relevant) : []
    let servers = serverAtoms.map { $0.isEmpty ? [] : distinctAtoms($0, relevant) }
    let counts = unknown.map(\.count) + servers.map(\.count) + [names.count]
    return (0..<max(1, counts.max() ?? 0)).map { index in
      var next = base
      for (kind, atoms) in unknown.enumerated() where !atoms.isEmpty {
        next.peers.atomsOfUnknown[kind] = atoms[index % atoms.count]
      }
      if !names.isEmpty { next.peers.atomOfNames = names[index % names.count] }
      for (place, atoms) in servers.enumerated() where !atoms.isEmpty {
        next.peers.atomsOfServer[place] = atoms[index % atoms.count]
      }
      return next
    }
  }

  /// One atom of each kind that blocks of peers tell apart; none when there are no blocks.
  private func distinctAtoms(_ candidates: [Int32], _ compiled: [CompiledPeers]) -> [Int32] {
    var sets: [BitSet] = []
    for peers in compiled {
      switch peers {
      case .fixed: continue
      case .withBlocks(_, let atoms): sets.append(atoms)
      case .general(let condition):
        condition.forEachSimple {
          sets.append($0)
        } _: {
          switch $0 {
          case .family(let family): sets.append(self.peers.outsideOfFamily[Int(family.rawValue)])
          case .apiServer: sets.append(self.peers.serverAtoms)
          default: break
          }
        }
      }
    }
    return sets.isEmpty ? [] : candidates.leastOfEachKind(in: sets)
  }

  // MARK: - Contributions

  /// A set of parties with what of a rule's traffic they have, in some of the cases.
  struct Contribution {
    let rule: Int32
    let parties: PartySet
    let traffic: TrafficSet
    /// Nil for all cases.
    let cases: BitSet?
    /// Whether the parties certainly have it; false of pods that are not in the input.
    var isCertain = true
  }

  private mutating func contribute(
    _ number: Int32, _ question: Question, _ cases: [RowCase], _ contributions: inout [Contribution]
  ) {
    let rule = rules[Int(number)]
    let holding = holding(rule, question.unknownSubject, cases)
    if holding?.isEmpty == true { return }
    for (parties, mask) in parties(of: rule.peers, cases) where !parties.isEmpty {
      let common = Self.intersection(mask, holding)
      if common?.isEmpty == true { continue }
      for (traffic, reached) in self.traffic(of: rule.rule, question, parties)
      where !traffic.isEmpty && !reached.isEmpty {
        contribute(number, question, traffic, reached, common, cases, &contributions)
      }
    }
    if !peers.unlistedPods.isEmpty || rule.doubtfulPeers != nil {
      contributeDoubts(number, question, holding, cases, &contributions)
    }
  }

  /// - Parameter common: the cases in which the parties are the rule's; nil for all.
  func contribute(
    _ number: Int32, _ question: Question, _ traffic: TrafficSet, _ reached: PartySet, _ common: BitSet?,
    _ cases: [RowCase], _ contributions: inout [Contribution], isCertain: Bool = true
  ) {
    let sourcePorts = rules[Int(number)].rule.sourcePorts
    for (ports, senders) in bySourceNames(sourcePorts, question, reached) {
      for (part, portMask) in bySourcePort(sourcePorts, ports, traffic, cases) {
        let own = Self.intersection(common, portMask)
        if own?.isEmpty == true { continue }
        contributions.append(
          Contribution(rule: number, parties: senders, traffic: part, cases: own, isCertain: isCertain))
      }
    }
  }

  /// Of two sets of cases; nil stands for all.
  private static func intersection(_ a: BitSet?, _ b: BitSet?) -> BitSet? {
    guard let a, let b else { return a ?? b }
    return a.intersection(b)
  }

  /// The cases in which a rule counts for its subject's sake; nil for all.
  private mutating func holding(_ rule: CompiledRule, _ unknownSubject: Int32, _ cases: [RowCase]) -> BitSet?
  {
    guard unknownSubject >= 0, let subject = rule.subject else { return nil }
    var holding = BitSet(size: cases.count)
    for (index, value) in cases.enumerated()
    where peers.includes(subject, facet: Int(unknownSubject), at: value.atomOfSubject) {
      holding.insert(index)
    }
    return holding
  }

  /// Sets of parties with the cases in which a rule speaks of them; nil for all cases.
  private mutating func parties(of compiled: CompiledPeers, _ cases: [RowCase]) -> [(PartySet, BitSet?)] {
    switch compiled {
    case .fixed(let parties): return [(parties, nil)]
    case .withBlocks(let parties, let atoms):
      var byParties: [(PartySet, BitSet)] = []
      for (index, value) in cases.enumerated() {
        add(peers.unknown(value.peers, in: atoms), index, cases.count, &byParties)
      }
      return [(parties, nil)] + byParties.map { ($0.0, $0.1) }
    case .general(let condition):
      var known: [PeerCase: PartySet] = [:]
      var byParties: [(PartySet, BitSet)] = []
      for (index, value) in cases.enumerated() {
        let parties = known[value.peers] ?? peers.matches(condition, value.peers)
        known[value.peers] = parties
        add(parties, index, cases.count, &byParties)
      }
      return byParties.map { ($0.0, $0.1) }
    }
  }

  private func add(
    _ parties: PartySet, _ index: Int, _ count: Int, _ byParties: inout [(PartySet, BitSet)]
  ) {
    if parties.isEmpty { return }
    if let place = byParties.firstIndex(where: { $0.0 == parties }) {
      byParties[place].1.insert(index)
    } else {
      var mask = BitSet(size: count)
      mask.insert(index)
      byParties.append((parties, mask))
    }
  }

  // MARK: - Ports

  /// What a rule matches, by the parties whose port names make it so.
  private func traffic(
    of rule: Rule, _ question: Question, _ parties: PartySet
  ) -> [(TrafficSet, PartySet)] {
    guard case .anyOf = rule.traffic else { return [(.all, parties)] }
    let matches = rule.traffic.portMatches
    if question.direction == .ingress || !rule.traffic.namesPorts {
      return [(portNames.traffic(matches, ports: question.ports), parties)]
    }
    // Names are the destination's: pods give them numbers, nobody else does.
    let none = BitSet(size: parties.facets.words.count * 64)
    var byTraffic: [(TrafficSet, PartySet)] = [
      (
        portNames.traffic(matches, ports: 0),
        PartySet(facets: none, outside: parties.outside)
      )
    ]
    for ports in 0..<portNames.kinds {
      let reached = parties.facets.intersection(portNames.facets(ofPorts: ports))
      if reached.isEmpty { continue }
      let traffic = portNames.traffic(matches, ports: Int32(ports))
      if let place = byTraffic.firstIndex(where: { $0.0 == traffic }) {
        byTraffic[place].1.facets.formUnion(reached)
      } else {
        byTraffic.append(
          (traffic, PartySet(facets: reached, outside: BitSet(size: parties.outside.words.count * 64))))
      }
    }
    return byTraffic
  }

  // MARK: - Over all cases

  /// What one part of the parties gets.
  private struct Settled {
    var traffic: TrafficPair
    var allows: [(Int32, TrafficPair)] = []
    var denials: [(Int32, TrafficPair)] = []

    /// Nothing flows, and no rule says so.
    var isSilent: Bool { traffic.possible.isEmpty && denials.isEmpty }
  }

  private func settle(
    _ matches: [Partition.Match], _ tiers: [RowTier], _ cases: [RowCase]
  ) -> Settled {
    if cases.count == 1 || matches.allSatisfy({ $0.cases == nil }) {
      let decision = decide(matches, tiers, 0)
      let (traffic, denied) = (decision.traffic, decision.certainlyDenied)
      return Settled(
        traffic: traffic, allows: decision.allows.map { Self.pair($0.rule, $0.traffic, traffic.certain) },
        denials: decision.denials.map { Self.pair($0.rule, $0.traffic, denied) })
    }
    var whole: TrafficPair?
    var denied: TrafficSet?
    var allows: [Int32: TrafficSet] = [:]
    var denials: [Int32: TrafficSet] = [:]
    var last: [Int32]?
    for index in 0..<cases.count {
      // Neighbours often agree in everything that these parties can see.
      let active = matches.filter { $0.cases?.contains(index) ?? true }.map(\.place)
      if active == last { continue }
      last = active
      let decision = decide(matches, tiers, index)
      whole = whole?.either(decision.traffic) ?? decision.traffic
      denied = denied?.intersection(decision.certainlyDenied) ?? decision.certainlyDenied
      for match in decision.allows {
        allows[match.rule] = allows[match.rule]?.union(match.traffic) ?? match.traffic
      }
      for match in decision.denials {
        denials[match.rule] = denials[match.rule]?.union(match.traffic) ?? match.traffic
      }
    }
    let traffic = whole ?? .none
    func pairs(_ found: [Int32: TrafficSet], _ certain: TrafficSet) -> [(Int32, TrafficPair)] {
      found.sorted { $0.key < $1.key }.map { Self.pair($0.key, $0.value, certain) }
    }
    return Settled(
      traffic: traffic, allows: pairs(allows, traffic.certain), denials: pairs(denials, denied ?? .none))
  }

  /// What all rules together certainly decide is certain of each that has a part in it.
  private static func pair(
    _ rule: Int32, _ possible: TrafficSet, _ certain: TrafficSet
  ) -> (Int32, TrafficPair) {
    (rule, TrafficPair(certain: certain.intersection(possible), possible: possible))
  }

  /// - Parameter index: number of the case.
  private func decide(_ matches: [Partition.Match], _ tiers: [RowTier], _ index: Int) -> RowDecision {
    var active: [RowDecision.Match] = []
    active.reserveCapacity(matches.count)
    for match in matches where match.cases?.contains(index) ?? true {
      if let last = active.last, last.rule == match.rule, last.isCertain == match.isCertain {
        active[active.count - 1].traffic = last.traffic.union(match.traffic)
      } else {
        active.append(.init(rule: match.rule, traffic: match.traffic, isCertain: match.isCertain))
      }
    }
    return RowDecision(tiers, rules: rules, active)
  }
}
