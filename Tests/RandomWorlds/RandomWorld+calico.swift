extension RandomWorld {
  static let serviceAccountNames = ["front", "back"]
  static let serviceAccountRoles = ["edge", "store"]
  /// Orders that meet often, with that of NetworkPolicies among them.
  static let calicoOrders: [Double?] = [
    nil, nil, nil, -0.5, 10, 10, 10, 999, 1000, 1000, 1000, 1000.5, 2000,
  ]
}

extension RandomWorld.Builder {
  typealias Calico = ReferenceCalico

  /// Service accounts, tiers, network sets and policies. Policies of other dialects get fewer, so that they do not
  /// decide most flows.
  mutating func addCalico() {
    world.policies.removeAll { _ in !random.chance(40) }
    if random.chance(50) { world.clusterPolicies = [] }
    addServiceAccounts()
    for index in 0..<random.pick([0, 0, 1, 1, 2]) { world.calico.tiers.append(tier(number: index + 1)) }
    if random.chance(8) { world.calico.tiers.append(ReferenceCalico.Tier.builtIn[0]) }
    for index in 0..<random.pick([0, 1, 1, 2, 3]) { world.calico.sets.append(networkSet(number: index + 1)) }
    for _ in 0..<random.pick([1, 2, 3, 4, 5, 6, 7]) { addCalicoPolicy() }
  }

  private mutating func addServiceAccounts() {
    for namespace in world.namespaces {
      for name in RandomWorld.serviceAccountNames + ["default"] where random.chance(75) {
        var account = ReferenceWorld.ServiceAccount(namespace: namespace.name, name: name)
        if random.chance(85) { account.labels["role"] = random.pick(RandomWorld.serviceAccountRoles) }
        world.serviceAccounts.append(account)
      }
    }
    for index in world.pods.indices {
      world.pods[index].serviceAccount = random.maybe(60) { $0.pick(RandomWorld.serviceAccountNames) }
    }
    for index in world.workloads.indices {
      world.workloads[index].serviceAccount = random.maybe(60) { $0.pick(RandomWorld.serviceAccountNames) }
    }
  }

  /// Before and after those that every cluster has.
  private mutating func tier(number: Int) -> Calico.Tier {
    Calico.Tier(
      name: "tier-\(number)", order: random.pick([nil, 10, 10, 999.5, 1000, 5000, 2_000_000, 20_000_000]),
      defaultAction: random.pick([nil, .deny, .pass, .pass]))
  }

  private mutating func networkSet(number: Int) -> Calico.NetworkSet {
    let namespace = random.maybe(55) { [names = world.namespaces] in $0.pick(names).name }
    var set = Calico.NetworkSet(namespace: namespace, name: "set-\(number)")
    for (key, percent) in [("app", 60), ("tier", 30), ("k8s.io/role", 30)] where random.chance(percent) {
      set.labels[key] = random.pick(RandomWorld.labelValues + ["web", "web", "db"])
    }
    for _ in 0..<random.pick([0, 1, 1, 2, 3]) {
      let block = block(around: random.pick(notableAddresses), minimum: 0)
      if !set.nets.contains(block) { set.nets.append(block) }
    }
    return set
  }

  // MARK: - Policies

  /// Names are few, so that policies of one order meet policies of other kinds with their name.
  private mutating func addCalicoPolicy() {
    let namespace = random.maybe(50) { [names = world.namespaces] in $0.pick(names).name }
    let taken = world.calico.policies.filter { $0.namespace == namespace }.map(\.name)
    let names = ["p1", "p2", "p3", "a", "c1", "p1-x", "z", "p4"].filter { !taken.contains($0) }
    var policy = Calico.Policy(namespace: namespace, name: random.pick(names))
    policy.isStaged = random.chance(4)
    policy.spelling = random.chance(30) ? 0 : random.next()
    let tiers = world.calico.tiers.map(\.name)
    policy.tier = random.pick([nil, nil, "default"] + tiers + tiers)
    if random.chance(4) { policy.tier = random.pick(["kube-admin", "kube-baseline"]) }
    policy.order = random.pick(RandomWorld.calicoOrders)
    policy.selector = random.maybe(75) { random in
      random.chance(35) ? .all : Self.endpointSelector(&random, depth: random.pick([0, 0, 1, 2]))
    }
    if namespace == nil {
      policy.namespaceSelector = random.maybe(25) { Self.namespaceTree(&$0) }
    }
    policy.serviceAccountSelector = random.maybe(10) { Self.serviceAccountTree(&$0) }
    policy.types = random.pick([
      nil, nil, nil, [.ingress], [.egress], [.ingress, .egress], [.egress, .ingress], [.ingress, .egress],
    ])
    policy.ingress = calicoRules(.ingress, in: namespace, mayBeEmpty: policy.types != nil)
    policy.egress = calicoRules(.egress, in: namespace, mayBeEmpty: policy.types != nil)
    world.calico.policies.append(policy)
  }

