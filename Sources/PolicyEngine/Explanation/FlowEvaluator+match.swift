internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// One rule against a situation: every condition, every entry of each.
  func trace(_ rule: Rule, _ situation: Situation) -> RuleTrace {
    let isEgress = rule.direction == .egress
    let (subject, other) =
      isEgress
      ? (situation.source, situation.destination) : (situation.destination, situation.source)
    var view = PeerView(
      isSameNode: situation.isSameNode,
      translated: isEgress ? situation.beforeTranslation?.address : nil)
    var peers: [PeerTrace] = []
    var peersMatch = true
    if case .anyOf(let list) = rule.peers {
      peers = list.map { PeerTrace(peer: $0, mismatches: mismatches($0.kind, other, view)) }
      peersMatch = peers.contains(where: \.mismatches.isEmpty)
    }
    var ports: [TrafficTrace] = []
    var portsMatch = true
    if case .anyOf(let list) = rule.traffic {
      portsMatch = false
      for port in portsSeen(by: rule, peers.filter(\.mismatches.isEmpty), situation) {
        ports = list.map { TrafficTrace(match: $0, mismatch: mismatch($0, situation, port: port)) }
        portsMatch = ports.contains { $0.mismatch == nil }
        if portsMatch { break }
      }
    }
    var trace = RuleTrace(
      rule: rule, peers: peers, ports: ports, subjectMismatches: mismatches(rule.subject, subject),
      peersMatch: peersMatch, portsMatch: portsMatch,
      sourcePortMatches: sourcePortMatches(rule.sourcePorts, situation))
    if other.isUnlistedPod {
      view.unlistedPodsMatch = true
      trace.peersMayMatch = peersMatch || peers.contains { mismatches($0.peer.kind, other, view).isEmpty }
      trace.portsMayMatch =
        portsMatch || ports.contains { if case .nameNotKnown? = $0.mismatch { true } else { false } }
    }
    return trace
  }

  /// What conditions on peers look at, besides the party itself.
  struct PeerView {
    var isSameNode = false
    /// The address of the Service that blocks are compared with.
    var translated: IPAddress?
    /// Whether a pod that is not in the input has all labels that are asked for, and not none of them.
    var unlistedPodsMatch = false
  }

  private func mismatches(_ subject: Peers, _ party: Party) -> [PeerMismatch] {
    guard case .anyOf(let conditions) = subject else { return [] }
    return mismatches(.any(conditions.map(\.kind)), party, PeerView())
  }

  /// The port numbers that a rule may be asked about: the pod's, and the Service's where a block of addresses
  /// sees the Service. One number without meaning for protocols without ports.
  private func portsSeen(by rule: Rule, _ matching: [PeerTrace], _ situation: Situation) -> [UInt16] {
    guard case .port(_, let podPort) = situation.traffic else { return [0] }
    guard rule.direction == .egress, let service = situation.beforeTranslation else { return [podPort] }
    let blocks = matching.count { $0.peer.kind.looksAtAddresses }
    if blocks == 0 { return [podPort] }
    return blocks == matching.count ? [service.port] : [service.port, podPort]
  }

  // MARK: - Peers

  /// Why a condition does not hold; empty when it does.
  func mismatches(_ condition: PeerCondition, _ party: Party, _ view: PeerView) -> [PeerMismatch] {
    switch condition {
    case .endpoints(let selector):
      if party.isUnlistedPod { return selector.isEveryPod || view.unlistedPodsMatch ? [] : [.unlistedPod] }
      guard party.isSelectable, let number = party.endpoint else { return [.notAPod] }
      return mismatches(selector, world.endpoints[number])
    case .nodes(let selector, let placement):
      let sharesNetwork =
        party.isSelectable && party.endpoint.map { world.endpoints[$0].hostNetwork } ?? false
      guard party.isNode || sharesNetwork else { return [.notANode] }
      return mismatches(selector, party) + mismatches(placement, view)
    case .addresses(let block): return mismatches(block, party, view)
    case .family(let family):
      guard let address = view.translated ?? party.address else { return [.noAddress] }
      return address.family == family ? [] : [.otherFamily]
    case .domain(let pattern):
      return party.domain.map(pattern.matches) ?? false ? [] : [.domain(pattern)]
    case .outside: return isOutside(party) ? [] : [.notOutside]
    case .apiServer:
      let isKnown = party.address.map(world.apiServerAddresses.contains) ?? false
      return party.entity == .apiServer || (isKnown && (party.endpoint == nil || party.isNode))
        ? [] : [.notAPIServer]
    case .special(let name): return party.entity == .special(name) ? [] : [.notSpecial(name)]
    case .all(let parts): return parts.flatMap { mismatches($0, party, view) }
    case .any(let parts):
      let found = parts.map { mismatches($0, party, view) }
      if parts.isEmpty { return [.excluded(condition)] }
      return found.contains(where: \.isEmpty) ? [] : found.flatMap { $0 }
    case .not(let part):
      var opposite = view
      opposite.unlistedPodsMatch.toggle()
      return mismatches(part, party, opposite).isEmpty ? [.excluded(part)] : []
    }
  }

  private func isOutside(_ party: Party) -> Bool {
    party.isOutside && !(party.address.map(world.clusterAddresses.contains) ?? false)
  }

  private func mismatches(_ selector: EndpointSelector, _ endpoint: Endpoint) -> [PeerMismatch] {
    let namespace = world.namespaces[endpoint.namespace]
    var mismatches: [PeerMismatch] = []
    switch selector.namespaces {
    case .named(let name):
      if name != namespace.name { mismatches.append(.namespaceName(wanted: name)) }
    case .matching(let expression): mismatches += self.mismatches(expression, endpoint)
    }
    return mismatches + self.mismatches(selector.pods, endpoint)
  }

  private func mismatches(_ expression: LabelExpression, _ endpoint: Endpoint) -> [PeerMismatch] {
    Self.mismatches(expression) { world.value(of: $0, endpoint) }
  }

  /// Each requirement that fails, when all must hold; else the expression as a whole.
  private static func mismatches(
    _ expression: LabelExpression, _ value: (Attribute) -> String?
  ) -> [PeerMismatch] {
    guard let requirements = expression.conjunction else {
      return expression.matches(value) ? [] : [.expression(expression)]
    }
    return requirements.compactMap { requirement in
      let actual = value(requirement.attribute)
      return requirement.matches(actual) ? nil : .attribute(requirement, actual: actual)
    }
  }

  private func mismatches(_ selector: NodeSelector, _ party: Party) -> [PeerMismatch] {
    switch selector {
    case .named(let names):
      guard let node = party.node, names.contains(world.nodes[node].name) else {
        return [.nodeName(wanted: names)]
      }
      return []
    case .matching(let expression):
      if expression.isEverything { return [] }
      let labels = party.node.map { world.nodes[$0].labels } ?? party.nodeLabels
      return Self.mismatches(expression) { if case .label(let key) = $0 { labels[key] } else { nil } }
    }
  }

  private func mismatches(_ placement: NodePlacement, _ view: PeerView) -> [PeerMismatch] {
    switch placement {
    case .anywhere: []
    case .own: view.isSameNode ? [] : [.nodePlacement(placement)]
    case .other: view.isSameNode ? [.nodePlacement(placement)] : []
    }
  }

  private func mismatches(_ block: AddressBlock, _ party: Party, _ view: PeerView) -> [PeerMismatch] {
    if view.translated == nil, !profile.addressBlocksMatch.contains(party.holder) {
      return [.blocksDoNotMatch]
    }
    guard let address = view.translated ?? party.address else { return [.noAddress] }
    if address.family != block.cidr.family { return [.otherFamily] }
    if !block.cidr.contains(address) { return [.outsideBlock] }
    return block.excepts.first { $0.contains(address) }.map { [.insideExcept($0)] } ?? []
  }

  // MARK: - Traffic

  private func mismatch(_ match: TrafficMatch, _ situation: Situation, port: UInt16) -> TrafficMismatch? {
    switch (match, situation.traffic) {
    case (.ports(let match), .port(let transport, let podPort)):
      return transport == match.transport
        ? mismatch(match, situation, port: port, podPort: podPort) : .transport
    case (.icmp(let match), .other(let traffic)): return match.mismatch(traffic)
    case (.protocols(let match), .other(let traffic)):
      return match.numbers.contains(traffic.number) ? nil : .transport
    case (.ports, .other), (.icmp, .port), (.protocols, .port): return .transport
    }
  }

  private func mismatch(
    _ match: PortMatch, _ situation: Situation, port: UInt16, podPort: UInt16
  ) -> TrafficMismatch? {
    let pod = situation.destination.isNode ? nil : situation.destination.endpoint
    func numbers(_ name: String) -> [UInt16] {
      pod.map { world.endpoints[$0].portNumbers(named: name, match.transport, situation.portNameReading) }
        ?? []
    }
    switch match.ports {
    case .all: break
    case .range(let range): if !range.contains(port) { return .number }
    case .named(let name):
      if situation.destination.isUnlistedPod {
        return match.numbersOfUnknownName.contains(podPort) ? .nameNotKnown : .excepted
      }
      if pod == nil { return .destinationIsNoPod }
      let numbers = numbers(name)
      if numbers.isEmpty { return .nameNotDeclared }
      if !numbers.contains(podPort) { return .nameIs(numbers) }
    }
    let isExcepted = match.exceptions.contains { exception in
      switch exception {
      case .all: true
      case .range(let range): range.contains(port)
      case .named(let name): numbers(name).contains(podPort)
      }
    }
    return isExcepted ? .excepted : nil
  }

  private func sourcePortMatches(_ wanted: Traffic, _ situation: Situation) -> Bool {
    guard case .anyOf(let matches) = wanted else { return true }
    guard case .port(let transport, _) = situation.traffic, let port = situation.sourcePort else {
      return false
    }
    let pod = situation.source.isNode ? nil : situation.source.endpoint
    return matches.contains { match in
      guard case .ports(let match) = match, match.transport == transport else { return false }
      return match.numbers { name in
        PortSet(
          pod.map { world.endpoints[$0].portNumbers(named: name, transport, situation.portNameReading) } ?? []
        )
      }.contains(port)
    }
  }
}

extension ICMPMatch {
  /// Why a message does not match; nil when it does.
  func mismatch(_ traffic: OtherTraffic) -> TrafficMismatch? {
    guard traffic.icmpFamily == family else { return .transport }
    guard let type else { return isNegated ? .message : nil }
    let isEqual =
      traffic.message?.type == type && (code == nil || traffic.message?.code == code)
    return isEqual == isNegated ? .message : nil
  }
}

extension Party {
  /// Which of the ends it is that blocks of addresses may or may not match; empty for outside addresses.
  var holder: EngineProfile.AddressHolders {
    if isNode { return .nodes }
    return endpoint != nil || isUnlistedPod ? .pods : []
  }
}
