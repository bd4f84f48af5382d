/// How policies of Cilium get simpler while they stay legal.
extension Shrink {
  typealias CiliumPolicy = ReferenceCiliumPolicy

  static func simplerCiliumWorlds(of world: ReferenceWorld) -> [ReferenceWorld] {
    variants(of: world, \.cilium.policies, without(world.cilium.policies))
      + variants(of: world, \.cilium.groups, without(world.cilium.groups))
      + variants(of: world, \.cilium.policies, oneSimpler(world.cilium.policies, simplerCiliumPolicies))
      + variants(
        of: world, \.cilium.groups,
        oneSimpler(world.cilium.groups) { group in
          group.blocks.count > 1 ? variants(of: group, \.blocks, without(group.blocks)) : []
        })
  }

  private static func simplerCiliumPolicies(_ policy: CiliumPolicy) -> [CiliumPolicy] {
    var policies: [CiliumPolicy] = []
    if policy.specs != nil, policy.spec != nil {
      policies += variants(of: policy, \.specs, [nil])
      policies += variants(of: policy, \.spec, [nil])
    }
    if let specs = policy.specs, specs.count > 1 {
      policies += variants(of: policy, \.specs, without(specs).map { Optional($0) })
    }
    policies += variants(of: policy, \.specs, simplerLists(policy.specs, atLeast: 1, simplerRuleSets))
    policies += variants(of: policy, \.spec, policy.spec.map(simplerRuleSets)?.map { Optional($0) } ?? [])
    return policies.filter { $0.ruleSets.allSatisfy(\.hasRules) && !$0.ruleSets.isEmpty && $0 != policy }
  }

  private static func simplerRuleSets(_ set: CiliumPolicy.RuleSet) -> [CiliumPolicy.RuleSet] {
    var sets: [CiliumPolicy.RuleSet] = []
    sets += variants(of: set, \.ingress, simplerLists(set.ingress, simplerCiliumRules))
    sets += variants(of: set, \.ingressDeny, simplerLists(set.ingressDeny, simplerCiliumRules))
    sets += variants(of: set, \.egress, simplerLists(set.egress, simplerCiliumRules))
    sets += variants(of: set, \.egressDeny, simplerLists(set.egressDeny, simplerCiliumRules))
    if let deny = set.enableDefaultDeny {
      var simpler: [CiliumPolicy.DefaultDeny] = []
      if deny.ingress != nil { simpler += variants(of: deny, \.ingress, [nil]) }
      if deny.egress != nil { simpler += variants(of: deny, \.egress, [nil]) }
      sets += variants(of: set, \.enableDefaultDeny, [nil] + simpler.map { Optional($0) })
    }
    switch set.subject {
    case .endpoints(let selector):
      sets += variants(of: set, \.subject, simplerPresent(selector).map { .endpoints($0) })
    case .nodes(let selector):
      sets += variants(of: set, \.subject, simplerPresent(selector).map { .nodes($0) })
    }
    return sets
  }

  private static func simplerCiliumRules(_ rule: CiliumPolicy.Rule) -> [CiliumPolicy.Rule] {
    var rules: [CiliumPolicy.Rule] = []
    if rule.peers != nil { rules += variants(of: rule, \.peers, [nil]) }
    if let peers = rule.peers {
      rules += variants(of: rule, \.peers, simplerPeers(peers).map { Optional($0) })
    }
    rules += variants(of: rule, \.toPorts, simplerLists(rule.toPorts, simplerPortRules))
    rules += variants(
      of: rule, \.icmps,
      simplerLists(rule.icmps) { item in
        item.fields.count > 1 ? variants(of: item, \.fields, without(item.fields)) : []
      })
    // An empty list of names is only known beside ports.
    return rules.filter { $0.peers != .names([]) || $0.toPorts?.isEmpty == false }
  }

  private static func simplerPeers(_ peers: CiliumPolicy.Peers) -> [CiliumPolicy.Peers] {
    switch peers {
    case .endpoints(let items):
      return (without(items) + oneSimpler(items, simplerPresent)).map { .endpoints($0) }
    case .nodes(let items): return (without(items) + oneSimpler(items, simplerPresent)).map { .nodes($0) }
    case .entities(let items): return without(items).map { .entities($0) }
    case .cidrs(let items): return without(items).map { .cidrs($0) }
    case .cidrSets(let items):
      let simpler = oneSimpler(items) { set in
        variants(of: set, \.except, simplerLists(set.except) { _ in [] })
      }
      return (without(items) + simpler).map { .cidrSets($0) }
    case .names(let items): return without(items).map { .names($0) }
    case .services(let items): return items.count > 1 ? without(items).map { .services($0) } : []
    }
  }

  private static func simplerPortRules(_ rule: CiliumPolicy.PortRule) -> [CiliumPolicy.PortRule] {
    if rule.hasHTTP { return variants(of: rule, \.hasHTTP, [false]) }
    let ports = simplerLists(rule.ports) { port in
      port.endPort == nil ? [] : variants(of: port, \.endPort, [nil])
    }
    return variants(of: rule, \.ports, ports)
  }

  private static func simplerPresent(_ selector: ReferencePolicy.Selector) -> [ReferencePolicy.Selector] {
    if selector == .init() { return [] }
    return [.init()] + simplerSelectors(selector).compactMap { $0 }
  }
}
