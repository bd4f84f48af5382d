extension RandomWorld.Builder {
  typealias Policy = ReferencePolicy

  /// A legal policy; every field may be absent, empty or filled.
  mutating func policy(number: Int) -> ReferencePolicy {
    let namespace = random.pick(world.namespaces).name
    var policy = Policy(namespace: namespace, name: "p\(number)")
    policy.podSelector = random.maybe(85) { random in
      random.chance(60) ? Policy.Selector() : Self.podSelector(&random)
    }
    policy.policyTypes = random.pick([
      nil, nil, [], [.ingress], [.egress], [.ingress, .egress], [.ingress, .egress],
      [.egress, .ingress], [.egress, .ingress], [.egress, .egress],
    ])
    policy.ingress = rules()
    policy.egress = rules()
    policy.spellsNull = random.chance(15)
    return policy
  }

  private mutating func rules() -> [Policy.Rule]? {
    if random.chance(25) { return nil }
    if random.chance(8) { return [] }
    let count = random.pick([1, 1, 1, 2, 3])
    return (0..<count).map { _ in rule() }
  }

  private mutating func rule() -> Policy.Rule {
    var rule = Policy.Rule()
    if random.chance(90) {
      let count = random.chance(4) ? 0 : random.pick([1, 1, 2, 3])
      rule.peers = (0..<count).map { _ in peer() }
    }
    if random.chance(60) {
      let count = random.chance(8) ? 0 : random.int(1...3)
      rule.ports = (0..<count).map { _ in port() }
    }
    return rule
  }

  // MARK: - Peers

  private mutating func peer() -> Policy.Peer {
    var peer = Policy.Peer()
    switch random.int(1...10) {
    case 1: peer.podSelector = Self.podSelector(&random)
    case 2...3: peer.namespaceSelector = namespaceSelector()
    case 4...6:
      peer.podSelector = Self.podSelector(&random)
      peer.namespaceSelector = namespaceSelector()
    default: peer.ipBlock = ipBlock()
    }
    return peer
  }

  mutating func namespaceSelector() -> Policy.Selector {
    if random.chance(25) {
      let name = random.pick(world.namespaces).name
      return Policy.Selector(matchLabels: ["kubernetes.io/metadata.name": name])
    }
    return Self.selector(
      &random, keys: ["team", "env", "kubernetes.io/metadata.name"],
      values: ["a", "b", "on", "prod", "shop", "data"])
  }

  static func podSelector(_ random: inout SplitMix64) -> Policy.Selector {
    selector(&random, keys: RandomWorld.labelKeys, values: RandomWorld.labelValues)
  }

  static func selector(
    _ random: inout SplitMix64, keys: [String], values: [String]
  ) -> Policy.Selector {
    var selector = Policy.Selector()
    if random.chance(15) { return selector }
    // The first key and the first values are the frequent ones, on both sides.
    let keys = keys + [keys[0], keys[0]]
    let values = values + values.prefix(2)
    if random.chance(55) {
      selector.matchLabels = [:]
      for _ in 0..<random.pick([0, 1, 1, 1, 1, 2]) {
        selector.matchLabels?[random.pick(keys)] = random.pick(values)
      }
    }
    if random.chance(50) {
      selector.matchExpressions = random.several(0...2) { random in
        let operation = random.pick(Policy.Requirement.Operator.known)
        var requirement = Policy.Requirement(key: random.pick(keys), operation: operation)
        switch operation {
        case .isIn, .notIn: requirement.values = random.several(1...3) { $0.pick(values) }
        case .exists, .doesNotExist, .bogus: requirement.values = random.pick([nil, nil, []])
        }
        return requirement
      }
    }
    return selector
  }

  // MARK: - Blocks

  /// Addresses that are worth hitting: those of pods and nodes, and outside ones.
  var notableAddresses: [ReferenceAddress] {
    let pods = world.pods.flatMap { $0.status?.addresses ?? [] }
    return pods + pods + world.nodes.flatMap(\.addresses) + RandomWorld.externalAddresses
  }

  private mutating func ipBlock() -> Policy.IPBlock {
    let address = random.pick(notableAddresses)
    let prefixes =
      address.family == .v4
      ? [0, 0, 0, 0, 1, 8, 16, 24, 29, 30, 31, 32] : [0, 0, 7, 16, 64, 120, 127, 128]
    let cidr = ReferenceBlock(around: address, prefix: random.pick(prefixes))
    var block = Policy.IPBlock(cidr: cidr)
    if random.chance(45) {
      let count = random.int(0...3)
      block.except = (0..<count).compactMap { _ in exception(in: cidr) }
    }
    return block
  }

  /// A strictly smaller block; the halves of `/0` may come together and cover everything.
  private mutating func exception(in cidr: ReferenceBlock) -> ReferenceBlock? {
    let bits = cidr.family.bits
    guard cidr.prefix < bits else { return nil }
    let inside = notableAddresses.filter(cidr.contains)
    let address = inside.isEmpty || random.chance(10) ? cidr.last : random.pick(inside)
    let any = random.int((cidr.prefix + 1)...bits)
    let prefix = random.pick([cidr.prefix + 1, bits, bits - 1, bits - 2, any])
    return ReferenceBlock(around: address, prefix: max(prefix, cidr.prefix + 1))
  }

  // MARK: - Ports

  private mutating func port() -> Policy.Port {
    var port = Policy.Port()
    port.transport = random.pick([nil, nil, .tcp, .tcp, .udp, .sctp])
    switch random.int(1...10) {
    case 1: break
    case 2...4: port.port = .name(random.pick(RandomWorld.portNames + ["nobody"]))
    case 5...7: port.port = .number(random.pick(RandomWorld.portNumbers))
    default:
      let low = random.pick(RandomWorld.portNumbers)
      let high = random.pick([low, low + 1, 443, 8080, 65535])
      port.port = .number(low)
      port.endPort = min(max(low, high), 65535)
    }
    return port
  }
}
