extension ReferenceEvaluator {
  /// The verdict of one flow over all its readings; nil if the flow names an object that is not there.
  func verdict(_ flow: ReferenceFlow) -> ReferenceVerdict? {
    if world.engine == .calico { return calicoAnswer(flow)?.verdict }
    if world.engine == .cilium { return ReferenceCiliumEvaluator(ends: self).verdict(flow) }
    return verdict(
      source: flow.source, destination: flow.destination, transport: flow.transport, port: flow.port)
  }

  /// Allowed iff allowed in all readings, denied iff denied in all, else undefined; for each direction
  /// and for both together.
  func verdict(
    source: ReferenceFlow.End, destination: ReferenceFlow.End, transport: ReferenceProtocol, port: Int
  ) -> ReferenceVerdict? {
    guard let from = subject(of: source) else { return nil }
    if destination == .itself { return .allowed }
    var tally = Tally()
    if case .service(let namespace, let name) = destination {
      let service = world.services.first { $0.namespace == namespace && $0.name == name }
      guard let service, service.port == port, transport == .tcp else { return nil }
      let backends = backends(of: service)
      if backends.isEmpty { return nil }
      for backend in backends {
        for hairpin in hairpinReadings(from, backend) {
          let front = Front(service: service, hairpin: hairpin)
          count(from, backend, .tcp, service.targetPort, front, in: &tally)
        }
      }
      return tally.verdict
    }
    guard let to = subject(of: destination) else { return nil }
    if let pod = from.podIdentity, pod == to.podIdentity { return .allowed }
    count(from, to, transport, port, nil, in: &tally)
    return tally.verdict
  }

  /// The Service that a connection goes through.
  struct Front {
    var service: ReferenceWorld.Service
    /// What NetworkPolicies do to a pod that reaches itself through it; nil if it is another pod.
    var hairpin: Bool?
  }

  /// Through a Service a pod may reach itself: NetworkPolicies see it or do not, and one that closes the pod may
  /// let it through or not.
  func hairpinReadings(_ from: Subject, _ to: Subject) -> [Bool?] {
    if let pod = from.podIdentity { return pod == to.podIdentity ? [false, true] : [nil] }
    guard let template = from.templateIdentity else { return [nil] }
    return template == to.templateIdentity ? [nil, false, true] : [nil]
  }

  private func count(
    _ from: Subject, _ to: Subject, _ transport: ReferenceProtocol, _ port: Int, _ front: Front?,
    in tally: inout Tally
  ) {
    for countsAsNode in from.isHostNetwork || to.isHostNetwork ? [false, true] : [false] {
      for fromNode in nodes(of: from) {
        for toNode in nodes(of: to) {
          count(
            End(from, fromNode, hostNetworkCountsAsNode: countsAsNode),
            End(to, toNode, hostNetworkCountsAsNode: countsAsNode), transport, port, front, in: &tally)
        }
      }
    }
  }

  /// An end in one reading, on one node.
  struct End {
    var party: Party
    var addresses: KnownAddresses
    var node: NodeFacts?
    /// Whether it is a pod of the input, in whatever reading.
    var isPod: Bool

    init(_ subject: Subject, _ node: NodeFacts?, hostNetworkCountsAsNode: Bool) {
      party = subject.party(hostNetworkCountsAsNode: hostNetworkCountsAsNode)
      addresses = subject.addresses(hostNetworkCountsAsNode: hostNetworkCountsAsNode)
      self.node = node
      switch subject.nature {
      case .pod, .hostNetworkPod, .finishedPod: isPod = true
      case .node, .external, .domain, .entity: isPod = false
      }
      guard subject.isHostNetwork || party.role == .node else { return }
      party.nodeLabels = node?.labels ?? [:]
      if subject.isHostNetwork, party.role == .node, let node, !node.addresses.isEmpty {
        addresses = .oneOf(node.addresses)
      }
    }
  }

