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
  var sets = TrafficAlgebra()
  /// Pairs of ``sets`` that rows have.
  var pairs: [Pair: TrafficTable.ID] = [:]
  /// What each rule matches, where no name of a port is in it and it is known already.
  var trafficOfRules: [TrafficAlgebra.Number?]

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
    trafficOfRules = [TrafficAlgebra.Number?](repeating: nil, count: rules.count)
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
  /// - Parameters:
  ///   - ruleNumbers: the rules of ``Question/policies`` in the direction, ascending.
  ///   - table: the same in all calls.
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
      let traffic = id(of: settled.traffic, &table)
      let allows = parts(settled.allows, certain: settled.traffic.certain, &table)
      let denials = parts(settled.denials, certain: settled.denied, &table)
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
    let unknown = UnknownAddress.all.indices.map {
      peers.withUnknownAddress[$0].isEmpty ? [] : distinctAtoms(assumedAtoms[$0], relevant)
    }
    let names = hasNames ? distinctAtoms(outsideAtoms, relevant) : []
    let servers = serverAtoms.map { $0.isEmpty ? [] : distinctAtoms($0, relevant) }
    let counts = unknown.map { $0.count } + servers.map { $0.count } + [names.count]
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
    let traffic: TrafficAlgebra.Number
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
      for (traffic, reached) in self.traffic(of: number, question, parties)
      where !traffic.isEmpty && !reached.isEmpty {
        contribute(number, question, traffic, reached, common, cases, &contributions)
      }
    }
    if !peers.unlistedPods.isEmpty || rule.doubtfulPeers != nil {
      contributeDoubts(number, question, holding, cases, &contributions)
    }
  }

  /// - Parameter common: the cases in which the parties are the rule's; nil for all.
  mutating func contribute(
    _ number: Int32, _ question: Question, _ traffic: TrafficAlgebra.Number, _ reached: PartySet,
    _ common: BitSet?, _ cases: [RowCase], _ contributions: inout [Contribution], isCertain: Bool = true
  ) {
    let sourcePorts = rules[Int(number)].rule.sourcePorts
    if !sourcePorts.isRestricted {
      contributions.append(
        Contribution(rule: number, parties: reached, traffic: traffic, cases: common, isCertain: isCertain))
      return
    }
    for (ports, senders) in bySourceNames(sourcePorts, question, reached) {
      for (part, portMask) in bySourcePort(sourcePorts, ports, sets[traffic], cases) {
        let own = Self.intersection(common, portMask)
        if own?.isEmpty == true { continue }
        contributions.append(
          Contribution(
            rule: number, parties: senders, traffic: sets.number(of: part), cases: own, isCertain: isCertain))
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
}
