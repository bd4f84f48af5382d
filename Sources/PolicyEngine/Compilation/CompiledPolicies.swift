internal import Kubernetes
package import PolicyModel

/// All policies against a whole world, prepared for many questions.
///
/// Endpoints that no policy can tell apart share a class, sets of policies share a row, and rows are bitsets
/// over classes: the cost grows with what policies distinguish, not with the number of pods.
package struct CompiledPolicies: Sendable {
  package let world: World
  package let policies: [Policy]
  package let profile: EngineProfile
  /// Every rule of every policy; ``Row/RuleTraffic`` counts in it.
  let rules: [RowBuilder.CompiledRule]
  let atoms: AddressAtoms
  let facets: [Facet]
  let classes: [EndpointClass]
  let classOfEndpoint: [Int32]
  let rows: [Row]
  /// The row of each facet.
  let egressRow: [Int32]
  let ingressRow: [Int32]
  let table: TrafficTable
  /// The facets that each policy selects.
  let subjects: [BitSet]
  /// Peers with selectors that match nothing that exists.
  package let deadPeers: [DeadPeer]

  /// A peer of a rule of a policy, by position.
  package struct DeadPeer: Sendable {
    package let policy: Int
    package let rule: Int32
    package let peer: Int
  }

  /// The row of ends that nothing isolates.
  static let openRow: Int32 = 0

  /// O(endpoints + facets × (policies selecting them) + rows × rules × facets/64).
  package init(world: World, tier: Tier, profile: EngineProfile) {
    self.world = world
    self.profile = profile
    policies = tier.policies
    let vocabulary = Vocabulary(tier.policies)
    let atoms = AddressAtoms(vocabulary.blocks.union([world.assumedAddresses]))
    var classifier = EndpointClassifier(world, vocabulary, atoms, profile)
    classifier.run()
    let facets = classifier.facets
    var selectors = SelectorIndex(
      world, vocabulary, facets: facets, labelSignatures: classifier.labelSignatures)
    let portNames = PortNameTable(classifier.portExamples, facets: facets, names: vocabulary.portNames)

    var rules: [RowBuilder.CompiledRule] = []
    var rulesOfPolicy: [(egress: [Int32], ingress: [Int32])] = []
    var subjects: [BitSet] = []
    var deadPeers: [DeadPeer] = []
    var policed = BitSet(size: facets.count)
    for (index, facet) in facets.enumerated() where facet.isPoliced { policed.insert(index) }
    for (number, policy) in tier.policies.enumerated() {
      subjects.append(selectors.carriers(of: policy.subject).intersection(policed))
      var own: (egress: [Int32], ingress: [Int32]) = ([], [])
      for rule in policy.rules {
        switch rule.direction {
        case .egress: own.egress.append(Int32(rules.count))
        case .ingress: own.ingress.append(Int32(rules.count))
        }
        let position = Int32(rules.count)
        let (compiled, dead) = Self.compile(
          rule, policy: Int32(number), &selectors, atoms, facetCount: facets.count)
        rules.append(compiled)
        deadPeers += dead.map { DeadPeer(policy: number, rule: position, peer: $0) }
      }
      rulesOfPolicy.append(own)
    }
    let builder = RowBuilder(
      profile: profile, atoms: atoms, assumedAddresses: world.assumedAddresses, facets: facets,
      portNames: portNames,
      rules: rules)
    var assembly = RowAssembly(builder: builder, rules: rules, rulesOfPolicy: rulesOfPolicy)
    var egressRow: [Int32] = []
    var ingressRow: [Int32] = []
    let isolating = Self.isolatingPolicies(tier.policies, subjects, facetCount: facets.count)
    for (index, facet) in facets.enumerated() {
      egressRow.append(assembly.row(.egress, isolating.egress[index], ports: facet.ports))
      ingressRow.append(assembly.row(.ingress, isolating.ingress[index], ports: facet.ports))
    }
    assembly.table.prepareIntersections()

    self.rules = rules
    self.atoms = atoms
    self.facets = facets
    self.subjects = subjects
    self.deadPeers = deadPeers
    self.egressRow = egressRow
    self.ingressRow = ingressRow
    classes = classifier.classes
    classOfEndpoint = classifier.classOfEndpoint
    rows = assembly.rows
    table = assembly.table
  }

  /// Whether a policy selects nothing that exists.
  package func selectsNothing(_ policy: Int) -> Bool { subjects[policy].isEmpty }

  private static func compile(
    _ rule: Rule, policy: Int32, _ selectors: inout SelectorIndex, _ atoms: AddressAtoms, facetCount: Int
  ) -> (RowBuilder.CompiledRule, deadPeers: [Int]) {
    var deadPeers: [Int] = []
    var selected = BitSet(size: facetCount)
    var blockAtoms = BitSet(size: atoms.count)
    var isOpenToAnyone = true
    if case .anyOf(let peers) = rule.peers {
      isOpenToAnyone = false
      for (position, peer) in peers.enumerated() {
        switch peer.kind {
        case .endpoints(let selector):
          let matches = selectors.matches(selector)
          if matches.isEmpty { deadPeers.append(position) }
          selected.formUnion(matches)
        case .addresses(let block): blockAtoms.formUnion(atoms.atoms(of: block.addresses))
        }
      }
    }
    let compiled = RowBuilder.CompiledRule(
      rule: rule, policy: policy, isOpenToAnyone: isOpenToAnyone, selected: selected, blockAtoms: blockAtoms)
    return (compiled, deadPeers)
  }

  /// For each facet, the policies that isolate it, per direction, ascending.
  private static func isolatingPolicies(
    _ policies: [Policy], _ subjects: [BitSet], facetCount: Int
  ) -> (egress: [[Int32]], ingress: [[Int32]]) {
    var egress = [[Int32]](repeating: [], count: facetCount)
    var ingress = egress
    for (number, policy) in policies.enumerated() {
      let isolatesEgress = policy.isolates.contains(.egress)
      let isolatesIngress = policy.isolates.contains(.ingress)
      subjects[number].forEach { facet in
        if isolatesEgress { egress[facet].append(Int32(number)) }
        if isolatesIngress { ingress[facet].append(Int32(number)) }
      }
    }
    return (egress, ingress)
  }
}