  private func count(
    _ from: End, _ to: End, _ transport: ReferenceProtocol, _ port: Int, _ front: Front?,
    in tally: inout Tally
  ) {
    if isWithoutCommonFamily(from, to) { return tally.add(egress: false, ingress: false) }
    let addresses = addressReadings(from.addresses, to.addresses)
    for sameNode in sameNodeReadings(from, to) {
      for exemptsOwnNode in sameNode && to.party.role == .node ? [false, true] : [false] {
        for namedPorts in NamedPorts.readings(of: to.party.facts) {
          for allowsICMP in transport.hasPorts ? [false] : [false, true] {
            for seesService in front == nil ? [false] : [false, true] {
              let reading = Reading(
                source: from.party, destination: to.party, sameNode: sameNode,
                exemptsOwnNode: exemptsOwnNode, namedPorts: namedPorts, allowsICMP: allowsICMP,
                hairpin: front?.hairpin, serviceSeenByBlocks: seesService ? front?.service : nil,
                transport: transport, port: port)
              for group in addresses { count(reading, group, in: &tally) }
            }
          }
        }
      }
    }
  }

  /// Two pods whose addresses are all known, none of one of a family of the other's: neither can send the other a
  /// packet, whatever policies say.
  func isWithoutCommonFamily(_ from: End, _ to: End) -> Bool {
    guard from.isPod, to.isPod, case .oneOf(let sources) = from.addresses,
      case .oneOf(let destinations) = to.addresses
    else { return false }
    return Set(sources.map(\.family)).isDisjoint(with: destinations.map(\.family))
  }

  /// Every source address of a group may meet every destination address of it. Egress only looks at the
  /// destination's address and ingress only at the source's, so the answers form a product too.
  private func count(_ reading: Reading, _ group: AddressGroup, in tally: inout Tally) {
    let egress = Set(group.destinations.flatMap { egressAnswers(reading, to: $0) })
    let ingress = Set(group.sources.flatMap { ingressAnswers(reading, from: $0) })
    for out in egress {
      for into in ingress { tally.add(egress: out, ingress: into) }
    }
  }

  /// Whether the pod of a node-and-pod pair runs on that node; both answers if a node is unknown.
  func sameNodeReadings(_ from: End, _ to: End) -> [Bool] {
    let roles = [from.party.role, to.party.role]
    guard roles.contains(.node), roles.contains(.pod) else { return [false] }
    guard let first = from.node, let second = to.node else { return [false, true] }
    return [first.name == second.name]
  }

  // MARK: - Nodes

  /// A node with what rules can see of it.
  struct NodeFacts {
    /// Nil for one that the manifests do not mention: it is none of the others.
    var name: String?
    var labels: [String: String]
    var addresses: [ReferenceAddress]
  }

  /// The nodes that an end may be, or run on; nil for one about which nothing is known.
  private func nodes(of subject: Subject) -> [NodeFacts?] {
    if let name = subject.nodeName { return [Self.facts(ofNode: name, in: world)] }
    return subject.isHostNetwork && !possibleNodes.isEmpty ? possibleNodes : [nil]
  }

  /// Every node that the manifests mention, and one that they do not; none if rules cannot tell them apart.
  static func possibleNodes(in world: ReferenceWorld) -> [NodeFacts] {
    let rules = world.clusterPolicies.flatMap { $0.egress ?? [] }
    let looksAtNodes = rules.contains { rule in
      let isDenial = rule.action != .accept && rule.peers.contains(where: \.isUnreadable)
      return !isDenial
        && rule.peers.contains { peer in
          guard case .nodes(let selector) = peer, !peer.isUnreadable else { return false }
          return selector.matchLabels?.isEmpty == false || selector.matchExpressions?.isEmpty == false
        }
    }
    let names = Set(world.nodes.map(\.name) + world.pods.compactMap(\.nodeName)).sorted()
    if !looksAtNodes || names.isEmpty { return [] }
    return names.map { facts(ofNode: $0, in: world) } + [NodeFacts(labels: [:], addresses: [])]
  }

  static func facts(ofNode name: String, in world: ReferenceWorld) -> NodeFacts {
    let node = world.nodes.first { $0.name == name }
    return NodeFacts(name: name, labels: node?.labels ?? [:], addresses: node?.addresses ?? [])
  }

  // MARK: - Addresses

  /// What is known about the address of an end.
  enum KnownAddresses {
    /// One of these (a pod's or node's addresses, or a literal).
    case oneOf([ReferenceAddress])
    /// Any address of the assumed family.
    case unknown
    /// Any address of that family, private or not: a domain name's.
    case anywhere
    /// No address yet, or no longer.
    case none
  }

  /// Addresses that may meet: every source with every destination.
  struct AddressGroup {
    var sources: [ReferenceAddress?]
    var destinations: [ReferenceAddress?]
  }

