internal import Kubernetes
internal import PolicyModel

/// Writes policies as `cilium.io/v2` CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
struct CiliumWriter {
  private let surroundings: Surroundings
  private var notes = WritingNotes()
  private var names = ObjectNames()
  /// The policies that allow connections to domain names.
  private var naming: [PlainPolicy] = []

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  mutating func write(_ policies: [PlainPolicy]) -> WrittenPolicies {
    let sayable = policies.tidied.filter { isSaid($0) }
    naming = sayable.filter { policy in policy.rules.contains { !$0.allowedDomains.isEmpty } }
    let objects = sayable.flatMap { write($0) }
    for policy in naming { noteUnlearntNames(policy, sayable) }
    return notes.written(objects)
  }

  private mutating func isSaid(_ policy: PlainPolicy) -> Bool {
    guard policy.stage == .normal else {
      notes.leaveOut(policy, .tiers, "Cilium's policies have no tiers: the policy is left out")
      return false
    }
    if let unsaid = policy.subject.unsaidByCilium {
      notes.leaveOut(
        policy, unsaid.name, "\(unsaid.reason): a policy of \(policy.subject) is left out")
      return false
    }
    if let unseen = UnseenLabels(policy.subject) {
      let reason = "\(unseen.reason): the policy selects"
      if unseen.isMissed {
        notes.leaveOut(policy, .labelNotSeen, "\(reason) nothing", fix: UnseenLabels.fix)
      } else {
        notes.overstate(
          policy, .labelNotSeen, "\(reason) pods whatever their values are", fix: UnseenLabels.fix,
          subject: unseen.seen)
      }
    }
    return true
  }

  // MARK: - Domain names

  /// Whether a rule lets pods of a policy with domain names ask a resolver.
  private func proxiesDNS(_ rule: PlainRule, of policy: PlainPolicy) -> Bool {
    rule.isLookup && naming.contains { $0.subject.intersection(policy.subject) != nil }
  }

  private mutating func noteUnlearntNames(_ policy: PlainPolicy, _ policies: [PlainPolicy]) {
    let isLearnt = policies.contains { other in
      other.subject.contains(policy.subject) && other.rules.contains(where: \.isLookup)
    }
    if isLearnt { return }
    for rule in policy.rules where !rule.allowedDomains.isEmpty {
      notes.lose(
        .namesNotLearnt, .narrows,
        "Cilium learns addresses from DNS answers, and no policy allows these pods to ask a resolver: \(rule.allowedDomains.text) is allowed in vain",
        fix: "allow UDP and TCP 53 to the resolver's pods", of: rule, in: policy, peers: rule.allowedDomains)
    }
  }

  // MARK: - Objects

  private mutating func write(_ policy: PlainPolicy) -> [WrittenObject] {
    guard case .named(let namespaces) = policy.subject.namespaces else { return objects(policy, in: nil) }
    return namespaces.flatMap { objects(policy, in: $0) }
  }

  /// The lists of rules of an object.
  private struct Lists {
    var members: [DataValue.Member] = []
    /// Directions that have rules and stay open, as members of `enableDefaultDeny`.
    var opens: [DataValue.Member] = []

    mutating func add(
      _ direction: Direction, allowed: [DataValue], denied: [DataValue], closes: Bool
    ) {
      let isEmpty = allowed.isEmpty && denied.isEmpty
      if !allowed.isEmpty || (isEmpty && closes) {
        members.append(DataValue.Member(direction.name, .list(isEmpty ? [.object([])] : allowed)))
      }
      if !denied.isEmpty { members.append(DataValue.Member("\(direction.name)Deny", .list(denied))) }
      if !isEmpty, !closes { opens.append(DataValue.Member(direction.name, false)) }
    }
  }

  /// An object, and one beside it for what agents without an option refuse together with all that stands by it.
  private mutating func objects(_ policy: PlainPolicy, in namespace: String?) -> [WrittenObject] {
    var (own, ofNodes) = (Lists(), Lists())
    for direction in Direction.allCases {
      let allowed = rules(policy, direction, .allow, in: namespace)
      let denied = rules(policy, direction, .deny, in: namespace)
      own.add(
        direction, allowed: allowed.own, denied: denied.own, closes: policy.isolates.contains(direction))
      ofNodes.add(direction, allowed: allowed.ofNodes, denied: denied.ofNodes, closes: false)
    }
    return [object(policy, own, "", in: namespace), object(policy, ofNodes, "nodes", in: namespace)]
      .compactMap { $0 }
  }

