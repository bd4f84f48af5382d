internal import Kubernetes
internal import PolicyModel

/// A rule's peers as sets of parties, as far as they do not depend on an address that is not known.
enum CompiledPeers: Sendable {
  case fixed(PartySet)
  /// The parties, and those whose address is not known when it lies in one of the atoms.
  case withBlocks(PartySet, atoms: BitSet)
  /// Anything else is evaluated case by case.
  case general(MergedCondition<BitSet>)
}

/// What is taken for granted while conditions are compiled.
struct PeerCase: Sendable, Hashable {
  /// For each of ``UnknownAddress/all``, the atom that such addresses lie in; -1 where it does not matter.
  var atomsOfUnknown = SIMD4<Int32>(repeating: -1)
  /// The atom of the address that every domain name has.
  var atomOfNames: Int32 = -1
  /// The atoms of the address that the API server has: outside the cluster, and inside.
  var atomsOfServer = SIMD2<Int32>(repeating: -1)
  /// Node facets are on the node of the subject.
  var isSameNode = false
  /// What nobody knows the labels of, pods that are not in the input and the node of the API server, has all that are
  /// asked for, and not none of them.
  var doubtsHold = false
}

/// Turns conditions on peers into sets of parties.
struct PeerCompiler {
  var selectors: SelectorIndex
  let world: World
  let atoms: AddressAtoms
  let names: [NamedParty]
  /// For each of ``names``, a name that a domain stands for.
  let exampleDomains: [DomainPattern.Name?]
  let none: PartySet
  let everything: PartySet
  /// Facets that are nodes.
  let nodes: BitSet
  /// Facets by the atom of their address.
  let withAtom: [BitSet]
  /// The atoms that some facet's address lies in.
  let inhabitedAtoms: BitSet
  /// Facets of ends that blocks match in this profile.
  let matchedByBlocks: BitSet
  /// For each of ``UnknownAddress/all``, the facets with such an address that blocks match in this profile.
  let withUnknownAddress: [BitSet]
  /// Domain names.
  let namesWithAddress: BitSet
  /// The API server as a party, outside the cluster and inside.
  let servers: [Server]
  /// The atoms of its addresses, if somebody says them.
  let serverAtoms: BitSet
  let facetsOfFamily: [BitSet]
  /// Atoms only.
  let outsideOfFamily: [BitSet]
  /// Atoms of pods that are not in the input.
  let unlistedPods: BitSet
  /// Named parties that have the family of the atom in which their address is taken to lie.
  let namesOfFamilies: BitSet

  /// The API server in one of the places where it may be.
  struct Server {
    /// Into ``PeerCase/atomsOfServer``.
    let place: Int
    /// Its number among the parties outside.
    let party: Int
    /// Whether blocks match it.
    let hasAddress: Bool
  }

  init(
    _ selectors: SelectorIndex, _ world: World, _ atoms: AddressAtoms, _ names: [NamedParty],
    facets: [Facet], _ profile: EngineProfile
  ) {
    self.selectors = selectors
    self.world = world
    self.atoms = atoms
    self.names = names
    exampleDomains = names.map {
      if case .domain(let pattern) = $0 { DomainPattern.Name(pattern.example) } else { nil }
    }
    let outsideCount = atoms.count + names.count
    let noFacet = BitSet(size: facets.count)
    let noOutside = BitSet(size: outsideCount)
    none = PartySet(facets: noFacet, outside: noOutside)
    everything = PartySet(
      facets: BitSet(allBelow: facets.count), outside: BitSet(allBelow: outsideCount))
    var unknown = UnknownAddress.all.map { _ in noFacet }
    var nodes = noFacet
    var matchedByBlocks = noFacet
    var withAtom = [BitSet](repeating: noFacet, count: atoms.count)
    var inhabited = noOutside
    var facetsOfFamily = [noFacet, noFacet]
    for (index, facet) in facets.enumerated() {
      if let family = facet.family { facetsOfFamily[Int(family.rawValue)].insert(index) }
      if facet.isNode { nodes.insert(index) }
      let isMatched = profile.addressBlocksMatch.contains(facet.isNode ? .nodes : .pods)
      if isMatched { matchedByBlocks.insert(index) }
      switch facet.address {
      case .unknown:
        if isMatched, let kind = facet.unknownAddress { unknown[kind.index].insert(index) }
      case .atom(let atom):
        withAtom[Int(atom)].insert(index)
        inhabited.insert(Int(atom))
      case .none: break
      }
    }
    self.nodes = nodes
    withUnknownAddress = unknown
    self.withAtom = withAtom
    inhabitedAtoms = inhabited
    self.matchedByBlocks = matchedByBlocks
    self.facetsOfFamily = facetsOfFamily
    var outsideOfFamily = [noOutside, noOutside]
    for (atom, set) in atoms.sets.enumerated() {
      if let family = set.intervals.first?.family { outsideOfFamily[Int(family.rawValue)].insert(atom) }
    }
    var addressed = noOutside
    var namesOfFamilies = noOutside
    var servers: [Server] = []
    for (index, name) in names.enumerated() {
      switch name {
      case .special: continue
      case .domain:
        addressed.insert(atoms.count + index)
        namesOfFamilies.insert(atoms.count + index)
      case .apiServer(let isOutside):
        // Inside it runs on a node.
        servers.append(
          Server(
            place: isOutside ? 0 : 1, party: atoms.count + index,
            hasAddress: isOutside || profile.addressBlocksMatch.contains(.nodes)))
      }
    }
    namesWithAddress = addressed
    self.servers = servers
    var serverAtoms = noOutside
    for (atom, set) in atoms.sets.enumerated() where !set.isDisjoint(with: world.apiServerAddresses) {
      serverAtoms.insert(atom)
    }
    self.serverAtoms = serverAtoms
    let podAddresses = world.podAddresses(profile)
    var unlistedPods = noOutside
    if !podAddresses.isEmpty { atoms.atoms(of: podAddresses).forEach { unlistedPods.insert($0) } }
    self.unlistedPods = unlistedPods
    self.outsideOfFamily = outsideOfFamily
    self.namesOfFamilies = namesOfFamilies
  }

