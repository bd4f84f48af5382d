internal import Kubernetes
internal import PolicyModel

/// Peers of one kind: `fromEndpoints`, `toCIDR`.
struct CiliumEnds {
  /// Without `from` or `to`: `Endpoints`.
  let field: String
  let list: [DataValue]

  init(_ field: String, _ list: [DataValue]) {
    self.field = field
    self.list = list
  }

  init(_ entities: [CiliumEntity]) {
    self.init("Entities", Set(entities.map(\.rawValue)).sorted().map { .string($0) })
  }
}

/// Writes the peers of one policy's rules for Cilium.
struct CiliumPeersWriting {
  let surroundings: Surroundings
  let policy: PlainPolicy
  /// That of the object; nil for one of the cluster.
  let namespace: String?

  /// The peers of a rule by their kinds; a rule of Cilium has one of these.
  func ends(_ rule: PlainRule, _ notes: inout WritingNotes) -> [CiliumEnds] {
    guard case .anyOf(let peers) = rule.peers else { return everyone(rule, &notes) }
    var pods: [PlainSelector] = []
    var entities: [CiliumEntity] = []
    var nodes: [DataValue] = []
    var domains: [DataValue] = []
    let blocks = peers.filter { if case .block = $0 { true } else { false } }
    for peer in peers {
      switch peer {
      case .pods(let selector):
        if isSaid(selector, peer, rule, &notes) { pods.append(selector) }
      case .nodes(let terms, let placement):
        if terms.isEmpty {
          entities += ownAndOtherNodes(placement, rule)
        } else {
          nodes += labelled(peer, terms, placement, rule, &notes)
        }
      case .domain(let pattern): domains += domain(pattern, rule, &notes)
      case .outside: entities.append(.world)
      case .apiServer: entities += apiServer(rule, &notes)
      case .entity(let name): entities += entity(name, rule, &notes)
      case .block: continue
      }
    }
    var ends: [CiliumEnds] = []
    if !pods.isEmpty { ends.append(CiliumEnds("Endpoints", pods.map { $0.cilium(in: namespace) })) }
    if !blocks.isEmpty {
      ends.append(Self.blocks(blocks))
      ends += companions(blocks, rule, &notes)
    }
    if !entities.isEmpty { ends.append(CiliumEnds(entities)) }
    if !nodes.isEmpty { ends.append(CiliumEnds("Nodes", nodes)) }
    if !domains.isEmpty { ends.append(CiliumEnds("FQDNs", domains)) }
    return ends
  }

  private func lose(
    _ name: Loss.Name, _ message: String, _ peer: PlainPeer, _ rule: PlainRule, _ notes: inout WritingNotes
  ) {
    notes.lose(name, .leavingOut(rule.action), message, of: rule, in: policy, peers: [peer])
  }

  // MARK: - Everyone

  private static let allPods = CiliumEnds("Endpoints", [PlainSelector(namespaces: .all).cilium(in: nil)])

  /// Whether a rule would keep the pod's own node out, whose probes are always let through.
  private func reachesProbes(_ rule: PlainRule) -> Bool {
    surroundings.sparesProbes && rule.direction == .ingress && rule.action == .deny
  }

  private func everyone(_ rule: PlainRule, _ notes: inout WritingNotes) -> [CiliumEnds] {
    guard reachesProbes(rule) else { return [CiliumEnds([.all])] }
    let entities: [CiliumEntity] = [.world, .remoteNode, .health, .ingress, .initializing, .unmanaged]
    return [Self.allPods, CiliumEnds(entities + apiServer(rule, &notes))]
  }

  private func ownAndOtherNodes(_ placement: NodePlacement, _ rule: PlainRule) -> [CiliumEntity] {
    // A denial of the own node means nothing, as it is let in whatever policies say.
    let own: [CiliumEntity] = reachesProbes(rule) ? [] : [.host]
    switch placement {
    case .anywhere: return own + [.remoteNode]
    case .own: return own
    case .other: return [.remoteNode]
    }
  }

  /// The API server, unless it may be the pod's own node, which a denial must not keep out.
  private func apiServer(_ rule: PlainRule, _ notes: inout WritingNotes) -> [CiliumEntity] {
    let isOutside =
      !surroundings.apiServer.isEmpty && !surroundings.nodes.isEmpty
      && !surroundings.apiServer.contains { surroundings.nodes.contains($0.address) }
    if !reachesProbes(rule) || isOutside { return [.kubeAPIServer] }
    lose(
      .apiServer,
      "the API server is not denied as such: where it runs on the pod's own node, that would deny probes",
      .apiServer, rule, &notes)
    return []
  }

  // MARK: - Kinds of peers

