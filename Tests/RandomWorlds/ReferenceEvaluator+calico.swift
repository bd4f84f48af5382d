/// What Calico decides, straight from the text of SEMANTICS §3.5 and §2.4.
extension ReferenceEvaluator {
  /// A connection in one concrete situation.
  struct CalicoConnection {
    var source: CalicoEnd
    var destination: CalicoEnd
    /// The code of an ICMP message.
    var code: Int
    /// The same for policies of other dialects.
    var reading: Reading

    var transport: ReferenceProtocol { reading.transport }

    func half(_ direction: ReferencePolicy.Direction, _ subject: PodFacts) -> Half {
      let peer = direction == .egress ? destination : source
      return Half(
        direction: direction, subject: subject, peer: peer.party, address: peer.address, reading: reading)
    }
  }

  /// One end of a connection.
  struct CalicoEnd {
    var party: Party
    var address: ReferenceAddress?
    /// Of protocols that have ports.
    var port: Int
    /// What the named ports of the pod stand for.
    var names: NamedPorts
    /// What selectors find at this end.
    var items: [CalicoItem]
  }

  /// A policy of any dialect in a tier.
  enum CalicoMember {
    /// With its place in the world.
    case calico(ReferenceCalico.Policy, Int)
    case networkPolicy(ReferencePolicy)
    case clusterPolicy(ReferenceClusterPolicy)
  }

  /// The policies of one tier that apply to a subject in a direction, in order; never none.
  struct CalicoTier {
    var members: [CalicoMember]
    var defaultAction: ReferenceCalico.Tier.DefaultAction
  }

  /// What a policy comes to.
  fileprivate struct Decision {
    enum Action { case allow, deny, pass }

    var action: Action
    var policy: CalicoMember
    /// Of a policy of Calico.
    var rule: RulePlace?
  }

  /// A rule of a policy of Calico, by their places.
  struct RulePlace: Hashable {
    var policy: Int
    var direction: ReferencePolicy.Direction
    var rule: Int
  }

  /// What a direction comes to, and why.
  struct CalicoOutcome {
    var ending: CalicoEnding
    /// The rule that decided, if it is Calico's.
    var rule: RulePlace?

    static let isNotPoliced = CalicoOutcome(ending: .isNotPoliced)
  }

  /// What a direction ends in.
  enum CalicoEnding: String, Hashable, CaseIterable {
    case networkPolicyAllows, networkPolicyDenies, globalNetworkPolicyAllows, globalNetworkPolicyDenies
    case kubernetesNetworkPolicyAllows, clusterNetworkPolicyAllows, clusterNetworkPolicyDenies
    case endOfTierDenies
    /// After the last tier, or without a policy.
    case profileAllows
    /// Policies do not see the connection, or there is no policed pod.
    case isNotPoliced

    var isAllowed: Bool {
      switch self {
      case .networkPolicyDenies, .globalNetworkPolicyDenies, .clusterNetworkPolicyDenies, .endOfTierDenies:
        false
      case .networkPolicyAllows, .globalNetworkPolicyAllows, .kubernetesNetworkPolicyAllows,
        .clusterNetworkPolicyAllows, .profileAllows, .isNotPoliced:
        true
      }
    }
  }

  // MARK: - §3.5 Evaluation

  /// Tiers in their order. Rules decide in theirs; the end of a tier denies or passes. After the last tier the
  /// namespace's profile allows.
  func calicoOutcome(
    _ connection: CalicoConnection, _ direction: ReferencePolicy.Direction, _ subject: PodFacts,
    _ tiers: [CalicoTier]
  ) -> CalicoOutcome {
    for tier in tiers {
      var decided: Decision?
      for member in tier.members where decided == nil {
        decided = decision(of: member, connection, direction, subject)
      }
      guard let decided else {
        if tier.defaultAction == .deny { return CalicoOutcome(ending: .endOfTierDenies) }
        continue
      }
      switch decided.action {
      case .allow: return CalicoOutcome(ending: decided.policy.allows, rule: decided.rule)
      case .deny: return CalicoOutcome(ending: decided.policy.denies, rule: decided.rule)
      case .pass: continue
      }
    }
    return CalicoOutcome(ending: .profileAllows)
  }

