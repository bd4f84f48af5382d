internal import Kubernetes
internal import PolicyModel

/// Writes policies as `networking.k8s.io/v1 NetworkPolicy`.
struct NetworkPolicyWriter {
  private let surroundings: Surroundings
  private var notes = WritingNotes()
  private var names = ObjectNames()

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  mutating func write(_ policies: [PlainPolicy]) -> WrittenPolicies {
    let normal = policies.tidied.compactMap { $0.stage == .normal ? said($0) : lostTier($0) }
    var lists = AllowLists(normal)
    lists.subtractDenials(of: normal, surroundings, &notes)
    let written = lists.policies.flatMap { objects($0) }
    return notes.written(written)
  }

  private mutating func lostTier(_ policy: PlainPolicy) -> PlainPolicy? {
    notes.leaveOut(policy, .tiers, "NetworkPolicies have no tiers: the policy is left out")
    return nil
  }

  /// The policy about pods, blocks and ports; nil when its subject cannot be said.
  private mutating func said(_ policy: PlainPolicy) -> PlainPolicy? {
    guard policy.isSaidByLabels(&notes) else { return nil }
    let peers = AddressedPeers(surroundings: surroundings, policy: policy)
    let rules = policy.rulesByLabels(&notes).flatMap { peers.rules($0, &notes) }
    return policy.with(rules: rules.compactMap { $0.action == .deny ? onPorts($0, policy) : $0 })
  }

  private mutating func onPorts(_ rule: PlainRule, _ policy: PlainPolicy) -> PlainRule? {
    let lost = rule.traffic.withoutPorts
    if lost.isEmpty { return rule }
    notes.lose(
      .protocols, .leavingOut(rule.action),
      "NetworkPolicies know TCP, UDP and SCTP only: \(lost) is left out", of: rule, in: policy, traffic: lost)
    return rule.traffic.onPorts.isEmpty ? nil : rule.with(traffic: rule.traffic.onPorts)
  }

  // MARK: - Objects

  private mutating func objects(_ policy: PlainPolicy) -> [WrittenObject] {
    let policy = policy.with(rules: PlainRule.grouped(policy.rules.compactMap { onPorts($0, policy) }))
    return namespaces(of: policy).map { namespace in
      WrittenObject(
        apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace: namespace,
        name: names.name(policy.identity, in: namespace), spec: spec(policy, in: namespace))
    }
  }

  private mutating func namespaces(of policy: PlainPolicy) -> [String] {
    switch policy.subject.namespaces {
    case .named(let names): return names
    case .matching(let terms):
      let found = surroundings.namespaces.filter { terms.areMet(by: $0.labels) }.map(\.name)
      let known = Set(surroundings.namespaces.map(\.name)).sorted()
      let others = Conjunction(
        (policy.subject.conjunction?.requirements ?? []) + [
          .init(
            attribute: .namespaceLabel(Namespace.nameLabel), test: LabelTerm.Test(.isNotIn(known)))
        ])
      guard let others else { return Set(found).sorted() }
      notes.leaveOut(
        policy, .namespacesByLabel,
        found.isEmpty
          ? "a NetworkPolicy lives in one namespace, and no known one is meant: nothing is written"
          : "a NetworkPolicy lives in one namespace: one is written for each that is known, and none for those that are made later",
        fix: "name the namespaces", subject: PlainSelector(others))
      return Set(found).sorted()
    }
  }

  private func spec(_ policy: PlainPolicy, in namespace: String) -> DataValue {
    func rules(_ direction: Direction) -> DataValue? {
      let own = policy.rules.filter { $0.direction == direction }
      return own.isEmpty ? nil : .list(own.map { rule($0, in: namespace) })
    }
    return .members(
      ("podSelector", policy.subject.pods.labelSelector()),
      ("policyTypes", .list(policy.directions.map { .string($0 == .ingress ? "Ingress" : "Egress") })),
      ("ingress", rules(.ingress)), ("egress", rules(.egress)))
  }

  private func rule(_ rule: PlainRule, in namespace: String) -> DataValue {
    .members(
      (
        rule.direction == .ingress ? "from" : "to",
        rule.peers.isAnyone ? nil : .list(rule.peers.simple.map { peer($0, in: namespace) })
      ), ("ports", rule.traffic.isAny ? nil : .list(ports(rule.traffic))))
  }

  private func peer(_ peer: PlainPeer, in namespace: String) -> DataValue {
    switch peer {
    case .pods(let selector):
      let pods = selector.pods.labelSelector()
      if selector.namespaces == .named([namespace]) { return .members(("podSelector", pods)) }
      return .members(
        ("namespaceSelector", selector.namespaceTerms.labelSelector()),
        ("podSelector", selector.pods.isEmpty ? nil : pods))
    case .block(let cidr, let excepts):
      return .members(
        (
          "ipBlock",
          .members(
            ("cidr", .string("\(cidr)")),
            ("except", excepts.isEmpty ? nil : .list(excepts.map { .string("\($0)") })))
        ))
    case .nodes, .domain, .outside, .apiServer, .entity: return .object([])
    }
  }

  private func ports(_ traffic: PlainTraffic) -> [DataValue] {
    TransportProtocol.allCases.flatMap { transport -> [DataValue] in
      func entry(_ port: DataValue?, _ end: UInt16? = nil) -> DataValue {
        .members(
          ("protocol", .string(transport.name)), ("port", port), ("endPort", end.map { .integer(Int($0)) }))
      }
      let own = traffic.ports[transport]
      if own.isAll { return [entry(nil)] }
      return own.ranges.map { range in
        entry(.integer(Int(range.lowerBound)), range.count == 1 ? nil : range.upperBound)
      } + traffic.names.filter { $0.transport == transport }.sorted().map { entry(.string($0.name)) }
    }
  }
}
