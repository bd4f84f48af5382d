/// SEMANTICS §4.6, §4.1, and of §2.4 and §1.5 what Cilium does with the other dialects.
extension ReferenceCiliumEvaluator {
  /// Only endpoints and nodes are policed; a finished pod is neither.
  func ground(_ half: Half, of subject: Party) -> Ground {
    switch subject.nature {
    case .pod(let facts, let identity): ground(half, ofPod: facts, identity)
    case .node(let labels): ground(half, ofNodeWith: labels)
    case .entity("init"): ground(ofInitIn: half)
    case .finishedPod, .outside, .entity: .notPoliced
    }
  }

  /// An endpoint without labels is closed in both directions, but for what clusterwide policies say of it (§4.6).
  private func ground(ofInitIn half: Half) -> Ground {
    let identity = Identity(reserved: "init", isInCluster: false)
    let sets = world.cilium.policies.filter { $0.namespace == nil }.flatMap { policy in
      policy.ruleSets.filter { isAbout(identity, $0, of: policy) }
    }
    for denies in [true, false] {
      for set in sets {
        guard let member = match(set, half, nil, denies: denies) else { continue }
        return denies ? .denied(by: member) : .allowed(by: member)
      }
    }
    return half.direction == .ingress && isHost(half.peer) && half.isOwnNode ? .ownHost : .closed
  }

  /// Admin, then NetworkPolicy and Cilium's policies as one, then Baseline, then what is closed by default.
  private func ground(
    _ half: Half, ofPod pod: ReferenceEvaluator.PodFacts, _ identity: Identity
  ) -> Ground {
    let admin = decision(of: .admin, half, pod)
    if let admin, admin != .pass { return .admin(admin) }
    let sets = world.cilium.policies.flatMap { policy in
      policy.ruleSets.filter { isAbout(identity, $0, of: policy) }.map {
        (set: $0, namespace: policy.namespace)
      }
    }
    // Deny beats allow, whatever allows it.
    for (set, namespace) in sets {
      if let member = match(set, half, namespace, denies: true) { return .denied(by: member) }
    }
    for (set, namespace) in sets {
      if let member = match(set, half, namespace, denies: false) { return .allowed(by: member) }
    }
    let networkPolicies = world.policies.filter { isolates($0, pod, half.direction) }
    if networkPolicies.contains(where: { allows($0, half) }) { return .networkPolicy }
    // A Baseline Accept reopens what is only closed by default.
    let baseline = decision(of: .baseline, half, pod)
    if let baseline, baseline != .pass { return .baseline(baseline) }
    if networkPolicies.isEmpty, !sets.contains(where: { closes($0.set, half.direction) }) { return .open }
    // The own host is allowed, but last.
    return half.direction == .ingress && isHost(half.peer) && half.isOwnNode ? .ownHost : .closed
  }

  /// Only clusterwide policies with a `nodeSelector` are about nodes.
  private func ground(_ half: Half, ofNodeWith labels: [String: String]) -> Ground {
    let sets = world.cilium.ruleSets.filter { set in
      guard case .nodes(let selector) = set.subject, set.hasRules else { return false }
      return matches(selector, node: labels)
    }
    for denies in [true, false] {
      for set in sets {
        guard let member = match(set, half, nil, denies: denies) else { continue }
        return denies ? .denied(by: member) : .allowed(by: member)
      }
    }
    return sets.contains { closes($0, half.direction) } ? .closed : .open
  }

  private func isHost(_ party: Party) -> Bool {
    if case .node = party.nature { true } else { false }
  }

  // MARK: - cilium.io

  private func isAbout(
    _ identity: Identity, _ set: ReferenceCiliumPolicy.RuleSet, of policy: ReferenceCiliumPolicy
  ) -> Bool {
    guard set.hasRules, case .endpoints(var selector) = set.subject else { return false }
    if let namespace = policy.namespace {
      if identity[Identity.namespace] != namespace { return false }
      // The exact spelling is overwritten; the other one contradicts.
      selector.matchLabels?["k8s:io.kubernetes.pod.namespace"] = nil
    }
    return identity.matches(selector)
  }

  /// The direction has a rule, and nothing says that it stays open.
  private func closes(_ set: ReferenceCiliumPolicy.RuleSet, _ direction: ReferencePolicy.Direction) -> Bool {
    let hasRules = [false, true].contains { !set.rules(direction, denies: $0).isEmpty }
    let written = direction == .ingress ? set.enableDefaultDeny?.ingress : set.enableDefaultDeny?.egress
    return hasRules && written != false
  }