  private mutating func calicoRules(
    _ direction: ReferencePolicy.Direction, in namespace: String?, mayBeEmpty: Bool
  ) -> [Calico.Rule]? {
    if random.chance(25) { return nil }
    if mayBeEmpty, random.chance(6) { return [] }
    return (0..<random.pick([1, 2, 2, 3, 4, 5])).map { _ in calicoRule(direction, in: namespace) }
  }

  private mutating func calicoRule(
    _ direction: ReferencePolicy.Direction, in namespace: String?
  ) -> Calico.Rule {
    var rule = Calico.Rule(
      action: random.pick([.allow, .allow, .allow, .allow, .deny, .deny, .deny, .pass, .pass, .log]))
    addProtocols(&rule)
    // All nets of a rule are of one family.
    let family = random.pick(notableAddresses).family
    if random.chance(6), rule.icmpFamilies.isSubset(of: [family]) {
      rule.ipVersion = family == .v4 ? 4 : 6
    }
    // Criteria of the subject's own end are rarer.
    let (sourcePercent, destinationPercent) = direction == .ingress ? (70, 12) : (12, 70)
    if random.chance(sourcePercent) { addCriteria(&rule.source, family) }
    if random.chance(destinationPercent) { addCriteria(&rule.destination, family) }
    if random.chance(12), let name = serviceName(in: namespace) {
      let entity = Calico.Entity(service: name)
      if direction == .ingress { rule.source = entity } else { rule.destination = entity }
    }
    addPorts(&rule)
    return rule
  }

  /// Of the world's Service, if no backend has the address of a node, which other pods have too.
  private mutating func serviceName(in namespace: String?) -> Calico.ServiceName? {
    guard let service = world.services.first else { return nil }
    let sharesNode =
      world.pods.contains { $0.hostNetwork && world.isBackend($0, of: service) }
      || world.workloads.contains { $0.hostNetwork && world.isBackend($0, of: service) }
    if sharesNode { return nil }
    let mayBeShort = service.namespace == namespace && random.chance(50)
    return Calico.ServiceName(name: service.name, namespace: mayBeShort ? nil : service.namespace)
  }

  // MARK: - Protocols and ports

  private mutating func addProtocols(_ rule: inout Calico.Rule) {
    let name = { (transport: ReferenceProtocol, isNumber: Bool) in
      Calico.ProtocolName(transport: transport, isNumber: isNumber || transport == .gre)
    }
    switch random.int(1...20) {
    case 1...7:
      rule.transport = name(random.pick([.tcp, .tcp, .tcp, .udp, .sctp]), random.chance(20))
    case 8...10:
      rule.transport = name(random.pick([.icmp, .icmp, .icmpv6]), false)
      if random.chance(75) { rule.icmp = message() }
      if random.chance(40) { rule.notICMP = message() }
    case 11: rule.transport = name(random.pick([.udplite, .gre]), random.chance(50))
    case 12: rule.notTransport = name(random.pick(ReferenceProtocol.allCases), random.chance(30))
    default: break
    }
    if rule.transport != nil, random.chance(5) {
      rule.notTransport = name(random.pick(ReferenceProtocol.allCases), random.chance(30))
    }
  }

  private mutating func message() -> Calico.Message {
    Calico.Message(type: random.pick([0, 3, 8]), code: random.chance(35) ? random.pick([0, 1]) : nil)
  }

