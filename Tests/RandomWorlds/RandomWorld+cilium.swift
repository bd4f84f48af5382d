extension RandomWorld.Builder {
  typealias CiliumPolicy = ReferenceCiliumPolicy

  /// One to five policies, with fewer of the others beside them.
  mutating func addCilium() {
    world.policies = world.policies.filter { _ in random.chance(30) }
    world.clusterPolicies = world.clusterPolicies.filter { _ in random.chance(60) }
    // Policies of one priority are compared place by place.
    if let first = world.clusterPolicies.first, random.chance(40) {
      for index in world.clusterPolicies.indices where first.kind == .clusterNetworkPolicy {
        world.clusterPolicies[index].tier = first.tier
        world.clusterPolicies[index].priority = first.priority
      }
    }
    // Where policies name domains, Cilium lets questions to DNS servers through.
    for index in world.pods.indices where random.chance(35) {
      world.pods[index].labels["k8s-app"] = "kube-dns"
    }
    for index in world.pods.indices { world.pods[index].serviceAccount = serviceAccount() }
    for index in world.workloads.indices { world.workloads[index].serviceAccount = serviceAccount() }
    if world.services.isEmpty, random.chance(50) { addService() }
    for index in world.services.indices where random.chance(70) {
      world.services[index].labels = ["zone": random.pick(["eu", "us"])]
    }
    if random.chance(60) { addCIDRGroups() }
    let count = random.pick([1, 1, 2, 2, 3, 4, 5])
    for index in 0..<count { world.cilium.policies.append(ciliumPolicy(number: index + 1)) }
  }

  private mutating func serviceAccount() -> String? { random.maybe(30) { $0.pick(["robot", "default"]) } }

  private mutating func addCIDRGroups() {
    for name in ["partners", "others"] {
      let blocks = (0..<random.int(1...3)).map { _ in block() }
      world.cilium.groups.append(
        ReferenceCIDRGroup(
          name: name, labels: random.chance(70) ? ["zone": random.pick(["eu", "us"])] : [:], blocks: blocks))
    }
  }

  private mutating func ciliumPolicy(number: Int) -> CiliumPolicy {
    let namespace = random.chance(65) ? random.pick(world.namespaces).name : nil
    var policy = CiliumPolicy(namespace: namespace, name: "cilium-\(number)")
    let shape = random.int(1...10)
    if shape <= 9 { policy.spec = ruleSet(in: namespace) }
    if shape >= 8 { policy.specs = (0..<random.int(1...2)).map { _ in ruleSet(in: namespace) } }
    return policy
  }

  /// At least one of its lists has a rule: Cilium ignores others.
  private mutating func ruleSet(in namespace: String?) -> CiliumPolicy.RuleSet {
    var set = CiliumPolicy.RuleSet(subject: subject(in: namespace))
    repeat {
      set.ingress = random.maybe(55) { _ in [] }
      set.egress = random.maybe(55) { _ in [] }
      set.ingressDeny = random.maybe(25) { _ in [] }
      set.egressDeny = random.maybe(25) { _ in [] }
      set.ingress = set.ingress.map { _ in ciliumRules(.ingress, denies: false, namespace) }
      set.egress = set.egress.map { _ in ciliumRules(.egress, denies: false, namespace) }
      set.ingressDeny = set.ingressDeny.map { _ in ciliumRules(.ingress, denies: true, namespace) }
      set.egressDeny = set.egressDeny.map { _ in ciliumRules(.egress, denies: true, namespace) }
    } while !set.hasRules
    // Hosts have no HTTP rules.
    if case .nodes = set.subject { set = set.withoutHTTP }
    if random.chance(35) {
      set.enableDefaultDeny = CiliumPolicy.DefaultDeny(
        ingress: random.pick([nil, true, false, false]), egress: random.pick([nil, true, false, false]))
    }
    return set
  }

  private mutating func subject(in namespace: String?) -> CiliumPolicy.RuleSet.Subject {
    if namespace == nil, random.chance(25) { return .nodes(ciliumNodeSelector()) }
    if random.chance(45) { return .endpoints(.init()) }
    var selector = sourced(Self.podSelector(&random))
    if random.chance(namespace == nil ? 40 : 10) { addNamespaceTerm(to: &selector) }
    return .endpoints(selector)
  }

  private mutating func ciliumRules(
    _ direction: ReferencePolicy.Direction, denies: Bool, _ namespace: String?
  ) -> [CiliumPolicy.Rule] {
    if random.chance(6) { return [] }
    if random.chance(6) { return [CiliumPolicy.Rule()] }
    let count = denies ? random.pick([1, 1, 2]) : random.pick([1, 1, 2, 3])
    return (0..<count).map { _ in ciliumRule(direction, denies: denies) }
  }

  private mutating func ciliumRule(
    _ direction: ReferencePolicy.Direction, denies: Bool
  ) -> CiliumPolicy.Rule {
    var rule = CiliumPolicy.Rule()
    rule.peers = random.maybe(88) { _ in .entities([]) }
    if rule.peers != nil { rule.peers = ciliumPeers(direction, denies: denies) }
    let mayHaveICMP = if case .names = rule.peers { false } else { true }
    switch random.int(1...20) {
    case 1...9: rule.toPorts = portRules(denies: denies)
    case 10...(rule.peers == nil ? 15 : 11) where mayHaveICMP: rule.icmps = icmps()
    default: break
    }
    if rule.peers == .names([]), rule.toPorts?.isEmpty != false { rule.peers = .names([.pattern("*")]) }
    return rule
  }

  // MARK: - Ports

  private mutating func portRules(denies: Bool) -> [CiliumPolicy.PortRule] {
    if random.chance(5) { return [] }
    if random.chance(5) { return [CiliumPolicy.PortRule(ports: random.chance(50) ? nil : [])] }
    return random.several(1...2) { random in
      var rule = CiliumPolicy.PortRule(ports: random.several(1...2) { Self.ciliumPort(&$0) })
      if !denies, random.chance(10) {
        rule.ports = [CiliumPolicy.Port(transport: .tcp, port: .number(random.pick(RandomWorld.portNumbers)))]
        rule.hasHTTP = true
      }
      return rule
    }
  }

  private static func ciliumPort(_ random: inout SplitMix64) -> CiliumPolicy.Port {
    let transport = random.pick([nil, .any, .tcp, .tcp, .udp, .sctp] as [CiliumPolicy.Transport?])
    switch random.int(1...10) {
    case 1...3:
      return CiliumPolicy.Port(
        transport: transport, port: .name(random.pick(RandomWorld.portNames + ["nobody"])))
    case 4: return CiliumPolicy.Port(transport: transport, port: .number(0))
    case 5...7:
      let low = random.pick(RandomWorld.portNumbers)
      let end = random.pick([low, 1, min(low + 1, 65535), 443, 8080, 65535])
      return CiliumPolicy.Port(transport: transport, port: .number(low), endPort: end)
    default:
      return CiliumPolicy.Port(transport: transport, port: .number(random.pick(RandomWorld.portNumbers)))
    }
  }

  private mutating func icmps() -> [CiliumPolicy.ICMP] {
    random.several(1...2) { random in
      CiliumPolicy.ICMP(
        fields: random.several(1...2) { random in
          random.chance(40)
            ? CiliumPolicy.ICMP.Field(type: random.pick([1, 3, 128]), family: "IPv6")
            : CiliumPolicy.ICMP.Field(type: random.pick([0, 3, 8]), family: random.pick([nil, "IPv4"]))
        })
    }
  }
}
