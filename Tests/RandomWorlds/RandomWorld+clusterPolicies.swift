extension RandomWorld {
  /// Patterns of `domainNames`, and names to ask about.
  static let domainPatterns = [
    "api.example.com", "*.example.com", "*.api.example.com", "example.org", "API.Example.ORG.",
    "*.example.org",
  ]
  static let domainNames = [
    "api.example.com", "v1.api.example.com", "a.v1.api.example.com", "example.com", "WWW.example.com",
    "example.org", "api.example.org.", "other.test",
  ]
}

extension RandomWorld.Builder {
  typealias ClusterPolicy = ReferenceClusterPolicy

  /// None in about half of the worlds. Priorities meet often, as nobody says then who wins.
  mutating func addClusterPolicies() {
    if random.chance(45) { return }
    let isOld = random.chance(25)
    let count = random.pick([1, 1, 2, 3, 4])
    for index in 0..<count { world.clusterPolicies.append(clusterPolicy(number: index + 1, isOld: isOld)) }
  }

  private mutating func clusterPolicy(number: Int, isOld: Bool) -> ClusterPolicy {
    let hasBaseline = world.clusterPolicies.contains { $0.kind == .baselineAdminNetworkPolicy }
    var policy = ClusterPolicy(name: "c\(number)", subject: pods())
    if random.chance(40) { policy.subject = ClusterPolicy.everyPod }
    policy.priority = random.pick([0, 5, 5, 5, 10, 1000])
    policy.spellsTCP = random.chance(50)
    if isOld {
      policy.kind = !hasBaseline && random.chance(35) ? .baselineAdminNetworkPolicy : .adminNetworkPolicy
      policy.tier = policy.kind == .adminNetworkPolicy ? .admin : .baseline
      if policy.kind == .baselineAdminNetworkPolicy { policy.name = "default" }
      policy.subject = inVersion1(policy.subject)
    } else {
      policy.tier = random.pick(ClusterPolicy.Tier.allCases)
    }
    policy.ingress = clusterRules(.ingress, policy)
    policy.egress = clusterRules(.egress, policy)
    return policy
  }

  private mutating func clusterRules(
    _ direction: ReferencePolicy.Direction, _ policy: ClusterPolicy
  ) -> [ClusterPolicy.Rule]? {
    if random.chance(20) { return nil }
    if random.chance(5) { return [] }
    return (0..<random.pick([1, 1, 2, 3, 4])).map { _ in clusterRule(direction, policy) }
  }

  private mutating func clusterRule(
    _ direction: ReferencePolicy.Direction, _ policy: ClusterPolicy
  ) -> ClusterPolicy.Rule {
    let isBaseline = policy.kind == .baselineAdminNetworkPolicy
    let actions: [ClusterPolicy.Action] =
      isBaseline ? [.accept, .deny] : [.accept, .accept, .deny, .deny, .deny, .pass]
    var rule = ClusterPolicy.Rule(action: random.pick(actions), peers: [])
    rule.name = random.maybe(20) { _ in "a rule" }
    for _ in 0..<random.pick([1, 1, 2]) { rule.peers.append(clusterPeer(direction, rule.action, policy)) }
    if random.chance(50) {
      let hasPods = rule.peers.allSatisfy { if case .pods = $0 { true } else { false } }
      let isOld = policy.kind != .clusterNetworkPolicy
      rule.protocols = (0..<random.int(1...2)).map { _ in clusterPort(mayBeNamed: hasPods, isOld: isOld) }
    }
    return rule
  }

  // MARK: - Peers

  private mutating func clusterPeer(
    _ direction: ReferencePolicy.Direction, _ action: ClusterPolicy.Action, _ policy: ClusterPolicy
  ) -> ClusterPolicy.Peer {
    let mayNameDomains = action == .accept && policy.kind != .baselineAdminNetworkPolicy
    switch direction == .egress ? random.int(1...10) : 10 {
    case 1...3: return .networks(networks())
    case 4...5: return .nodes(readable(nodeSelector()))
    case 6...7 where mayNameDomains:
      let names = random.pick(RandomWorld.domainPatterns)
      return .domainNames(
        random.chance(30) && names != "*.example.com" ? [names, "*.example.com"] : [names])
    default:
      if random.chance(20) { return .pods(ClusterPolicy.everyPod) }
      let isOld = policy.kind != .clusterNetworkPolicy
      let pods = isOld ? inVersion1(pods()) : pods()
      return .pods(pods)
    }
  }

  private mutating func pods() -> ClusterPolicy.Pods {
    var pods = ClusterPolicy.Pods(namespaceSelector: readable(namespaceSelector()))
    if random.chance(65) {
      pods.podSelector = readable(Self.podSelector(&random))
      if random.chance(30) { pods.namespaceSelector = nil }
    }
    return pods
  }

  /// v1alpha1 wants both selectors of `pods`.
  private func inVersion1(_ pods: ClusterPolicy.Pods) -> ClusterPolicy.Pods {
    var pods = pods
    if pods.namespaceSelector == nil { pods.namespaceSelector = ReferencePolicy.Selector() }
    return pods
  }

  private mutating func nodeSelector() -> ReferencePolicy.Selector {
    if random.chance(25) { return ReferencePolicy.Selector() }
    return Self.selector(&random, keys: ["pool"], values: RandomWorld.nodePools)
  }

  /// The selector, or now and then one with an operator that nobody knows.
  private mutating func readable(_ selector: ReferencePolicy.Selector) -> ReferencePolicy.Selector {
    if !random.chance(3) { return selector }
    var selector = selector
    selector.matchExpressions = [ReferencePolicy.Requirement(key: "app", operation: .bogus)]
    return selector
  }

  private mutating func networks() -> [ReferenceBlock] {
    var blocks: [ReferenceBlock] = []
    for _ in 0..<random.pick([1, 1, 2]) {
      let address = random.pick(notableAddresses)
      let prefixes =
        address.family == .v4 ? [0, 0, 0, 1, 8, 16, 24, 30, 31, 32] : [0, 0, 7, 16, 64, 127, 128]
      let block = ReferenceBlock(around: address, prefix: random.pick(prefixes))
      if !blocks.contains(block) { blocks.append(block) }
    }
    return blocks
  }

  // MARK: - Ports

  private mutating func clusterPort(mayBeNamed: Bool, isOld: Bool) -> ClusterPolicy.Port {
    if mayBeNamed, random.chance(30) { return .named(random.pick(RandomWorld.portNames + ["nobody"])) }
    let transport = random.pick([ReferenceProtocol.tcp, .tcp, .tcp, .udp, .sctp])
    let first = random.pick(RandomWorld.portNumbers)
    if random.chance(50) { return .numbers(transport, start: first, end: first) }
    if isOld, random.chance(10) { return .otherProtocol(random.pick(["tcp", "ICMP", ""]), first) }
    let second = random.pick([1, 79, 443, 8080, 65535])
    let mayBeEmpty = isOld && random.chance(20)
    return .numbers(
      transport, start: mayBeEmpty ? first : min(first, second), end: mayBeEmpty ? second : max(first, second)
    )
  }
}