  // MARK: - NetworkPolicy

  /// Rules of a direction that policyTypes does not list are enforced as well, and close it (§1.5).
  private func isolates(
    _ policy: ReferencePolicy, _ pod: ReferenceEvaluator.PodFacts, _ direction: ReferencePolicy.Direction
  ) -> Bool {
    let rules = (direction == .ingress ? policy.ingress : policy.egress) ?? []
    return policy.namespace == pod.namespace
      && (ReferenceEvaluator.effectiveTypes(of: policy).contains(direction) || !rules.isEmpty)
      && ReferenceEvaluator.matches(policy.podSelector ?? ReferencePolicy.Selector(), pod.labels)
  }

  private func allows(_ policy: ReferencePolicy, _ half: Half) -> Bool {
    let rules = (half.direction == .ingress ? policy.ingress : policy.egress) ?? []
    return rules.contains { rule in
      let peers = rule.peers ?? []
      let hasPeer = peers.isEmpty || peers.contains { matches($0, half, namespace: policy.namespace) }
      return hasPeer && matches(rule.ports, half)
    }
  }

  /// Absent or empty: everything, ICMP too. Entries never match ICMP.
  private func matches(_ ports: [ReferencePolicy.Port]?, _ half: Half) -> Bool {
    guard let ports, !ports.isEmpty else { return true }
    return ports.contains { entry in
      guard half.transport == entry.transport ?? .tcp else { return false }
      switch entry.port {
      case nil: return true
      case .number(let low): return low <= half.port && half.port <= entry.endPort ?? low
      case .name(let name): return half.names.numbers(name, half.transport).contains(half.port)
      }
    }
  }

  // MARK: - ClusterNetworkPolicy

  /// By priority; of one priority place by place, where a denial goes before an acceptance before a pass. The
  /// kinds of v1alpha1 are not enforced.
  private func decision(
    of tier: ReferenceClusterPolicy.Tier, _ half: Half, _ pod: ReferenceEvaluator.PodFacts
  ) -> ReferenceClusterPolicy.Action? {
    let policies = world.clusterPolicies.filter {
      $0.kind == .clusterNetworkPolicy && $0.tier == tier && ends.selects($0.subject, pod)
    }
    for priority in Set(policies.map(\.priority)).sorted() {
      let rules = policies.filter { $0.priority == priority }.map { $0.rules(half.direction) }
      for place in 0..<(rules.map(\.count).max() ?? 0) {
        let actions = rules.compactMap { rules -> ReferenceClusterPolicy.Action? in
          place < rules.count ? action(of: rules[place], half) : nil
        }
        for action in [ReferenceClusterPolicy.Action.deny, .accept, .pass] where actions.contains(action) {
          return action
        }
      }
    }
    return nil
  }

  /// What a rule does to a connection; nil if it does not match.
  private func action(
    of rule: ReferenceClusterPolicy.Rule, _ half: Half
  ) -> ReferenceClusterPolicy.Action? {
    // A peer that nobody can read: Accept matches nothing by it, anything else denies everything.
    if rule.action != .accept, rule.peers.contains(where: \.isUnreadable) { return .deny }
    let isMatch =
      rule.peers.contains { !$0.isUnreadable && matches($0, half) } && matches(rule.protocols, half)
    return isMatch || isQuestion(half, dueTo: rule) ? rule.action : nil
  }

  /// A rule with `domainNames` also lets questions to the cluster's DNS through: to the ports `dns` and `dns-tcp` of
  /// pods with `k8s-app: kube-dns` (`ParseClusterNetworkPolicy` in `pkg/policy/k8s`).
  private func isQuestion(_ half: Half, dueTo rule: ReferenceClusterPolicy.Rule) -> Bool {
    let namesDomains = rule.peers.contains { if case .domainNames = $0 { true } else { false } }
    guard namesDomains, let identity = identity(of: half), identity["k8s-app"] == "kube-dns" else {
      return false
    }
    return ["dns", "dns-tcp"].contains { half.names.numbers($0, half.transport).contains(half.port) }
  }

  private func matches(_ protocols: [ReferenceClusterPolicy.Port]?, _ half: Half) -> Bool {
    guard let entries = protocols else { return true }
    return entries.contains { entry in
      switch entry {
      case .numbers(let transport, let start, let end):
        transport == half.transport && start <= half.port && half.port <= end
      case .named(let name): half.names.numbers(name, half.transport).contains(half.port)
      case .otherProtocol: false
      }
    }
  }
}