  /// One group for each common family; all pairs if there is none.
  func addressReadings(_ from: KnownAddresses, _ to: KnownAddresses) -> [AddressGroup] {
    let sources = candidates(from)
    let destinations = candidates(to)
    var groups: [AddressGroup] = []
    for family in [ReferenceAddress.Family.v4, .v6] {
      let group = AddressGroup(
        sources: sources.filter { $0?.family == family },
        destinations: destinations.filter { $0?.family == family })
      if !group.sources.isEmpty, !group.destinations.isEmpty { groups.append(group) }
    }
    return groups.isEmpty ? [AddressGroup(sources: sources, destinations: destinations)] : groups
  }

  private func candidates(_ known: KnownAddresses) -> [ReferenceAddress?] {
    switch known {
    case .oneOf(let addresses): return addresses
    case .unknown: return everyAddress
    case .anywhere: return everyOutsideAddress
    case .none: return [nil]
    }
  }

  /// One address of each kind that the blocks of the world tell apart.
  ///
  /// - Parameter inPools: only addresses that clusters give to pods and nodes.
  static func representatives(of world: ReferenceWorld, inPools: Bool) -> [ReferenceAddress] {
    let known = world.pods.flatMap { $0.status?.addresses ?? [] } + world.nodes.flatMap(\.addresses)
    // An input whose every address is IPv6 describes an IPv6 cluster; otherwise IPv4 is assumed.
    let family: ReferenceAddress.Family = !known.isEmpty && known.allSatisfy { $0.family == .v6 } ? .v6 : .v4
    // Clusters give out private IPv4 addresses (RFC 1918, RFC 6598); IPv6 ones may be any.
    let pools: [(first: UInt128, last: UInt128)] =
      family == .v6 || !inPools
      ? [(UInt128(0), family.highest)]
      : [
        (ReferenceAddress.v4(10, 0, 0, 0).value, ReferenceAddress.v4(10, 255, 255, 255).value),
        (ReferenceAddress.v4(100, 64, 0, 0).value, ReferenceAddress.v4(100, 127, 255, 255).value),
        (ReferenceAddress.v4(172, 16, 0, 0).value, ReferenceAddress.v4(172, 31, 255, 255).value),
        (ReferenceAddress.v4(192, 168, 0, 0).value, ReferenceAddress.v4(192, 168, 255, 255).value),
      ]
    var values = Set(pools.map(\.first))
    for cidr in blocks(in: world) where cidr.family == family {
      values.insert(cidr.first.value)
      if cidr.last.value < family.highest { values.insert(cidr.last.value + 1) }
    }
    let blocks = Set(blocks(in: world))
    var seen: Set<[Bool]> = []
    return values.sorted().filter { value in pools.contains { $0.first <= value && value <= $0.last } }
      .map { ReferenceAddress(family: family, value: $0) }
      .filter { address in seen.insert(blocks.map { $0.contains(address) }).inserted }
  }

  static func blocks(in world: ReferenceWorld) -> [ReferenceBlock] {
    var blocks = world.calico.blocks + world.cilium.blocks
    for rule in world.policies.flatMap({ ($0.ingress ?? []) + ($0.egress ?? []) }) {
      for block in (rule.peers ?? []).compactMap(\.ipBlock) { blocks += [block.cidr] + (block.except ?? []) }
    }
    for peer in world.clusterPolicies.flatMap({ $0.egress ?? [] }).flatMap(\.peers) {
      if case .networks(let networks) = peer { blocks += networks }
    }
    return blocks
  }

  // MARK: - Combining

  /// Which answers were seen, for each direction and for both together.
  struct Tally {
    var overall: Set<Bool> = []
    var egress: Set<Bool> = []
    var ingress: Set<Bool> = []

    mutating func add(egress out: Bool, ingress into: Bool) {
      egress.insert(out)
      ingress.insert(into)
      overall.insert(out && into)
    }

    var verdict: ReferenceVerdict {
      ReferenceVerdict(
        overall: Self.outcome(overall), egress: Self.outcome(egress), ingress: Self.outcome(ingress))
    }

    private static func outcome(_ seen: Set<Bool>) -> ReferenceVerdict.Outcome {
      if seen == [true] { return .allowed }
      return seen == [false] ? .denied : .undefined
    }
  }
}