  /// The peers of a rule, with the positions of selectors that match nothing.
  mutating func compile(_ peers: Peers) -> (CompiledPeers, dead: [Int]) {
    guard case .anyOf(let list) = peers else { return (.fixed(everything), []) }
    var fixed = none
    var blocks: [AddressSet.Interval] = []
    var dead: [Int] = []
    var isGeneral = false
    for (position, peer) in list.enumerated() {
      switch peer.kind {
      case .endpoints(let selector):
        let matches = selectors.matches(selector)
        if matches.isEmpty { dead.append(position) }
        fixed.facets.formUnion(matches)
        if selector.isEveryPod { fixed.outside.formUnion(unlistedPods) }
      case .addresses(let block): blocks += block.addresses.intervals
      case .nodes, .family, .domain, .outside, .apiServer, .special, .all, .any, .not:
        if dependsOnCase(peer.kind) {
          isGeneral = true
        } else {
          fixed.formUnion(matches(peer.kind, PeerCase()))
        }
      }
    }
    if isGeneral {
      return (.general(MergedCondition(anyOf: list.map(\.kind)).map(atoms.atoms)), dead)
    }
    if blocks.isEmpty { return (.fixed(fixed), dead) }
    let blockAtoms = atoms.atoms(of: AddressSet(unsorted: blocks))
    fixed.formUnion(known(in: blockAtoms))
    return (.withBlocks(fixed, atoms: blockAtoms), dead)
  }

  /// Pods that are not in the input and an API server inside the cluster, as far as it is a matter of labels that nobody
  /// knows whether they are among peers.
  mutating func doubtful(_ peers: Peers) -> PartySet? {
    guard case .anyOf(let list) = peers else { return nil }
    let server = list.contains { $0.kind.asksForNodes } ? named { $0 == .apiServer(isOutside: false) } : none
    let candidates = server.outside.union(unlistedPods)
    if candidates.isEmpty { return nil }
    let condition = MergedCondition(anyOf: list.map(\.kind)).map(atoms.atoms)
    var doubtful = none.outside
    for isSameNode in [false, true] {
      let certain = matches(condition, PeerCase(isSameNode: isSameNode)).outside
      let possible = matches(condition, PeerCase(isSameNode: isSameNode, doubtsHold: true)).outside
      doubtful.formUnion(possible.subtracting(certain))
    }
    doubtful.formIntersection(candidates)
    return doubtful.isEmpty ? nil : PartySet(facets: none.facets, outside: doubtful)
  }

  /// Pods that are not in the input and certainly among peers.
  mutating func unlistedPods(in compiled: CompiledPeers) -> PartySet {
    let outside =
      switch compiled {
      case .fixed(let parties), .withBlocks(let parties, _): parties.outside
      case .general(let condition): matches(condition, PeerCase()).outside
      }
    return PartySet(facets: none.facets, outside: outside.intersection(unlistedPods))
  }

  /// The facets that a policy is about, those that cannot be peers included.
  mutating func facets(of subject: PolicySubject, policed: BitSet) -> BitSet {
    var facets = none.facets
    if let selector = subject.endpoints {
      facets.formUnion(selectors.carriers(of: selector).intersection(policed))
    }
    if let selector = subject.nodes { facets.formUnion(selectors.matches(selector).intersection(nodes)) }
    return facets
  }

  /// Whether a facet is among peers.
  ///
  /// - Parameter atom: where its address lies, if it is not known; -1 if it is or does not matter.
  mutating func includes(_ compiled: CompiledPeers, facet: Int, at atom: Int32) -> Bool {
    switch compiled {
    case .fixed(let parties): return parties.facets.contains(facet)
    case .withBlocks(let parties, let atoms):
      return parties.facets.contains(facet)
        || (atom >= 0 && atoms.contains(Int(atom)) && withUnknownAddress.contains { $0.contains(facet) })
    case .general(let condition):
      return matches(condition, PeerCase(atomsOfUnknown: SIMD4(repeating: atom))).facets.contains(facet)
    }
  }
}

extension PeerCompiler {
  /// Whether more than known addresses and labels tells whom a condition matches.
  private func dependsOnCase(_ condition: PeerCondition) -> Bool {
    switch condition {
    case .endpoints, .domain, .outside, .special: false
    case .addresses, .family: true
    case .apiServer: !world.apiServerAddresses.isEmpty && !namesWithAddress.isEmpty
    case .nodes(_, let placement): placement != .anywhere
    case .all(let parts), .any(let parts): parts.contains(where: dependsOnCase)
    case .not(let part): dependsOnCase(part)
    }
  }
}

extension PeerCondition {
  /// Whether it asks which node something is.
  fileprivate var asksForNodes: Bool {
    var asks = false
    forEachSimple { if case .nodes(let selector, _) = $0, !selector.isEverything { asks = true } }
    return asks
  }
}