  private mutating func object(
    _ policy: PlainPolicy, _ lists: Lists, _ suffix: String, in namespace: String?
  ) -> WrittenObject? {
    if lists.members.isEmpty { return nil }
    let head: [(String, DataValue?)] = [
      ("endpointSelector", subject(policy.subject, in: namespace)),
      ("enableDefaultDeny", lists.opens.isEmpty ? nil : .object(lists.opens)),
    ]
    let members = head.compactMap { name, value in value.map { DataValue.Member(name, $0) } }
    return WrittenObject(
      apiVersion: "cilium.io/v2",
      kind: namespace == nil ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
      namespace: namespace ?? "", name: names.name(policy.identity.adding(suffix), in: namespace ?? ""),
      spec: .object(members + lists.members))
  }

  /// An object of a namespace selects pods of it anyway.
  private func subject(_ subject: PlainSelector, in namespace: String?) -> DataValue {
    guard let namespace else { return subject.cilium(in: nil) }
    let own = PlainSelector(
      namespaces: .named([namespace]), pods: subject.pods, serviceAccounts: subject.serviceAccounts)
    return own.cilium(in: namespace)
  }

  private mutating func rules(
    _ policy: PlainPolicy, _ direction: Direction, _ action: RuleAction, in namespace: String?
  ) -> (own: [DataValue], ofNodes: [DataValue]) {
    let writing = CiliumPeersWriting(surroundings: surroundings, policy: policy, namespace: namespace)
    let prefix = direction == .ingress ? "from" : "to"
    var written: (own: [DataValue], ofNodes: [DataValue]) = ([], [])
    for rule in policy.rules where rule.direction == direction && rule.action == action {
      noteOtherProtocols(rule, policy)
      for ends in writing.ends(rule, &notes) {
        let peers = DataValue.Member(prefix + ends.field, .list(ends.list))
        for traffic in members(rule, ends, policy) {
          let data = DataValue.object(traffic.map { [peers, $0] } ?? [peers])
          if ends.field == "Nodes" { written.ofNodes.append(data) } else { written.own.append(data) }
        }
      }
    }
    return written
  }

  private mutating func noteOtherProtocols(_ rule: PlainRule, _ policy: PlainPolicy) {
    let lost = rule.traffic.unsaidByCilium
    if !lost.isEmpty {
      notes.lose(
        .protocols, .leavingOut(rule.action),
        "\(lost) needs an option of the agent or cannot be said: it is left out", of: rule, in: policy,
        traffic: lost)
    }
    let domains = rule.allowedDomains
    let messages = rule.traffic.withoutPorts
    if !domains.isEmpty, !messages.isEmpty {
      notes.lose(
        .protocols, .leavingOut(rule.action), "\(messages) cannot stand beside domain names: it is left out",
        of: rule, in: policy, peers: domains, traffic: messages)
    }
  }

  private func members(
    _ rule: PlainRule, _ ends: CiliumEnds, _ policy: PlainPolicy
  ) -> [DataValue.Member?] {
    let isPods = ends.field == "Endpoints"
    let members = rule.traffic.ciliumMembers(proxiesDNS: isPods && proxiesDNS(rule, of: policy))
    return ends.field == "FQDNs" ? members.filter { $0?.key != "icmps" } : members
  }
}

extension PlainRule {
  /// Domain names that it allows connections to.
  fileprivate var allowedDomains: [PlainPeer] {
    guard direction == .egress, action == .allow else { return [] }
    return peers.simple.filter { peer in
      if case .domain(let pattern) = peer { pattern.cilium != nil } else { false }
    }
  }

  /// Whether it lets pods ask resolvers that are pods.
  fileprivate var isLookup: Bool {
    direction == .egress && action == .allow && traffic.canBeDNS
      && peers.simple.contains {
        if case .pods(let selector) = $0 { selector.unsaidByCilium == nil } else { false }
      }
  }
}
