extension ReferenceEvaluator {
  /// The verdict of one flow over all its readings; nil if the flow names an object that is not there.
  func verdict(_ flow: ReferenceFlow) -> ReferenceVerdict? {
    verdict(
      source: flow.source, destination: flow.destination, transport: flow.transport, port: flow.port)
  }

  /// Allowed iff allowed in all readings, denied iff denied in all, else undefined; for each direction
  /// and for both together.
  func verdict(
    source: ReferenceFlow.End, destination: ReferenceFlow.End, transport: ReferenceProtocol, port: Int
  ) -> ReferenceVerdict? {
    guard let from = subject(of: source) else { return nil }
    if destination == .itself { return .allowed }
    guard let to = subject(of: destination) else { return nil }
    if let pod = from.podIdentity, pod == to.podIdentity { return .allowed }

    var tally = Tally()
    for countsAsNode in from.isHostNetwork || to.isHostNetwork ? [false, true] : [false] {
      let fromParty = from.party(hostNetworkCountsAsNode: countsAsNode)
      let toParty = to.party(hostNetworkCountsAsNode: countsAsNode)
      let addresses = addressReadings(
        from.addresses(hostNetworkCountsAsNode: countsAsNode),
        to.addresses(hostNetworkCountsAsNode: countsAsNode))
      for sameNode in sameNodeReadings(from, fromParty, to, toParty) {
        for exemptsOwnNode in sameNode && toParty.role == .node ? [false, true] : [false] {
          for namedPorts in NamedPorts.readings(of: toParty.facts) {
            for allowsICMP in transport == .icmp ? [false, true] : [false] {
              let reading = Reading(
                source: fromParty, destination: toParty, sameNode: sameNode,
                exemptsOwnNode: exemptsOwnNode, namedPorts: namedPorts, allowsICMP: allowsICMP,
                transport: transport, port: port)
              for group in addresses { count(reading, group, in: &tally) }
            }
          }
        }
      }
    }
    return tally.verdict
  }

  /// Every source address of a group may meet every destination address of it. Egress only looks at the
  /// destination's address and ingress only at the source's, so the answers form a product too.
  private func count(_ reading: Reading, _ group: AddressGroup, in tally: inout Tally) {
    let egress = Set(group.destinations.map { egressIsAllowed(reading, to: $0) })
    let ingress = Set(group.sources.map { ingressIsAllowed(reading, from: $0) })
    for out in egress {
      for into in ingress { tally.add(egress: out, ingress: into) }
    }
  }

  /// Whether the pod of a node-and-pod pair runs on that node; both answers if a node is unknown.
  private func sameNodeReadings(
    _ from: Subject, _ fromParty: Party, _ to: Subject, _ toParty: Party
  ) -> [Bool] {
    let roles = [fromParty.role, toParty.role]
    guard roles.contains(.node), roles.contains(.pod) else { return [false] }
    guard let first = from.nodeName, let second = to.nodeName else { return [false, true] }
    return [first == second]
  }

  // MARK: - Addresses

  /// What is known about the address of an end.
  enum KnownAddresses {
    /// One of these (a pod's or node's addresses, or a literal).
    case oneOf([ReferenceAddress])
    /// Any address of the assumed family.
    case unknown
    /// No address yet, or no longer.
    case none
  }

  /// Addresses that may meet: every source with every destination.
  struct AddressGroup {
    var sources: [ReferenceAddress?]
    var destinations: [ReferenceAddress?]
  }

  /// One group for each common family; all pairs if there is none.
  private func addressReadings(_ from: KnownAddresses, _ to: KnownAddresses) -> [AddressGroup] {
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
    case .none: return [nil]
    }
  }

  /// The first address of each interval on which no block of the world changes its answer.
  static func representatives(of world: ReferenceWorld) -> [ReferenceAddress] {
    let known = world.pods.flatMap { $0.status?.addresses ?? [] } + world.nodes.flatMap(\.addresses)
    // An input whose every address is IPv6 describes an IPv6 cluster; otherwise IPv4 is assumed.
    let family: ReferenceAddress.Family = !known.isEmpty && known.allSatisfy { $0.family == .v6 } ? .v6 : .v4
    // Clusters give out private IPv4 addresses (RFC 1918, RFC 6598); IPv6 ones may be any.
    let pools: [(first: UInt128, last: UInt128)] =
      family == .v6
      ? [(UInt128(0), family.highest)]
      : [
        (ReferenceAddress.v4(10, 0, 0, 0).value, ReferenceAddress.v4(10, 255, 255, 255).value),
        (ReferenceAddress.v4(100, 64, 0, 0).value, ReferenceAddress.v4(100, 127, 255, 255).value),
        (ReferenceAddress.v4(172, 16, 0, 0).value, ReferenceAddress.v4(172, 31, 255, 255).value),
        (ReferenceAddress.v4(192, 168, 0, 0).value, ReferenceAddress.v4(192, 168, 255, 255).value),
      ]
    var values = Set(pools.map(\.first))
    for policy in world.policies {
      for rule in (policy.ingress ?? []) + (policy.egress ?? []) {
        for block in (rule.peers ?? []).compactMap(\.ipBlock) {
          for cidr in [block.cidr] + (block.except ?? []) where cidr.family == family {
            values.insert(cidr.first.value)
            if cidr.last.value < family.highest { values.insert(cidr.last.value + 1) }
          }
        }
      }
    }
    return values.sorted().filter { value in pools.contains { $0.first <= value && value <= $0.last } }
      .map { ReferenceAddress(family: family, value: $0) }
  }

  // MARK: - Combining

  /// Which answers were seen, for each direction and for both together.
  private struct Tally {
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
