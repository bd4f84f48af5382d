internal import Kubernetes
internal import PolicyModel

/// Writes the rules of one policy for Calico.
struct CalicoRules {
  let surroundings: Surroundings
  let policy: PlainPolicy

  /// One end of a rule.
  private struct End {
    var members: [(String, DataValue?)] = []
    /// The only family that it has addresses of; nil for both.
    var family: AddressFamily?
    /// Whether a Service says its ports.
    var isService = false
  }

  /// A rule without what Calico has no words for, as one or more.
  func sayable(_ rule: PlainRule, _ notes: inout WritingNotes) -> [PlainRule] {
    let lost = rule.traffic.unsaidByCalico
    if !lost.isEmpty {
      notes.lose(
        .protocols, .leavingOut(rule.action), "\(lost) cannot be said: it is left out", of: rule, in: policy,
        traffic: lost)
    }
    guard case .anyOf(let peers) = rule.peers else { return [rule] }
    var said: [PlainPeer] = []
    for peer in peers {
      switch peer {
      case .pods(let selector) where !selector.keysCalicoTakesOtherwise.isEmpty:
        notes.lose(
          .labelNotSeen, .leavingOut(rule.action),
          "\(selector.keysCalicoTakesOtherwise.joined(separator: ", ")) means something else in Calico: \(peer) are left out",
          of: rule, in: policy, peers: [peer])
      case .apiServer where isSaidByService(rule): said += service(rule, &notes)
      default: said.append(peer)
      }
    }
    if said.isEmpty { return [] }
    let ends = AddressedPeers(surroundings: surroundings, policy: policy)
    return ends.rules(
      rule.with(peers: .anyOf(said)), keeping: { $0 == .apiServer && isSaidByService(rule) }, &notes)
  }

  /// Whether the API server is named by its Service: nobody said where it answers.
  private func isSaidByService(_ rule: PlainRule) -> Bool {
    rule.direction == .egress && surroundings.apiServer.isEmpty
  }

  /// The Service says its ports; a rule about other ones is not exact.
  private func service(_ rule: PlainRule, _ notes: inout WritingNotes) -> [PlainPeer] {
    if rule.traffic == PlainTraffic(.tcp, 1...UInt16.max) { return [.apiServer] }
    if rule.traffic.isAny || rule.traffic.ports.tcp.isAll {
      notes.lose(
        .apiServer, .leavingOut(rule.action),
        "where the API server answers is not known: its Service says it, on a port of TCP only",
        fix: "\(AddressedPeers.sayWhereItAnswers); or write the rule for TCP only", of: rule, in: policy,
        peers: [.apiServer], traffic: .any)
      return [.apiServer]
    }
    let isAboutTCP = !rule.traffic.ports.tcp.isEmpty
    notes.lose(
      .apiServer, isAboutTCP ? .both : .leavingOut(rule.action),
      isAboutTCP
        ? "on which port the API server answers is not known: its Service says it, whatever the rule's ports are"
        : "the API server answers on a TCP port only: it is left out",
      fix: AddressedPeers.sayWhereItAnswers, of: rule, in: policy, peers: [.apiServer], traffic: .any)
    return isAboutTCP ? [.apiServer] : []
  }

  // MARK: - Rules

  /// - Parameter namespace: that of the object; nil for a global one.
  func written(_ rule: PlainRule, in namespace: String?) -> [WrittenRule] {
    ends(rule, in: namespace).flatMap { end -> [WrittenRule] in
      if end.isService {
        let members =
          rule.traffic.isAny ? [] : [DataValue.Member("protocol", .string(TransportProtocol.tcp.name))]
        return [written(rule, end, CalicoTrafficPart(members: members))]
      }
      return rule.traffic.calicoParts.compactMap { part in
        if let family = part.family, let own = end.family, family != own { return nil }
        return written(rule, end, part)
      }
    }
  }

  private func written(_ rule: PlainRule, _ end: End, _ part: CalicoTrafficPart) -> WrittenRule {
    let peer = end.members.compactMap { name, value in value.map { DataValue.Member(name, $0) } }
    let ports = part.ports.isEmpty ? [] : [DataValue.Member("ports", .list(part.ports))]
    let (source, destination) = rule.direction == .ingress ? (peer, ports) : ([], peer + ports)
    let action =
      switch rule.action {
      case .allow: "Allow"
      case .deny: "Deny"
      case .pass, .log: "Pass"
      }
    let ends = [("source", source), ("destination", destination)].filter { !$0.1.isEmpty }.map {
      DataValue.Member($0.0, .object($0.1))
    }
    return WrittenRule(
      direction: rule.direction,
      data: .object([DataValue.Member("action", .string(action))] + part.members + ends))
  }

  private func ends(_ rule: PlainRule, in namespace: String?) -> [End] {
    guard case .anyOf(let peers) = rule.peers else { return [End()] }
    var ends: [End] = []
    for peer in peers {
      switch peer {
      case .pods(let selector): ends.append(pods(selector, in: namespace))
      case .apiServer:
        ends.append(
          End(
            members: [("services", .members(("name", "kubernetes"), ("namespace", "default")))],
            isService: true))
      case .block, .nodes, .domain, .outside, .entity: continue
      }
    }
    return ends + blocks(peers)
  }

  private func pods(_ selector: PlainSelector, in namespace: String?) -> End {
    let isOwn = namespace.map { selector.namespaces == .named([$0]) } ?? false
    return End(members: [
      ("namespaceSelector", isOwn ? nil : .string(selector.calicoNamespaces)),
      ("selector", .string(selector.calicoPods)),
      ("serviceAccounts", selector.calicoServiceAccounts.map { .members(("selector", .string($0))) }),
    ])
  }

  private struct Holes: Hashable {
    let family: AddressFamily
    let excepts: [CIDR]
  }

  /// Blocks of a family share a rule when they have the same holes: these are kept out of all of them.
  private func blocks(_ peers: [PlainPeer]) -> [End] {
    var order: [Holes] = []
    var nets: [Holes: [CIDR]] = [:]
    for case .block(let cidr, let excepts) in peers {
      let key = Holes(family: cidr.family, excepts: excepts)
      if nets[key] == nil { order.append(key) }
      nets[key, default: []].append(cidr)
    }
    func list(_ blocks: [CIDR]) -> DataValue? {
      blocks.isEmpty ? nil : .list(blocks.map { .string("\($0)") })
    }
    return order.map { key in
      End(
        members: [("nets", list(nets[key] ?? [])), ("notNets", list(key.excepts))], family: key.family)
    }
  }
}
