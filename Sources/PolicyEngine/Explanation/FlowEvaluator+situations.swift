internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// Every concrete situation that a flow may stand for, without those that policies cannot tell apart.
  ///
  /// Empty when the flow has no end: a Service without backends.
  func situations(of flow: Flow) -> [Situation] {
    var situations: [Situation] = []
    let hostNetworkReadings =
      involvesHostNetwork(flow) ? profile.hostNetworkReadings : Array(profile.hostNetworkReadings.prefix(1))
    for reading in hostNetworkReadings {
      let sources = candidates(flow.source, other: flow.destination, .ingress, reading)
      let destinations = destinationCandidates(flow, reading)
      let pairs = sources.flatMap { source in destinations.map { (source, $0) } }
      let sameFamily = pairs.filter { source, destination in
        guard let a = source.party.address, let b = destination.party.address else { return true }
        return a.family == b.family
      }
      for (source, destination) in sameFamily.isEmpty ? pairs : sameFamily {
        guard var situation = combine(flow, source, destination) else { continue }
        if hostNetworkReadings.count > 1 { situation.assumptions.append(.hostNetwork(reading)) }
        situations += withReadings(situation, flow)
      }
    }
    return situations
  }

  /// A possible end, with what was chosen.
  private struct Candidate {
    var party: Party
    var assumptions: [Assumption]
    /// The backend's port, when the destination is a Service.
    var translatedPort: UInt16?
  }

  // MARK: - Pairs

  private func combine(_ flow: Flow, _ source: Candidate, _ destination: Candidate) -> Situation? {
    var situation = Situation(source: source.party, destination: destination.party, traffic: flow.traffic)
    situation.assumptions = source.assumptions + destination.assumptions
    if case .port(let transport, _) = flow.traffic, let port = destination.translatedPort {
      situation.traffic = .port(transport, port)
    }
    switch flow.destination {
    case .itself:
      situation.destination = source.party
      situation.isSamePod = true
    case .endpoint(let number, _) where source.party.endpoint == number:
      situation.isSamePod = world.endpoints[number].kind == .pod
    case .workload(let group) where flow.source == .workload(group):
      situation.isSamePod = isOnlyPod(of: group)
    default: break
    }
    return situation
  }

  private func isOnlyPod(of group: Int) -> Bool {
    let endpoints = world.workloads[group].endpoints
    return endpoints.count == 1 && endpoints.allSatisfy { world.endpoints[$0].kind == .pod }
  }

  /// Multiplies a situation by the readings that can change its outcome.
  private func withReadings(_ situation: Situation, _ flow: Flow) -> [Situation] {
    var situations = [situation]
    func branch<Choice>(_ choices: [Choice], _ apply: (inout Situation, Choice) -> Void) {
      situations = situations.flatMap { base in
        choices.map { choice in
          var next = base
          apply(&next, choice)
          return next
        }
      }
    }
    if situation.isSamePod { return situations }
    if case .service = flow.destination, mayBeHairpin(situation, flow) {
      let choices: [HairpinReading] =
        isCertainlyHairpin(situation) ? [.bypassesPolicy, .isPoliced] : [.none, .bypassesPolicy, .isPoliced]
      branch(choices) {
        $0.hairpin = $1
        $0.assumptions.append(.hairpin($1))
      }
    }
    branchOnNodes(situation, branch)
    if !situation.destination.isNode, let number = situation.destination.endpoint,
      world.endpoints[number].hasAmbiguousPortNames
    {
      branch([PortNameReading.first, .all]) {
        $0.portNameReading = $1
        $0.assumptions.append(.portNames($1))
      }
    }
    if case .other = situation.traffic {
      branch([OtherProtocolReading.open, .closed]) {
        $0.otherProtocols = $1
        $0.assumptions.append(.otherProtocols($1))
      }
    }
    if case .service(let number) = flow.destination, case .port(_, let servicePort) = flow.traffic {
      let service = world.services[number]
      if case .port(_, let target) = situation.traffic, target != servicePort {
        branch([target]) { $0.assumptions.append(.servicePort(service: number, from: servicePort, to: $1)) }
      }
      if !service.isHeadless, let address = service.clusterIPs.first {
        branch([false, true]) {
          if $1 { $0.beforeTranslation = ServiceAddress(address: address, port: servicePort) }
          $0.assumptions.append(.blocksSeeServiceAddress($1))
        }
      }
    }
    return situations
  }

  /// A node (or what counts as one) and a policed pod: are they on one node, and does egress to it count?
  private func branchOnNodes(
    _ situation: Situation, _ branch: ([(Bool, EngineProfile.OwnNodeReading?)], (inout Situation, (Bool, EngineProfile.OwnNodeReading?)) -> Void) -> Void
  ) {
    let toNode = situation.destination.isNode && situation.source.isPoliced
    let fromNode = situation.source.isNode && situation.destination.isPoliced
    guard toNode || fromNode else { return }
    let sameNode: [Bool]
    if let a = situation.source.node, let b = situation.destination.node {
      sameNode = [a == b]
    } else {
      sameNode = [true, false]
    }
    let choices = sameNode.flatMap { isSame -> [(Bool, EngineProfile.OwnNodeReading?)] in
      toNode && isSame ? profile.egressToOwnNodeReadings.map { (isSame, $0) } : [(isSame, nil)]
    }
    branch(choices) { next, choice in
      next.isSameNode = choice.0
      if sameNode.count > 1 { next.assumptions.append(.sameNode(choice.0)) }
      if let reading = choice.1 {
        next.ownNodeReading = reading
        next.assumptions.append(.ownNode(reading))
      }
    }
  }

  private func mayBeHairpin(_ situation: Situation, _ flow: Flow) -> Bool {
    guard let source = situation.source.endpoint, let destination = situation.destination.endpoint else { return false }
    return source == destination
  }

  private func isCertainlyHairpin(_ situation: Situation) -> Bool {
    situation.source.endpoint.map { world.endpoints[$0].kind == .pod } ?? false
  }

  // MARK: - Ends

  private func involvesHostNetwork(_ flow: Flow) -> Bool {
    func involves(_ end: FlowEnd) -> Bool {
      endpoints(of: end).contains { world.endpoints[$0].hostNetwork }
    }
    return involves(flow.source) || involves(flow.destination)
  }

  private func endpoints(of end: FlowEnd) -> [Int] {
    switch end {
    case .endpoint(let number, _): [number]
    case .workload(let group): world.workloads[group].endpoints
    case .service(let number): world.backends(of: world.services[number])
    case .node, .address, .itself: []
    }
  }

  private func destinationCandidates(
    _ flow: Flow, _ reading: EngineProfile.HostNetworkReading
  ) -> [Candidate] {
    switch flow.destination {
    case .itself: return [Candidate(party: Party(), assumptions: [])]
    case .service(let number):
      guard case .port(let transport, let port) = flow.traffic else { return [] }
      let service = world.services[number]
      guard let target = service.ports.first(where: { $0.transport == transport && $0.number == port })?.target else {
        return []
      }
      return world.backends(of: service).flatMap { backend -> [Candidate] in
        guard let translated = world.endpoints[backend].podPort(target, transport) else { return [] }
        return candidates(.endpoint(backend), other: flow.source, .egress, reading).map {
          Candidate(
            party: $0.party, assumptions: [.destinationIs(endpoint: backend)] + $0.assumptions,
            translatedPort: translated)
        }
      }
    default: return candidates(flow.destination, other: flow.source, .egress, reading)
    }
  }

  /// Possible parties for an end.
  ///
  /// - Parameters:
  ///   - other: the opposite end, whose policies decide which addresses can be told apart.
  ///   - direction: the direction of those policies.
  private func candidates(
    _ end: FlowEnd, other: FlowEnd, _ direction: Direction, _ reading: EngineProfile.HostNetworkReading
  ) -> [Candidate] {
    switch end {
    case .address(let address):
      return [Candidate(party: Party(address: address), assumptions: [])]
    case .node(let number, let address):
      let party = Party(node: number, isNode: true)
      return withAddresses(
        party, address.map { [$0] } ?? world.nodes[number].addresses, isUnknown: world.nodes[number].addresses.isEmpty,
        other, direction)
    case .endpoint(let number, let address):
      return candidates(endpoint: number, address: address, other, direction, reading)
    case .workload(let group):
      var seen: Set<Party> = []
      let members = world.workloads[group].endpoints
      return members.flatMap { member in
        candidates(endpoint: member, address: nil, other, direction, reading).filter { candidate in
          // Replicas that no policy can tell apart are one case.
          var key = candidate.party
          key.endpoint = members.first { looksLike(member, $0) }
          return seen.insert(key).inserted
        }.map {
          members.count > 1
            ? Candidate(
              party: $0.party,
              assumptions: [direction == .ingress ? .sourceIs(endpoint: member) : .destinationIs(endpoint: member)]
                + $0.assumptions) : $0
        }
      }
    case .itself, .service: return []
    }
  }

  private func looksLike(_ a: Int, _ b: Int) -> Bool {
    let (a, b) = (world.endpoints[a], world.endpoints[b])
    return a.labels == b.labels && a.ports == b.ports && a.hostNetwork == b.hostNetwork && a.kind == b.kind
  }

  private func candidates(
    endpoint number: Int, address: IPAddress?, _ other: FlowEnd, _ direction: Direction,
    _ reading: EngineProfile.HostNetworkReading
  ) -> [Candidate] {
    let endpoint = world.endpoints[number]
    let isNode = endpoint.hostNetwork && reading == .asNodes && !endpoint.isFinished
    let hasNoAddress = endpoint.isFinished || endpoint.addresses == .none
    let party = Party(
      endpoint: number, node: endpoint.node, isNode: isNode, isSelectable: !isNode && !hasNoAddress,
      isPoliced: !isNode && !endpoint.isFinished)
    if let address { return withAddresses(party, [address], isUnknown: false, other, direction) }
    if isNode {
      let known = addressesAsNode(endpoint)
      return withAddresses(party, known, isUnknown: known.isEmpty, other, direction)
    }
    if hasNoAddress { return [Candidate(party: party, assumptions: [])] }
    guard case .known(let addresses) = endpoint.addresses else {
      return withAddresses(party, [], isUnknown: true, other, direction)
    }
    return withAddresses(party, addresses, isUnknown: false, other, direction)
  }

  /// A host-network pod sends with its node's addresses; its own status says them when the node does not.
  private func addressesAsNode(_ endpoint: Endpoint) -> [IPAddress] {
    if let node = endpoint.node, !world.nodes[node].addresses.isEmpty { return world.nodes[node].addresses }
    if case .known(let addresses) = endpoint.addresses { return addresses }
    return []
  }

  /// One candidate per address that the other end's policies can tell apart.
  private func withAddresses(
    _ party: Party, _ known: [IPAddress], isUnknown: Bool, _ other: FlowEnd, _ direction: Direction
  ) -> [Candidate] {
    let blocks = blocksSeen(by: other, direction)
    let addresses = isUnknown ? representatives(of: blocks) : known
    if addresses.isEmpty { return [Candidate(party: party, assumptions: [])] }
    return addresses.map { address in
      var next = party
      next.address = address
      let isChoice = addresses.count > 1
      return Candidate(
        party: next,
        assumptions: isChoice ? [direction == .ingress ? .sourceAddress(address) : .destinationAddress(address)] : [])
    }
  }

  /// The blocks in the rules of policies that police an end in a direction.
  private func blocksSeen(by end: FlowEnd, _ direction: Direction) -> [AddressBlock] {
    var blocks: [AddressBlock] = []
    for number in Set(endpoints(of: end)).sorted() {
      for policy in index.selecting(world.endpoints[number]) {
        for rule in index.policies[policy].rules where rule.direction == direction {
          guard case .anyOf(let peers) = rule.peers else { continue }
          for case .addresses(let block) in peers.map(\.kind) { blocks.append(block) }
        }
      }
    }
    return blocks
  }

  /// One address per set that the blocks cut the assumed family into.
  private func representatives(of blocks: [AddressBlock]) -> [IPAddress] {
    var seen: Set<[Bool]> = []
    var starts: [UInt128] = [0]
    for interval in blocks.flatMap(\.addresses.intervals) where interval.family == world.assumedFamily {
      starts.append(interval.first)
      if interval.last < interval.family.lastBits { starts.append(interval.last + 1) }
    }
    return Set(starts).sorted().map { IPAddress(world.assumedFamily, bits: $0) }.filter { address in
      seen.insert(blocks.map { $0.addresses.contains(address) }).inserted
    }
  }
}
