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
  private var selectors: SelectorIndex
  private let world: World
  private let atoms: AddressAtoms
  private let names: [NamedParty]
  /// For each of ``names``, a name that a domain stands for.
  private let exampleDomains: [DomainPattern.Name?]
  let none: PartySet
  let everything: PartySet
  /// Facets that are nodes.
  private let nodes: BitSet
  /// Facets by the atom of their address.
  private let withAtom: [BitSet]
  /// The atoms that some facet's address lies in.
  private let inhabitedAtoms: BitSet
  /// Facets of ends that blocks match in this profile.
  private let matchedByBlocks: BitSet
  /// For each of ``UnknownAddress/all``, the facets with such an address that blocks match in this profile.
  let withUnknownAddress: [BitSet]
  /// Domain names.
  private let namesWithAddress: BitSet
  /// The API server as a party, outside the cluster and inside.
  private let servers: [Server]
  /// The atoms of its addresses, if somebody says them.
  let serverAtoms: BitSet
  private let facetsOfFamily: [BitSet]
  /// Atoms only.
  let outsideOfFamily: [BitSet]
  /// Atoms of pods that are not in the input.
  let unlistedPods: BitSet
  /// Named parties that have the family of the atom in which their address is taken to lie.
  private let namesOfFamilies: BitSet

  /// The API server in one of the places where it may be.
  private struct Server {
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

  /// Parties whose address is not known, when it lies in this atom.
  func unknown(_ peerCase: PeerCase, in atoms: BitSet) -> PartySet {
    var found = none
    for (kind, facets) in withUnknownAddress.enumerated() {
      let atom = peerCase.atomsOfUnknown[kind]
      if atom >= 0, atoms.contains(Int(atom)) { found.facets.formUnion(facets) }
    }
    if peerCase.atomOfNames >= 0, atoms.contains(Int(peerCase.atomOfNames)) {
      found.outside = namesWithAddress
    }
    for server in servers where server.hasAddress {
      let atom = peerCase.atomsOfServer[server.place]
      if atom >= 0, atoms.contains(Int(atom)) { found.outside.insert(server.party) }
    }
    return found
  }

  private func known(in atoms: BitSet) -> PartySet {
    var found = none
    atoms.forEach { atom in
      found.outside.insert(atom)
      if inhabitedAtoms.contains(atom) { found.facets.formUnion(withAtom[atom]) }
    }
    found.facets.formIntersection(matchedByBlocks)
    if !unlistedPods.isEmpty { found.outside.subtract(unlistedPods) }
    return found
  }

  /// The parties that meet a condition in a case. O(size of the condition × words).
  mutating func matches(_ condition: MergedCondition<BitSet>, _ peerCase: PeerCase) -> PartySet {
    switch condition {
    case .addresses(let atoms): return known(in: atoms).union(unknown(peerCase, in: atoms))
    case .simple(let condition): return matches(condition, peerCase)
    case .all(let parts):
      var result = everything
      for part in parts { result = result.intersection(matches(part, peerCase)) }
      return result
    case .any(let parts):
      var result = none
      for part in parts { result.formUnion(matches(part, peerCase)) }
      return result
    case .not(let part):
      var opposite = peerCase
      opposite.doubtsHold.toggle()
      return everything.subtracting(matches(part, opposite))
    }
  }

  private mutating func matches(_ condition: PeerCondition, _ peerCase: PeerCase) -> PartySet {
    switch condition {
    case .endpoints(let selector):
      let isMet = selector.isEveryPod || peerCase.doubtsHold
      return PartySet(
        facets: selectors.matches(selector), outside: isMet ? unlistedPods : none.outside)
    case .nodes(let selector, let placement):
      let isPlaced =
        switch placement {
        case .anywhere: true
        case .own: peerCase.isSameNode
        case .other: !peerCase.isSameNode
        }
      if !isPlaced { return none }
      // An API server inside the cluster runs on a node, nobody knows which.
      let mayBe = selector.isEverything || peerCase.doubtsHold
      let named = mayBe ? self.named { $0 == .apiServer(isOutside: false) } : none
      return PartySet(facets: selectors.matches(selector), outside: named.outside)
    case .family(let family):
      let index = Int(family.rawValue)
      var outside = outsideOfFamily[index]
      let isNames =
        peerCase.atomOfNames < 0
        ? world.assumedAddresses.families == [family] : outside.contains(Int(peerCase.atomOfNames))
      if isNames { outside.formUnion(namesOfFamilies) }
      for server in servers {
        let atom = peerCase.atomsOfServer[server.place]
        let isOfFamily =
          atom < 0
          ? families(ofServer: server.place) == [family]
          : outsideOfFamily[index].contains(Int(atom))
        if isOfFamily { outside.insert(server.party) }
      }
      return PartySet(facets: facetsOfFamily[index], outside: outside)
    case .domain(let pattern):
      var found = none
      for (index, example) in exampleDomains.enumerated() where example.map(pattern.matches) ?? false {
        found.outside.insert(atoms.count + index)
      }
      return found
    case .outside: return outside()
    case .apiServer:
      var found = named { if case .apiServer = $0 { true } else { false } }
      if !world.apiServerAddresses.isEmpty {
        found.formUnion(apiServers())
        // A name may turn out to be the API server's.
        if peerCase.atomOfNames >= 0, serverAtoms.contains(Int(peerCase.atomOfNames)) {
          found.outside.formUnion(namesWithAddress)
        }
      }
      return found
    case .special(let name): return named { $0 == .special(name) }
    case .addresses, .all, .any, .not: return matches(MergedCondition(condition).map(atoms.atoms), peerCase)
    }
  }

  private func families(ofServer place: Int) -> Set<AddressFamily> {
    let places = world.apiServerPlaces.filter { $0.isOutside == (place == 0) }
    return Set(places.flatMap(\.addresses.intervals).map(\.family))
  }

  private func named(_ isWanted: (NamedParty) -> Bool) -> PartySet {
    var found = none
    for (index, name) in names.enumerated() where isWanted(name) { found.outside.insert(atoms.count + index) }
    return found
  }

  /// Addresses outside the cluster, and names of such.
  private func outside() -> PartySet {
    let isServerOutside = world.apiServerPlaces.contains {
      $0.isOutside && !$0.addresses.subtracting(world.clusterAddresses).isEmpty
    }
    var found = named {
      switch $0 {
      case .domain: true
      case .apiServer(isOutside: true): isServerOutside
      case .apiServer(isOutside: false), .special: false
      }
    }
    for (atom, set) in atoms.sets.enumerated() where set.isDisjoint(with: world.clusterAddresses) {
      found.outside.insert(atom)
    }
    return found
  }

  /// Outside addresses and nodes that the API server is known to have.
  private func apiServers() -> PartySet {
    var found = none
    let nodes = selectors.matches(NodeSelector.all)
    atoms.atoms(of: world.apiServerAddresses).forEach { atom in
      found.outside.insert(atom)
      found.facets.formUnion(withAtom[atom].intersection(nodes))
    }
    return found
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
