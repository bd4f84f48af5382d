internal import Kubernetes
internal import PolicyModel

/// Writes the rules of one policy for ClusterNetworkPolicies.
struct ClusterNetworkPolicyRules {
  let surroundings: Surroundings
  let policy: PlainPolicy

  /// The most entries of any list.
  private static let limit = 25

  /// A rule as one or more, all of the same action.
  ///
  /// - Parameter isEverything: whether it closes a subject, and what it cannot close has been noted.
  func rules(
    _ rule: PlainRule, ofEverything isEverything: Bool = false, _ notes: inout WritingNotes
  ) -> [WrittenRule] {
    guard let rule = policy.with(rules: [rule]).rulesByLabels(&notes).first else { return [] }
    let sayable = withoutOtherProtocols(rule, &notes)
    guard let sayable else { return [] }
    switch rule.direction {
    case .ingress: return ingress(sayable, isEverything, &notes)
    case .egress: return egress(sayable, &notes)
    }
  }

  private func withoutOtherProtocols(_ rule: PlainRule, _ notes: inout WritingNotes) -> PlainRule? {
    let lost = rule.traffic.withoutPorts
    if lost.isEmpty { return rule }
    notes.lose(
      .protocols, .leavingOut(rule.action),
      "ClusterNetworkPolicies know TCP, UDP and SCTP only: \(lost) is left out", of: rule, in: policy,
      traffic: lost)
    return rule.traffic.onPorts.isEmpty ? nil : rule.with(traffic: rule.traffic.onPorts)
  }

  // MARK: - Ingress

  private func ingress(
    _ rule: PlainRule, _ isEverything: Bool, _ notes: inout WritingNotes
  ) -> [WrittenRule] {
    let beyond: [PlainPeer]
    let pods: [PlainPeer]
    if rule.peers.isAnyone {
      (pods, beyond) = ([.allPods], isEverything ? [] : [.allNodes, .outside, .apiServer])
    } else {
      pods = rule.peers.simple.filter(\.isPods)
      beyond = rule.peers.simple.filter { !$0.isPods }
    }
    for peer in beyond { noteBeyondPods(peer, rule, &notes) }
    return written(rule, pods.map(Self.peer), rule.traffic, &notes)
  }

  /// What is no pod is never denied, so that only denials of it are lost; blocks may hold pods.
  private func noteBeyondPods(_ peer: PlainPeer, _ rule: PlainRule, _ notes: inout WritingNotes) {
    switch peer {
    case .block:
      let isApart = !surroundings.pods.isEmpty && surroundings.pods.isDisjoint(with: peer.addresses)
      if isApart, rule.action != .deny { return }
      notes.lose(
        .ingressBlocks, .leavingOut(rule.action),
        "sources cannot be told by their addresses: \(peer) is left out", of: rule, in: policy,
        peers: [peer])
    case .entity(let name):
      notes.lose(
        .entity, .leavingOut(rule.action), "the entity \(name) cannot be said: it is left out", of: rule,
        in: policy, peers: [peer])
    case .nodes, .outside, .apiServer, .domain:
      if rule.action != .deny { return }
      notes.lose(
        .outsideIngress, .widens, "what comes from \(peer) cannot be denied: it is left out", of: rule,
        in: policy, peers: [peer])
    case .pods: return
    }
  }

  // MARK: - Egress

  private func egress(_ rule: PlainRule, _ notes: inout WritingNotes) -> [WrittenRule] {
    if rule.peers.isAnyone {
      let pods = Self.peer(.allPods)
      let everything = [pods] + Self.networks(.all)
      return written(rule, everything, rule.traffic.onNumbers, &notes)
        + written(rule, [pods], rule.traffic.onNames, &notes)
    }
    let ends = AddressedPeers(surroundings: surroundings, policy: policy)
    return ends.rules(rule, keeping: { isExperimental($0, rule.action) }, &notes).flatMap { rule in
      let pods = rule.peers.simple.filter(\.isPods)
      let others = rule.peers.simple.filter { !$0.isPods }
      let data = networks(others)
      if rule.traffic.onNames.isEmpty || rule.traffic.isAny {
        return written(rule, pods.map(Self.peer) + data, rule.traffic, &notes)
      }
      if !others.isEmpty {
        notes.lose(
          .namedPortPeers, .leavingOut(rule.action),
          "only selected pods have port names: \(rule.traffic.onNames) of \(others.text) is left out",
          fix: "give the port's number", of: rule, in: policy, peers: others, traffic: rule.traffic.onNames)
      }
      return written(rule, pods.map(Self.peer), rule.traffic, &notes)
        + written(rule, data, rule.traffic.onNumbers, &notes)
    }
  }