  /// Numbers need a protocol that has ports, names do not.
  private mutating func addPorts(_ rule: inout Calico.Rule) {
    if let transport = rule.transport {
      guard transport.transport.hasPorts else { return }
      if rule.destination.service != nil { return }
      if random.chance(65) { rule.destination.ports = calicoPorts(namesOnly: false) }
      if random.chance(12) { rule.destination.notPorts = calicoPorts(namesOnly: false) }
      if random.chance(9) { rule.source.ports = calicoPorts(namesOnly: false) }
      if random.chance(5) { rule.source.notPorts = calicoPorts(namesOnly: false) }
    } else if rule.destination.service == nil {
      if random.chance(8) { rule.destination.ports = calicoPorts(namesOnly: true) }
      if random.chance(5) { rule.destination.notPorts = calicoPorts(namesOnly: true) }
      if random.chance(2) { rule.source.ports = calicoPorts(namesOnly: true) }
      if random.chance(2) { rule.source.notPorts = calicoPorts(namesOnly: true) }
    }
  }

  private mutating func calicoPorts(namesOnly: Bool) -> [Calico.Port] {
    (0..<random.pick([1, 1, 2])).map { _ in
      if namesOnly || random.chance(30) { return .name(random.pick(RandomWorld.portNames + ["nobody"])) }
      let first = random.pick(RandomWorld.portNumbers)
      if random.chance(60) { return .numbers(start: first, end: first) }
      let second = random.pick([1, first, 443, 8080, 65535])
      return .numbers(start: min(first, second), end: max(first, second))
    }
  }

  // MARK: - Ends

  private mutating func addCriteria(_ entity: inout Calico.Entity, _ family: ReferenceAddress.Family) {
    switch random.int(1...10) {
    case 1...3:
      if random.chance(75) { entity.nets = blocks(family, minimum: 0) }
      if entity.nets.isEmpty || random.chance(35) { entity.notNets = blocks(family, minimum: 1) }
    case 4...6: entity.selector = peerSelector()
    case 7:
      entity.namespaceSelector = namespaceSelector()
      if random.chance(60) { entity.selector = peerSelector() }
    case 8: entity.notSelector = peerSelector()
    case 9: entity.serviceAccounts = serviceAccounts()
    default:
      if random.chance(40) { entity.selector = peerSelector() }
      if random.chance(50) { entity.notSelector = peerSelector() }
      if random.chance(35) { entity.namespaceSelector = namespaceSelector() }
      if random.chance(20) { entity.serviceAccounts = serviceAccounts() }
      if random.chance(30) { entity.nets = blocks(family, minimum: 0) }
      if random.chance(30) { entity.notNets = blocks(family, minimum: 1) }
    }
  }

  private mutating func blocks(_ family: ReferenceAddress.Family, minimum: Int) -> [ReferenceBlock] {
    let addresses = notableAddresses.filter { $0.family == family }
    var blocks: [ReferenceBlock] = []
    for _ in 0..<random.pick([1, 1, 2, 3]) {
      let block = block(around: random.pick(addresses), minimum: minimum)
      if !blocks.contains(block) { blocks.append(block) }
    }
    return blocks
  }

  private mutating func block(around address: ReferenceAddress, minimum: Int) -> ReferenceBlock {
    let prefixes =
      address.family == .v4 ? [0, 1, 8, 16, 24, 29, 30, 31, 32] : [0, 1, 7, 16, 64, 120, 127, 128]
    return ReferenceBlock(around: address, prefix: max(random.pick(prefixes), minimum))
  }

  private mutating func peerSelector() -> Calico.Selector {
    random.chance(15) ? .all : Self.endpointSelector(&random, depth: random.pick([0, 0, 1, 2, 3]))
  }

  private mutating func namespaceSelector() -> Calico.NamespaceSelector {
    random.chance(20) ? .global : .matching(Self.namespaceTree(&random))
  }

  private mutating func serviceAccounts() -> Calico.ServiceAccounts {
    let names = random.several(1...2) { $0.pick(RandomWorld.serviceAccountNames + ["default"]) }
    var accounts = Calico.ServiceAccounts(names: random.chance(60) ? Array(Set(names)).sorted() : nil)
    if accounts.names == nil || random.chance(30) { accounts.selector = Self.serviceAccountTree(&random) }
    return accounts
  }
}

extension ReferenceCalico.Rule {
  /// The families that its protocols are of.
  fileprivate var icmpFamilies: Set<ReferenceAddress.Family> {
    let protocols = [transport, notTransport].compactMap { $0?.transport }
    return Set(protocols.compactMap { $0 == .icmp ? .v4 : $0 == .icmpv6 ? .v6 : nil })
  }
}
