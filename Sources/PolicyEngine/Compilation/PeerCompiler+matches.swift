internal import Kubernetes
internal import PolicyModel

/// Whom a condition matches.
extension PeerCompiler {
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

  func known(in atoms: BitSet) -> PartySet {
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

  mutating func matches(_ condition: PeerCondition, _ peerCase: PeerCase) -> PartySet {
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

  func named(_ isWanted: (NamedParty) -> Bool) -> PartySet {
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