  private func isSaid(
    _ selector: PlainSelector, _ peer: PlainPeer, _ rule: PlainRule, _ notes: inout WritingNotes
  ) -> Bool {
    if let unsaid = selector.unsaidByCilium {
      lose(unsaid.name, "\(unsaid.reason): \(peer) are left out", peer, rule, &notes)
      return false
    }
    if let unseen = UnseenLabels(selector) {
      notes.lose(
        .labelNotSeen, unseen.isMissed ? .leavingOut(rule.action) : .overstating(rule.action),
        "\(unseen.reason): the peer matches \(unseen.isMissed ? "nothing" : "whatever their values are")",
        fix: UnseenLabels.fix, of: rule, in: policy, peers: [.pods(unseen.seen)])
    }
    return true
  }

  private func labelled(
    _ peer: PlainPeer, _ terms: [LabelTerm], _ placement: NodePlacement, _ rule: PlainRule,
    _ notes: inout WritingNotes
  ) -> [DataValue] {
    if terms.contains(where: \.test.isAboutParts) {
      lose(
        .stringTests, "labels cannot be selected by a part of their value: \(peer) are left out", peer, rule,
        &notes)
      return []
    }
    let isOwn = placement == .own
    lose(
      .nodeLabels,
      isOwn
        ? "a pod's own node has no labels to Cilium: \(peer) is left out"
        : "labels of nodes need the agent's option enable-node-selector-labels, and the pod's own node has none: \(peer)",
      peer, rule, &notes)
    return isOwn ? [] : [terms.labelSelector()]
  }

  private func domain(
    _ pattern: DomainPattern, _ rule: PlainRule, _ notes: inout WritingNotes
  ) -> [DataValue] {
    guard rule.direction == .egress, rule.action == .allow, let text = pattern.cilium else {
      lose(
        .domainNames, "Cilium knows domain names as allowed destinations only: \(pattern) is left out",
        .domain(pattern), rule, &notes)
      return []
    }
    return [.members((text.isName ? "matchName" : "matchPattern", .string(text.text)))]
  }

  private func entity(
    _ name: String, _ rule: PlainRule, _ notes: inout WritingNotes
  ) -> [CiliumEntity] {
    if let entity = CiliumEntity(rawValue: name),
      [.health, .ingress, .initializing, .unmanaged].contains(entity)
    {
      return [entity]
    }
    lose(.entity, "Cilium has no entity \(name): it is left out", .entity(name), rule, &notes)
    return []
  }

  // MARK: - Blocks

  private static func blocks(_ peers: [PlainPeer]) -> CiliumEnds {
    let blocks = peers.compactMap { peer -> (cidr: CIDR, excepts: [CIDR])? in
      if case .block(let cidr, let excepts) = peer { (cidr, excepts) } else { nil }
    }
    if blocks.allSatisfy(\.excepts.isEmpty) {
      return CiliumEnds("CIDR", blocks.map { .string("\($0.cidr)") })
    }
    return CiliumEnds(
      "CIDRSet",
      blocks.map { block in
        .members(
          ("cidr", .string("\(block.cidr)")),
          ("except", block.excepts.isEmpty ? nil : .list(block.excepts.map { .string("\($0)") })))
      })
  }

  /// Blocks match what is outside the cluster only; what they hold of the cluster is said beside them.
  private func companions(
    _ blocks: [PlainPeer], _ rule: PlainRule, _ notes: inout WritingNotes
  ) -> [CiliumEnds] {
    let addresses = blocks.reduce(AddressSet.empty) { $0.union($1.addresses) }
    if surroundings.pods.isEmpty || surroundings.nodes.isEmpty {
      // Where nobody says it, pods and nodes are taken to have private IPv4 addresses.
      guard AddressSet.privateIPv4.isSubset(of: addresses) else {
        for peer in blocks { notes.assume("no pod or node has an address in \(peer)") }
        return []
      }
      notes.assume(
        AddressSet.allIPv4.isSubset(of: addresses)
          ? "pods and nodes have IPv4 addresses only" : "pods and nodes have private IPv4 addresses only")
      return cluster(rule)
    }
    let own = surroundings.pods.union(surroundings.nodes)
    if own.isSubset(of: addresses) { return cluster(rule) }
    if !own.isDisjoint(with: addresses) {
      notes.lose(
        .addressesOfPods, .leavingOut(rule.action),
        "Cilium compares blocks with addresses outside the cluster only: pods and nodes in \(blocks.text) are left out",
        fix: "select the pods by their labels", of: rule, in: policy, peers: [.allPods, .allNodes])
    }
    return []
  }

  /// Pods and nodes. Not the entity `cluster`, which is an API server outside the cluster, too.
  private func cluster(_ rule: PlainRule) -> [CiliumEnds] {
    [Self.allPods, CiliumEnds(ownAndOtherNodes(.anywhere, rule))]
  }
}
