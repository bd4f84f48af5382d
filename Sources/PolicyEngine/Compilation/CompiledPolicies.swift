internal import Kubernetes
package import PolicyModel

/// All policies against a whole world, prepared for many questions.
///
/// Endpoints that no policy can tell apart share a class, sets of policies share a row, and rows are bitsets
/// over classes: the cost grows with what policies distinguish, not with the number of pods.
package struct CompiledPolicies: Sendable {
  package let world: World
  /// Of all tiers, in the order of evaluation.
  package let policies: [Policy]
  package let profile: EngineProfile
  /// Every rule of every policy; ``Row/RuleTraffic`` counts in it.
  let rules: [CompiledRule]
  let atoms: AddressAtoms
  /// Ends that have a name and no object; their numbers follow those of the atoms.
  let names: [NamedParty]
  /// The same as reports show them: one for each text.
  package let namedEnds: [NamedEnd]
  /// The atoms in which the addresses of names may lie; none without names.
  let atomsOfNames: BitSet
  /// The atoms, without the named parties that follow them.
  let everyAtom: BitSet
  /// Whether policies on nodes speak of an API server, whatever node it runs on.
  package let policesAPIServer: Bool
  /// The entities that policies are about.
  let mentionedEntities: Set<String>
  /// Whether policies tell nodes apart.
  package let asksForNodes: Bool
  let facets: [Facet]
  let classes: [EndpointClass]
  let classOfEndpoint: [Int32]
  let rows: [Row]
  let egressRow: RowsOfFacets
  let ingressRow: RowsOfFacets
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

  /// The row of each facet in one direction.
  struct RowsOfFacets: Sendable {
    /// Where no peer is the facet's own node.
    var apart: [Int32] = []
    /// Where facets that are nodes are the facet's own; the same where policies do not ask.
    var onSameNode: [Int32] = []
    /// The same, where only strict tiers ask their rules.
    var exemptOnSameNode: [Int32] = []

    subscript(facet: Int) -> Int32 { apart[facet] }
  }

  /// The row of ends that no policy says anything about.
  static let openRow: Int32 = 0

  /// O(endpoints + facets × (policies selecting them) + rows × rules × facets/64).
  ///
  /// - Parameters:
  ///   - domains: names that will be asked about; each is an end of its own.
  ///   - others: policies that these are compared with; the names that they mention are ends, too.
  package init(
    world: World, tiers: [Tier], profile: EngineProfile, domains: [String] = [],
    comparedWith others: [Policy] = []
  ) {
    self.world = world
    self.profile = profile
    policies = tiers.flatMap(\.policies)
    let vocabulary = Vocabulary(policies, domains: domains, namesOf: others, world)
    var sets = vocabulary.addressSets.union([world.assumedAddresses[.pod], world.assumedAddresses[.node]])
    if !vocabulary.names.isEmpty { sets.insert(world.outsideAddresses) }
    let podAddresses = world.podAddresses(profile)
    if !podAddresses.isEmpty { sets.insert(podAddresses) }
    let atoms = AddressAtoms(sets)
    var classifier = EndpointClassifier(world, vocabulary, atoms, profile)
    classifier.run()
    let facets = classifier.facets
    let selectors = SelectorIndex(
      world, vocabulary, facets: facets, labelSignatures: classifier.labelSignatures)
    var peers = PeerCompiler(selectors, world, atoms, vocabulary.names, facets: facets, profile)
    let compiled = Self.compile(tiers, &peers, facets)
    var assembly = RowAssembly(
      tiers: tiers, facets: facets, looksAtPlacement: vocabulary.looksAtPlacement, compiled: compiled,
      builder: RowBuilder(
        world: world, atoms: atoms, names: vocabulary.names, facets: facets,
        portNames: PortNameTable(classifier.portKinds, facets: facets), peers: peers, rules: compiled.rules),
      peers: peers)
    egressRow = assembly.rows(.egress)
    ingressRow = assembly.rows(.ingress)
    assembly.table.prepareIntersections()

    rules = compiled.rules
    subjects = compiled.subjects
    deadPeers = compiled.deadPeers
    self.atoms = atoms
    names = vocabulary.names
    namedEnds = Self.namedEnds(vocabulary.names)
    everyAtom = Self.atoms(atoms, vocabulary.names)
    atomsOfNames =
      vocabulary.names.isEmpty
      ? BitSet(size: atoms.count) : Self.atoms(atoms, vocabulary.names, meeting: world.outsideAddresses)
    mentionedEntities = policies.reduce(into: []) { $0.formUnion($1.entities) }
    asksForNodes = vocabulary.looksAtNodes
    policesAPIServer = Self.policesAPIServer(policies)
    self.facets = facets
    classes = classifier.classes
    classOfEndpoint = classifier.classOfEndpoint
    rows = assembly.rows
    table = assembly.table
  }

  /// Whether a policy selects nothing that exists.
  package func selectsNothing(_ policy: Int) -> Bool {
    guard subjects[policy].isEmpty else { return false }
    return policies[policy].subject.nodes.map { selector in !world.nodes.contains(where: selector.contains) }
      ?? true
  }

  /// Policies with their selectors as sets.
  struct Selection {
    var rules: [CompiledRule] = []
    /// For each policy, the numbers of its rules.
    var rulesOfPolicy: [(egress: [Int32], ingress: [Int32])] = []
    var tierOfPolicy: [Int32] = []
    var subjects: [BitSet] = []
    var deadPeers: [DeadPeer] = []
  }

  private static func compile(_ tiers: [Tier], _ peers: inout PeerCompiler, _ facets: [Facet]) -> Selection {
    var selection = Selection()
    var policed = BitSet(size: facets.count)
    for (index, facet) in facets.enumerated() where facet.isPoliced { policed.insert(index) }
    for (tier, value) in tiers.enumerated() {
      var rank: Int32 = -1
      var last: Int?
      for policy in value.policies {
        if policy.rank != last { rank += 1 }
        last = policy.rank
        let number = selection.subjects.count
        selection.tierOfPolicy.append(Int32(tier))
        selection.subjects.append(peers.facets(of: policy.subject, policed: policed))
        var own: (egress: [Int32], ingress: [Int32]) = ([], [])
        for rule in policy.rules {
          let position = Int32(selection.rules.count)
          switch rule.direction {
          case .egress: own.egress.append(position)
          case .ingress: own.ingress.append(position)
          }
          let (compiled, dead) = peers.compile(rule.peers)
          selection.rules.append(
            CompiledRule(
              rule: rule, policy: Int32(number), tier: Int32(tier), rank: rank, peers: compiled,
              subject: rule.subject.isAnyone ? nil : peers.compile(rule.subject).0,
              doubtfulPeers: peers.doubtful(rule.peers)))
          selection.deadPeers += dead.map { DeadPeer(policy: number, rule: position, peer: $0) }
        }
        selection.rulesOfPolicy.append(own)
      }
    }
    return selection
  }
}
