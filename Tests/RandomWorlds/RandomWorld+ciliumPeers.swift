/// Whom rules of Cilium are about.
extension RandomWorld.Builder {
  mutating func ciliumPeers(
    _ direction: ReferencePolicy.Direction, denies: Bool
  ) -> CiliumPolicy.Peers {
    let count = random.chance(4) ? 0 : random.pick([1, 1, 2])
    let isEgress = direction == .egress
    switch random.int(1...20) {
    case 1...7: return .endpoints((0..<count).map { _ in ciliumPeerSelector() })
    case 8...9:
      let entities = CiliumPolicy.Entity.allCases + [.world, .cluster, .host, .remoteNode, .all]
      return .entities((0..<count).map { _ in random.pick(entities) })
    case 10...11: return .cidrs((0..<count).map { _ in block() })
    case 12...14: return .cidrSets((0..<count).map { _ in cidrSet() })
    case 15: return .nodes((0..<count).map { _ in ciliumNodeSelector() })
    case 16...17 where isEgress && !denies: return .names((0..<count).map { _ in name() })
    case 18...20 where isEgress: return .services((0..<max(count, 1)).map { _ in service() })
    default: return .endpoints([ciliumPeerSelector()])
    }
  }

  // MARK: - Selectors

  private mutating func ciliumPeerSelector() -> ReferencePolicy.Selector {
    var selector = random.chance(25) ? .init() : sourced(Self.podSelector(&random))
    switch random.int(1...20) {
    case 1...9: addNamespaceTerm(to: &selector)
    case 10: addReservedTerm(to: &selector)
    case 11...14:
      let (name, value) = random.pick([
        ("cluster", "default"), ("cluster", "east"), ("serviceaccount", "default"),
        ("serviceaccount", "default"),
        ("serviceaccount", "robot"),
      ])
      selector.matchLabels = selector.matchLabels ?? [:]
      selector.matchLabels?["io.cilium.k8s.policy.\(name)"] = value
    default: break
    }
    return selector
  }

  /// The selector with some of its keys' sources written.
  mutating func sourced(_ selector: ReferencePolicy.Selector) -> ReferencePolicy.Selector {
    selector.renamingKeys { "\(random.pick(["", "", "", "k8s:", "k8s:", "any:", "container:"]))\($0)" }
  }

  /// The name of a namespace or one of its labels, in either spelling, wanted or not.
  mutating func addNamespaceTerm(to selector: inout ReferencePolicy.Selector) {
    let label = "io.cilium.k8s.namespace.labels."
    let (name, values) = random.pick([
      ("io.kubernetes.pod.namespace", ["shop", "shop", "data", "ops"]),
      ("\(label)team", ["a", "b", "on"]), ("\(label)env", ["prod", "dev"]),
      ("\(label)kubernetes.io/metadata.name", ["shop", "data"]),
    ])
    let key = random.chance(60) ? "k8s:\(name)" : name
    if random.chance(50) {
      selector.matchLabels = selector.matchLabels ?? [:]
      selector.matchLabels?[key] = random.pick(values)
      return
    }
    let operation = random.pick(ReferencePolicy.Requirement.Operator.known)
    var requirement = ReferencePolicy.Requirement(key: key, operation: operation)
    if [.isIn, .notIn].contains(operation) { requirement.values = random.several(1...2) { $0.pick(values) } }
    selector.matchExpressions = (selector.matchExpressions ?? []) + [requirement]
  }

  private mutating func addReservedTerm(to selector: inout ReferencePolicy.Selector) {
    if random.chance(70) { selector = .init() }
    let key = "reserved:\(random.pick(["host", "remote-node", "world", "health"]))"
    let operation = random.pick([ReferencePolicy.Requirement.Operator.exists, .exists, .doesNotExist])
    selector.matchExpressions = (selector.matchExpressions ?? []) + [.init(key: key, operation: operation)]
  }

  mutating func ciliumNodeSelector() -> ReferencePolicy.Selector {
    if random.chance(25) { return .init() }
    return Self.selector(&random, keys: ["pool"], values: RandomWorld.nodePools)
  }

  // MARK: - Addresses, names and Services

  mutating func block() -> ReferenceBlock {
    let addresses = random.chance(70) ? RandomWorld.externalAddresses : notableAddresses
    let address = random.pick(addresses)
    let prefixes =
      address.family == .v4 ? [0, 0, 1, 8, 16, 24, 30, 31, 32] : [0, 0, 7, 16, 64, 127, 128]
    return ReferenceBlock(around: address, prefix: random.pick(prefixes))
  }

  private mutating func cidrSet() -> CiliumPolicy.CIDRSet {
    if !world.cilium.groups.isEmpty, random.chance(60) {
      let zone = random.pick(["eu", "us"])
      let sources: [CiliumPolicy.CIDRSet.Source] = [
        .group(random.pick(world.cilium.groups).name), .groups(.init(matchLabels: ["zone": zone])),
      ]
      let source = random.pick(sources)
      var set = CiliumPolicy.CIDRSet(source: source)
      if random.chance(40) { set.except = [block()] }
      return set
    }
    let whole = block()
    var set = CiliumPolicy.CIDRSet(source: .block(whole))
    if random.chance(60) { set.except = (0..<random.int(0...2)).map { _ in part(of: whole) } }
    return set
  }

  /// A block inside another; it may be all of it.
  private mutating func part(of whole: ReferenceBlock) -> ReferenceBlock {
    let inside = notableAddresses.filter(whole.contains)
    let address = inside.isEmpty ? whole.last : random.pick(inside)
    let bits = whole.family.bits
    return ReferenceBlock(
      around: address, prefix: random.pick([whole.prefix, min(whole.prefix + 1, bits), bits, bits]))
  }

  private mutating func name() -> CiliumPolicy.Name {
    random.chance(40)
      ? .exact(random.pick(["api.example.com", "WWW.example.com", "example.org", "api.example.org."]))
      : .pattern(
        random.pick([
          "*", "*.example.com", "**.example.com", "*example.com", "*.*.example.com", "**.example.org",
          "v*.api.example.com", "a.**.api.example.com",
        ]))
  }

  /// The one that a world may have, or one that nobody has.
  private mutating func service() -> CiliumPolicy.ServiceReference {
    let namespace = random.chance(60) ? random.pick(world.namespaces).name : nil
    if random.chance(30) {
      let labels = random.chance(30) ? [:] : ["zone": random.pick(["eu", "us"])]
      return CiliumPolicy.ServiceReference(
        service: .labelled(.init(matchLabels: labels)), namespace: namespace)
    }
    let name = random.pick(["front", "front", "front", "nobody"])
    return CiliumPolicy.ServiceReference(service: .named(name), namespace: namespace)
  }
}
