internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// What the source may be.
  func sourceCases(
    _ flow: Flow, _ ends: FlowEnds, _ reading: EngineProfile.HostNetworkReading
  ) -> [EndCase] {
    cases(flow.source, ends.sources, ends.destinationBlocks, reading) { .sourceIs(endpoint: $0) }
  }

  /// What the destination may be.
  func destinationCases(
    _ flow: Flow, _ ends: FlowEnds, _ reading: EngineProfile.HostNetworkReading
  ) -> [EndCase] {
    guard case .service(let number, _) = flow.destination else {
      return cases(flow.destination, ends.destinations, ends.sourceBlocks, reading) {
        .destinationIs(endpoint: $0)
      }
    }
    guard case .port(let transport, let port) = flow.traffic,
      let target = world.services[number].target(transport, port)
    else { return [] }
    return ends.destinations.compactMap { backend in
      guard let translated = world.endpoints[backend].podPort(target, transport) else { return nil }
      var backendCase = endCase(endpoint: backend, address: nil, ends.sourceBlocks, reading)
      backendCase.translatedPort = translated
      backendCase.assumptions = [.destinationIs(endpoint: backend)]
      return backendCase
    }
  }

  /// - Parameter blocks: what tells addresses of the end apart.
  private func cases(
    _ end: FlowEnd, _ endpoints: [Int], _ blocks: [AddressBlock], _ reading: EngineProfile.HostNetworkReading,
    _ assumption: (Int) -> Assumption
  ) -> [EndCase] {
    switch end {
    case .address(let address):
      return [EndCase(party: Party(), addresses: [address], isPod: false)]
    case .node(let number, let address):
      let known = address.map { [$0] } ?? world.nodes[number].addresses
      return [
        EndCase(
          party: Party(node: number, isAddressAssumed: known.isEmpty, isNode: true),
          addresses: distinct(known, blocks, isUnknown: known.isEmpty),
          isPod: false)
      ]
    case .endpoint(let number, let address):
      return [endCase(endpoint: number, address: address, blocks, reading)]
    case .workload:
      return endpoints.map { member in
        var memberCase = endCase(endpoint: member, address: nil, blocks, reading)
        if endpoints.count > 1 { memberCase.assumptions = [assumption(member)] }
        return memberCase
      }
    case .itself, .service: return []
    }
  }

  private func endCase(
    endpoint number: Int, address: IPAddress?, _ blocks: [AddressBlock],
    _ reading: EngineProfile.HostNetworkReading
  ) -> EndCase {
    let endpoint = world.endpoints[number]
    let isNode = endpoint.hostNetwork && reading == .asNodes && !endpoint.isFinished
    let hasNoAddress = endpoint.isFinished || endpoint.addresses == .none
    var party = Party(
      endpoint: number, node: endpoint.node, isNode: isNode, isSelectable: !isNode && !hasNoAddress,
      isPoliced: !isNode && !endpoint.isFinished)
    let addresses: [IPAddress]
    if let address {
      addresses = [address]
    } else if isNode {
      let known = world.addressesAsNode(endpoint)
      party.isAddressAssumed = known.isEmpty
      addresses = distinct(known, blocks, isUnknown: known.isEmpty)
    } else if hasNoAddress {
      addresses = []
    } else if case .known(let known) = endpoint.addresses {
      addresses = distinct(known, blocks, isUnknown: false)
    } else {
      party.isAddressAssumed = true
      addresses = distinct([], blocks, isUnknown: true)
    }
    return EndCase(party: party, addresses: addresses, isPod: endpoint.kind == .pod)
  }

  // MARK: - Addresses

  /// One address of each kind that blocks tell apart; of all addresses when none is known.
  private func distinct(_ known: [IPAddress], _ blocks: [AddressBlock], isUnknown: Bool) -> [IPAddress] {
    if isUnknown { return representatives(of: blocks) }
    if known.count < 2 { return known }
    var seen: Set<AddressView> = []
    return known.filter { seen.insert(AddressView($0, blocks)).inserted }
  }

  /// One address per set that the blocks cut the assumed addresses into.
  func representatives(of blocks: [AddressBlock]) -> [IPAddress] {
    var seen: Set<AddressView> = []
    var starts = Set(world.assumedAddresses.intervals.map(\.first))
    for interval in blocks.flatMap(\.addresses.intervals) where interval.family == world.assumedFamily {
      starts.insert(interval.first)
      if interval.last < interval.family.lastBits { starts.insert(interval.last + 1) }
    }
    return starts.sorted().map { IPAddress(world.assumedFamily, bits: $0) }.filter {
      world.assumedAddresses.contains($0) && seen.insert(AddressView($0, blocks)).inserted
    }
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
    let translatedPort: UInt16?
    let addresses: [AddressView]
  }

  /// Puts cases together that policies cannot tell apart, in the order of their first members.
  func groups(_ cases: [EndCase], seenBy blocks: [AddressBlock]) -> [CaseGroup] {
    var numbers: [Look: Int] = [:]
    var groups: [CaseGroup] = []
    for member in cases {
      let endpoint = member.party.endpoint.map { world.endpoints[$0] }
      let look = Look(
        namespace: endpoint?.namespace, labels: endpoint.map(index.visibleLabels),
        ports: endpoint?.ports ?? [],
        isPod: member.isPod, isNode: member.party.isNode, isSelectable: member.party.isSelectable,
        isPoliced: member.party.isPoliced, translatedPort: member.translatedPort,
        addresses: member.addresses.map { AddressView($0, blocks) })
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

/// What blocks see of an address: its family, and which of them it is in.
private struct AddressView: Hashable {
  let family: AddressFamily
  let isInside: [Bool]

  init(_ address: IPAddress, _ blocks: [AddressBlock]) {
    family = address.family
    isInside = blocks.map { $0.addresses.contains(address) }
  }
}
