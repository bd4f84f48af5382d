internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// What the source may be.
  func sourceCases(
    _ flow: Flow, _ ends: FlowEnds, _ reading: EngineProfile.HostNetworkReading
  ) -> [EndCase] {
    cases(flow.source, ends.sources, ends.sourceAtoms, reading, .source)
  }

  /// What the destination may be.
  func destinationCases(
    _ flow: Flow, _ ends: FlowEnds, _ reading: EngineProfile.HostNetworkReading
  ) -> [EndCase] {
    guard case .service(let number, _) = flow.destination else {
      return cases(flow.destination, ends.destinations, ends.destinationAtoms, reading, .destination)
    }
    guard case .port(let transport, let port) = flow.traffic,
      let target = world.services[number].target(transport, port)
    else { return [] }
    return ends.destinations.flatMap { backend -> [EndCase] in
      guard let translated = world.endpoints[backend].podPort(target, transport) else { return [] }
      return endCases(endpoint: backend, address: nil, ends.destinationAtoms, reading, .destination).map {
        var backendCase = $0
        backendCase.translatedPort = translated
        backendCase.assumptions.insert(.destinationIs(endpoint: backend), at: 0)
        return backendCase
      }
    }
  }

  /// Which end a case is about; assumptions say it.
  private enum Side {
    case source
    case destination

    func isEndpoint(_ number: Int) -> Assumption {
      self == .source ? .sourceIs(endpoint: number) : .destinationIs(endpoint: number)
    }

    func runsOn(_ node: Int) -> Assumption { self == .source ? .sourceNode(node) : .destinationNode(node) }

    var runsOnUnlistedNode: Assumption {
      self == .source ? .sourceNodeIsUnlisted : .destinationNodeIsUnlisted
    }
  }

  /// - Parameter atoms: what tells addresses of the end apart.
  private func cases(
    _ end: FlowEnd, _ endpoints: [Int], _ atoms: AddressAtoms, _ reading: EngineProfile.HostNetworkReading,
    _ side: Side
  ) -> [EndCase] {
    switch end {
    case .address(let address):
      let isPods = podAddresses.contains(address)
      return [
        EndCase(party: Party(isOutside: !isPods, isUnlistedPod: isPods), addresses: [address], isPod: false)
      ]
    case .domain(let name):
      return [
        EndCase(
          party: Party(isAddressAssumed: true, domain: name, isOutside: true),
          addresses: representatives(of: atoms, within: world.outsideAddresses), isPod: false)
      ]
    case .entity(let entity): return cases(entity, atoms)
    case .node(let number, let address):
      let known = address.map { [$0] } ?? world.nodes[number].addresses
      return [
        EndCase(
          party: Party(node: number, isAddressAssumed: known.isEmpty, isNode: true),
          addresses: distinct(known, atoms, orAnyOf: .node),
          isPod: false)
      ]
    case .endpoint(let number, let address):
      return endCases(endpoint: number, address: address, atoms, reading, side)
    case .workload, .ownedWorkload:
      return endpoints.flatMap { member in
        endCases(endpoint: member, address: nil, atoms, reading, side).map {
          var memberCase = $0
          if endpoints.count > 1 { memberCase.assumptions.insert(side.isEndpoint(member), at: 0) }
          return memberCase
        }
      }
    case .itself, .service: return []
    }
  }

  private func cases(_ entity: FlowEnd.Entity, _ atoms: AddressAtoms) -> [EndCase] {
    let outside = representatives(of: atoms, within: world.outsideAddresses)
    switch entity {
    case .world:
      return [
        EndCase(
          party: Party(isAddressAssumed: true, entity: entity, isOutside: true), addresses: outside,
          isPod: false)
      ]
    case .apiServer:
      let places = world.apiServerPlaces
      return places.flatMap { isOutside, addresses in
        apiServers(isOutside: isOutside, addresses, atoms).map { server in
          var server = server
          if places.count > 1 { server.assumptions.insert(.apiServerIsOutside(isOutside), at: 0) }
          return server
        }
      }
    case .special(let name):
      let isPoliced = profile.closedEntities.contains(name)
      return [EndCase(party: Party(entity: entity, isPoliced: isPoliced), addresses: [], isPod: false)]
    }
  }

  /// The cases of one endpoint: one, but for a host-network pod that may run on nodes which policies tell apart.
  private func endCases(
    endpoint number: Int, address: IPAddress?, _ atoms: AddressAtoms,
    _ reading: EngineProfile.HostNetworkReading, _ side: Side
  ) -> [EndCase] {
    let endpoint = world.endpoints[number]
    let isNode = endpoint.hostNetwork && reading == .asNodes && !endpoint.isFinished
    let hasNoAddress = endpoint.isFinished || endpoint.addresses == .none
    let party = Party(
      endpoint: number, node: endpoint.node, isNode: isNode, isSelectable: !isNode && !hasNoAddress,
      isPoliced: !isNode && !endpoint.isFinished)
    let isPod = endpoint.kind == .pod
    if let address { return [EndCase(party: party, addresses: [address], isPod: isPod)] }
    guard endpoint.hostNetwork, !endpoint.isFinished, index.looksAtNodes else {
      return [endCase(party, endpoint, atoms, isPod: isPod)]
    }
    let choices = world.possibleNodes(of: endpoint)
    return choices.map { choice in
      var party = party
      var assumptions: [Assumption] = []
      switch choice {
      case .known(let node):
        party.node = node
        assumptions = [side.runsOn(node)]
      case .unlisted:
        party.isOnUnlistedNode = true
        assumptions = [side.runsOnUnlistedNode]
      case .unknown: break
      }
      var found = endCase(party, endpoint, atoms, isPod: isPod)
      if choices.count > 1 { found.assumptions = assumptions }
      return found
    }
  }

  /// - Parameter party: knows its node, if anybody does.
  private func endCase(_ party: Party, _ endpoint: Endpoint, _ atoms: AddressAtoms, isPod: Bool) -> EndCase {
    var party = party
    let known: [IPAddress]
    if party.isNode {
      known = world.addressesAsNode(endpoint, on: party.node)
    } else if endpoint.isFinished || endpoint.addresses == .none {
      return EndCase(party: party, addresses: [], isPod: isPod)
    } else if case .known(let addresses) = endpoint.addresses {
      known = addresses
    } else {
      known = []
    }
    party.isAddressAssumed = known.isEmpty
    return EndCase(
      party: party, addresses: distinct(known, atoms, orAnyOf: endpoint.addressHolder),
      isPod: isPod)
  }

  // MARK: - Addresses

  /// One address of each atom; of all that the holder may have when none is known.
  private func distinct(
    _ known: [IPAddress], _ atoms: AddressAtoms, orAnyOf holder: AssumedAddresses.Holder
  ) -> [IPAddress] {
    if known.isEmpty { return representatives(of: atoms, within: world.assumedAddresses[holder]) }
    if known.count < 2 { return known }
    var seen: Set<Int32> = []
    return known.filter { seen.insert(atoms.atom(of: $0)).inserted }
  }

  /// The lowest address of each atom that has any in a range, ascending. O(intervals + atoms log atoms).
  func representatives(of atoms: AddressAtoms, within range: AddressSet) -> [IPAddress] {
    atoms.sets.compactMap { $0.intersection(range).intervals.first }.map {
      IPAddress($0.family, bits: $0.first)
    }.sorted()
  }

  // MARK: - Groups

  /// What of a case can change a verdict, but for which pod it is and where it runs.
  private struct Look: Hashable {
    let namespace: Int?
    let labels: VisibleLabels?
    let ports: [ContainerPort]
    let isPod: Bool
    let isNode: Bool
    let isSelectable: Bool
    let isPoliced: Bool
    let isOutside: Bool
    /// Only where policies look at nodes.
    let node: Int?
    let isOnUnlistedNode: Bool
    let nodeLabels: Labels
    let translatedPort: UInt16?
    /// By their atoms.
    let addresses: [Int32]
  }

  /// Puts cases together that policies cannot tell apart, in the order of their first members.
  func groups(_ cases: [EndCase], by atoms: AddressAtoms, _ ends: FlowEnds) -> [CaseGroup] {
    if cases.count == 1 { return [CaseGroup(cases[0])] }
    var numbers: [Look: Int] = [:]
    var groups: [CaseGroup] = []
    for member in cases {
      let endpoint = member.party.endpoint.map { world.endpoints[$0] }
      let look = Look(
        namespace: endpoint?.namespace,
        labels: endpoint.map { world.look(of: $0, at: ends.attributes) },
        ports: endpoint?.ports ?? [],
        isPod: member.isPod, isNode: member.party.isNode, isSelectable: member.party.isSelectable,
        isPoliced: member.party.isPoliced, isOutside: member.party.isOutside,
        node: index.looksAtNodes && (endpoint?.hostNetwork ?? member.party.isNode) ? member.party.node : nil,
        isOnUnlistedNode: member.party.isOnUnlistedNode, nodeLabels: member.party.nodeLabels,
        translatedPort: member.translatedPort,
        addresses: member.addresses.map(atoms.atom))
      if let number = numbers[look] {
        groups[number].add(member)
      } else {
        numbers[look] = groups.count
        groups.append(CaseGroup(member))
      }
    }
    return groups
  }
}