/// Collects rows, one per distinct question.
private struct RowAssembly {
  let builder: RowBuilder
  let rules: [RowBuilder.CompiledRule]
  let rulesOfPolicy: [(egress: [Int32], ingress: [Int32])]
  var table = TrafficTable()
  var rows: [Row]
  private var numbers: [Key: Int32] = [:]

  private struct Key: Hashable {
    let direction: Direction
    let policies: [Int32]
    /// Only when a rule of the row names a port of the subject.
    let ports: Int32
  }

  init(
    builder: RowBuilder, rules: [RowBuilder.CompiledRule],
    rulesOfPolicy: [(egress: [Int32], ingress: [Int32])]
  ) {
    self.builder = builder
    self.rules = rules
    self.rulesOfPolicy = rulesOfPolicy
    rows = [builder.openRow()]
  }

  mutating func row(_ direction: Direction, _ policies: [Int32], ports: Int32) -> Int32 {
    if policies.isEmpty { return CompiledPolicies.openRow }
    let ruleNumbers = policies.flatMap {
      direction == .egress ? rulesOfPolicy[Int($0)].egress : rulesOfPolicy[Int($0)].ingress
    }
    let namesSubjectPorts =
      direction == .ingress && ports != 0 && ruleNumbers.contains { rules[Int($0)].rule.traffic.namesPorts }
    let key = Key(direction: direction, policies: policies, ports: namesSubjectPorts ? ports : 0)
    if let known = numbers[key] { return known }
    let number = Int32(rows.count)
    let subjectPorts = direction == .ingress ? key.ports : nil
    rows.append(builder.row(policies: policies, rules: ruleNumbers, subjectPorts: subjectPorts, &table))
    numbers[key] = number
    return number
  }
}