  private func decision(
    of member: CalicoMember, _ connection: CalicoConnection, _ direction: ReferencePolicy.Direction,
    _ subject: PodFacts
  ) -> Decision? {
    switch member {
    case .calico(let policy, let number):
      for (place, rule) in policy.rules(direction).enumerated() where matches(rule, of: policy, connection) {
        guard let action = rule.action.decision else { continue }
        return Decision(
          action: action, policy: member,
          rule: RulePlace(policy: number, direction: direction, rule: place))
      }
      return nil
    case .networkPolicy(let policy):
      return action(of: policy, connection.half(direction, subject)).map {
        Decision(action: $0, policy: member)
      }
    case .clusterPolicy(let policy):
      return action(of: policy, connection.half(direction, subject)).map {
        Decision(action: $0, policy: member)
      }
    }
  }

  /// An Allow rule for each peer and protocol; those without ports match every protocol.
  private func action(of policy: ReferencePolicy, _ half: Half) -> Decision.Action? {
    let rules = (half.direction == .ingress ? policy.ingress : policy.egress) ?? []
    let isMatch = rules.contains { rule in
      let peers = rule.peers ?? []
      return portsMatch(rule.ports, half.reading)
        && (peers.isEmpty
          || peers.contains { matches($0, namespace: policy.namespace, half.peer, half.address) })
    }
    return isMatch ? .allow : nil
  }

  /// As §2.2, but for what Calico does not support: a rule with it fails closed, as a whole.
  private func action(of policy: ReferenceClusterPolicy, _ half: Half) -> Decision.Action? {
    for rule in policy.rules(half.direction) {
      let failsClosed = rule.isUnsupportedByCalico || rule.peers.contains(where: \.isUnreadable)
      if failsClosed, rule.action != .accept { return .deny }
      if rule.isUnsupportedByCalico { continue }
      let isMatch = rule.peers.contains { matches($0, half) || matchesSet($0, half.address) }
      guard isMatch, matches(rule.protocols, half.reading, port: half.reading.port) else { continue }
      switch rule.action {
      case .accept: return .allow
      case .deny: return .deny
      case .pass: return .pass
      }
    }
    return nil
  }

  /// A peer by namespaces alone is their NetworkSets too, as `namespaceSelector` is (§3.3).
  private func matchesSet(_ peer: ReferenceClusterPolicy.Peer, _ address: ReferenceAddress?) -> Bool {
    guard case .pods(let pods) = peer, pods.podSelector == nil, !pods.isUnreadable, let address else {
      return false
    }
    return world.calico.sets.contains { set in
      guard let namespace = set.namespace, set.nets.contains(where: { $0.contains(address) }) else {
        return false
      }
      return Self.matches(
        pods.namespaceSelector ?? ReferencePolicy.Selector(), labels(ofNamespace: namespace))
    }
  }
}

extension ReferenceCalico.Rule.Action {
  /// Nil: it goes on.
  fileprivate var decision: ReferenceEvaluator.Decision.Action? {
    switch self {
    case .allow: .allow
    case .deny: .deny
    case .pass: .pass
    case .log: nil
    }
  }
}

extension ReferenceEvaluator.CalicoMember {
  fileprivate var allows: ReferenceEvaluator.CalicoEnding {
    switch self {
    case .calico(let policy, _): policy.namespace == nil ? .globalNetworkPolicyAllows : .networkPolicyAllows
    case .networkPolicy: .kubernetesNetworkPolicyAllows
    case .clusterPolicy: .clusterNetworkPolicyAllows
    }
  }

  /// A NetworkPolicy of Kubernetes never does.
  fileprivate var denies: ReferenceEvaluator.CalicoEnding {
    switch self {
    case .calico(let policy, _): policy.namespace == nil ? .globalNetworkPolicyDenies : .networkPolicyDenies
    case .networkPolicy, .clusterPolicy: .clusterNetworkPolicyDenies
    }
  }
}

extension ReferenceClusterPolicy.Rule {
  /// Nodes, domain names and named ports.
  fileprivate var isUnsupportedByCalico: Bool {
    let hasPeer = peers.contains { peer in
      switch peer {
      case .nodes, .domainNames: true
      case .pods, .networks: false
      }
    }
    let hasName = (protocols ?? []).contains { if case .named = $0 { true } else { false } }
    return hasPeer || hasName
  }
}