  /// Whether a peer has words in the experimental channel, if the cluster has it.
  private func isExperimental(_ peer: PlainPeer, _ action: RuleAction) -> Bool {
    guard surroundings.channel == .experimental else { return false }
    return switch peer {
    case .nodes(let terms, .anywhere): !terms.contains(where: \.test.isAboutParts)
    case .domain(let pattern): action == .allow && pattern.networkPolicyAPI != nil
    case .pods, .block, .nodes, .outside, .apiServer, .entity: false
    }
  }

  /// Blocks, nodes and domains.
  private func networks(_ peers: [PlainPeer]) -> [DataValue] {
    let names = Set(
      peers.compactMap { if case .domain(let pattern) = $0 { pattern.networkPolicyAPI } else { nil } })
    let nodes = peers.compactMap { peer -> DataValue? in
      if case .nodes(let terms, _) = peer { .members(("nodes", terms.labelSelector())) } else { nil }
    }
    return Self.networks(peers.reduce(.empty) { $0.union($1.addresses) }) + nodes
      + Self.lists(names.sorted()).map { .members(("domainNames", $0)) }
  }

  private static func networks(_ addresses: AddressSet) -> [DataValue] {
    lists(addresses.cidrs.filter { !$0.isMapped }.map { "\($0)" }).map { .members(("networks", $0)) }
  }

  private static func lists(_ texts: [String]) -> [DataValue] {
    texts.map { DataValue.string($0) }.chunked(limit).map { .list($0) }
  }

  // MARK: - Parts of rules

  private static func peer(_ peer: PlainPeer) -> DataValue {
    if case .pods(let selector) = peer { pods(selector) } else { .object([]) }
  }

  /// Pods, as a subject and as a peer.
  static func pods(_ selector: PlainSelector) -> DataValue {
    let namespaces = selector.namespaceTerms.labelSelector()
    if selector.pods.isEmpty { return .members(("namespaces", namespaces)) }
    return .members(
      (
        "pods",
        .members(
          ("namespaceSelector", selector.namespaceTerms.isEmpty ? nil : namespaces),
          ("podSelector", selector.pods.labelSelector()))
      ))
  }

  private func written(
    _ rule: PlainRule, _ peers: [DataValue], _ traffic: PlainTraffic, _ notes: inout WritingNotes
  ) -> [WrittenRule] {
    if peers.isEmpty || traffic.isEmpty { return [] }
    let action =
      switch rule.action {
      case .allow: "Accept"
      case .deny: "Deny"
      case .pass, .log: "Pass"
      }
    let protocols: [DataValue?] =
      traffic.isAny ? [nil] : protocols(traffic, rule, &notes).chunked(Self.limit).map { .list($0) }
    return peers.chunked(Self.limit).flatMap { peers in
      protocols.map { protocols in
        WrittenRule(
          direction: rule.direction,
          data: .members(
            ("action", .string(action)), (rule.direction == .ingress ? "from" : "to", .list(peers)),
            ("protocols", protocols)))
      }
    }
  }

  private func protocols(
    _ traffic: PlainTraffic, _ rule: PlainRule, _ notes: inout WritingNotes
  ) -> [DataValue] {
    var entries: [DataValue] = []
    for transport in TransportProtocol.allCases {
      entries += traffic.ports[transport].ranges.map { range in
        let port: DataValue =
          range.count == 1
          ? .members(("number", .integer(Int(range.lowerBound))))
          : .members(
            (
              "range",
              .members(("start", .integer(Int(range.lowerBound))), ("end", .integer(Int(range.upperBound))))
            ))
        return .members((transport.name.lowercased(), .members(("destinationPort", port))))
      }
    }
    for name in Set(traffic.names.map(\.name)).sorted() {
      entries.append(.members(("destinationNamedPort", .string(name))))
      let others = TransportProtocol.allCases.filter { transport in
        !traffic.names.contains(PlainTraffic.NamedPort(transport, name)) && !traffic.ports[transport].isAll
      }
      if others.isEmpty { continue }
      notes.lose(
        .namedPortProtocol, .overstating(rule.action),
        "a port name is written without its protocol: \(name) is meant for \(others.map(\.name).joined(separator: ", ")) too",
        fix: "give the port's number", of: rule, in: policy,
        traffic: PlainTraffic(names: Set(others.map { PlainTraffic.NamedPort($0, name) })))
    }
    return entries
  }
}

extension PlainPeer {
  /// Whether it is pods by a selector.
  var isPods: Bool { if case .pods = self { true } else { false } }
}
