/// How objects of Calico get simpler while they stay legal.
extension Shrink {
  typealias Calico = ReferenceCalico

  static func simplerCalico(_ world: ReferenceWorld) -> [ReferenceWorld] {
    let calico = world.calico
    var simpler = variants(of: calico, \.policies, without(calico.policies))
    simpler += variants(of: calico, \.sets, without(calico.sets))
    simpler += variants(of: calico, \.tiers, without(calico.tiers)).filter(namesItsTiers)
    simpler += variants(of: calico, \.policies, oneSimpler(calico.policies, simplerPolicies)).filter(
      namesItsTiers)
    simpler += variants(of: calico, \.sets, oneSimpler(calico.sets, simplerSets))
    simpler += variants(of: calico, \.tiers, oneSimpler(calico.tiers, simplerTiers))
    return variants(of: world, \.serviceAccounts, without(world.serviceAccounts))
      + variants(of: world, \.calico, simpler)
      + variants(
        of: world, \.serviceAccounts,
        oneSimpler(world.serviceAccounts) { variants(of: $0, \.labels, without($0.labels)) })
  }

  private static func namesItsTiers(_ calico: Calico) -> Bool {
    let known = (calico.tiers + Calico.Tier.builtIn).map(\.name)
    return calico.policies.allSatisfy { known.contains($0.tier ?? "default") }
  }

  private static func simplerTiers(_ tier: Calico.Tier) -> [Calico.Tier] {
    if Calico.Tier.builtIn.contains(where: { $0.name == tier.name }) { return [] }
    return (tier.order == nil ? [] : variants(of: tier, \.order, [nil]))
      + (tier.defaultAction == nil ? [] : variants(of: tier, \.defaultAction, [nil]))
  }

  private static func simplerSets(_ set: Calico.NetworkSet) -> [Calico.NetworkSet] {
    variants(of: set, \.nets, without(set.nets)) + variants(of: set, \.labels, without(set.labels))
  }

  // MARK: - Policies

  private static func simplerPolicies(_ policy: Calico.Policy) -> [Calico.Policy] {
    var policies: [Calico.Policy] = []
    let minimum = policy.types == nil ? 1 : 0
    policies += variants(
      of: policy, \.ingress, simplerRules(policy.ingress, atLeast: minimum))
    policies += variants(
      of: policy, \.egress, simplerRules(policy.egress, atLeast: minimum))
    if policy.types == nil { policies += variants(of: policy, \.types, [policy.effectiveTypes]) }
    if let types = policy.types, types.count > 1 {
      policies += variants(of: policy, \.types, without(types).map { Optional($0) })
    }
    policies += variants(of: policy, \.selector, simplerTrees(policy.selector))
    policies += variants(of: policy, \.namespaceSelector, simplerTrees(policy.namespaceSelector))
    policies += variants(of: policy, \.serviceAccountSelector, simplerTrees(policy.serviceAccountSelector))
    if policy.tier != nil { policies += variants(of: policy, \.tier, [nil]) }
    if policy.order != nil { policies += variants(of: policy, \.order, [nil]) }
    if policy.spelling != 0 { policies += variants(of: policy, \.spelling, [0]) }
    return policies
  }

  private static func simplerRules(_ rules: [Calico.Rule]?, atLeast minimum: Int) -> [[Calico.Rule]?] {
    guard let rules else { return [] }
    let shorter = rules.count > minimum ? without(rules) : []
    return [nil] + (shorter + oneSimpler(rules, simplerRules)).map { Optional($0) }
  }

  private static func simplerRules(_ rule: Calico.Rule) -> [Calico.Rule] {
    var rules: [Calico.Rule] = []
    if rule.icmp != nil { rules += variants(of: rule, \.icmp, [nil]) }
    if rule.notICMP != nil { rules += variants(of: rule, \.notICMP, [nil]) }
    if rule.ipVersion != nil { rules += variants(of: rule, \.ipVersion, [nil]) }
    if rule.notTransport != nil { rules += variants(of: rule, \.notTransport, [nil]) }
    if rule.transport != nil { rules += variants(of: rule, \.transport, [nil]) }
    rules += variants(of: rule, \.source, simplerEntities(rule.source))
    rules += variants(of: rule, \.destination, simplerEntities(rule.destination))
    return rules.filter(isLegal)
  }

  /// Numbers of ports and messages need their protocol.
  private static func isLegal(_ rule: Calico.Rule) -> Bool {
    let ports = [rule.source, rule.destination].flatMap { $0.ports + $0.notPorts }
    let hasNumbers = ports.contains { if case .numbers = $0 { true } else { false } }
    if rule.transport == nil, hasNumbers { return false }
    return rule.transport?.transport.hasMessages == true || (rule.icmp == nil && rule.notICMP == nil)
  }

  private static func simplerEntities(_ entity: Calico.Entity) -> [Calico.Entity] {
    var entities = entity == Calico.Entity() ? [] : [Calico.Entity()]
    entities += variants(of: entity, \.nets, without(entity.nets))
    entities += variants(of: entity, \.notNets, without(entity.notNets))
    entities += variants(of: entity, \.ports, without(entity.ports))
    entities += variants(of: entity, \.notPorts, without(entity.notPorts))
    entities += variants(of: entity, \.selector, simplerTrees(entity.selector))
    entities += variants(of: entity, \.notSelector, simplerTrees(entity.notSelector))
    if entity.service != nil { entities += variants(of: entity, \.service, [nil]) }
    switch entity.namespaceSelector {
    case nil: break
    case .global: entities += variants(of: entity, \.namespaceSelector, [nil])
    case .matching(let selector):
      entities += variants(
        of: entity, \.namespaceSelector, simplerTrees(selector).map { $0.map { .matching($0) } })
    }
    if let accounts = entity.serviceAccounts {
      var simpler = variants(of: accounts, \.selector, simplerTrees(accounts.selector))
      if let names = accounts.names {
        simpler += variants(of: accounts, \.names, [nil])
        if names.count > 1 { simpler += variants(of: accounts, \.names, without(names).map { Optional($0) }) }
      }
      entities += variants(of: entity, \.serviceAccounts, [nil])
      entities += variants(
        of: entity, \.serviceAccounts,
        simpler.filter { $0 != Calico.ServiceAccounts() }.map { Optional($0) })
    }
    return entities
  }

  /// Absent, then one of its operands, then with one simpler operand.
  private static func simplerTrees(_ selector: Calico.Selector?) -> [Calico.Selector?] {
    guard let selector else { return [] }
    return [nil] + simplerTrees(selector).map { Optional($0) }
  }

  private static func simplerTrees(_ selector: Calico.Selector) -> [Calico.Selector] {
    switch selector {
    case .all, .has: return []
    case .label(let key, let test): return simplerTests(test).map { .label(key, $0) }
    case .not(let operand): return [operand] + simplerTrees(operand).map { .not($0) }
    case .allOf(let operands):
      return operands + (operands.count > 2 ? without(operands).map { .allOf($0) } : [])
        + oneSimpler(operands, simplerTrees).map { .allOf($0) }
    case .anyOf(let operands):
      return operands + (operands.count > 2 ? without(operands).map { .anyOf($0) } : [])
        + oneSimpler(operands, simplerTrees).map { .anyOf($0) }
    }
  }

  private static func simplerTests(_ test: Calico.Selector.Test) -> [Calico.Selector.Test] {
    switch test {
    case .isIn(let values): without(values).map { .isIn($0) }
    case .isNotIn(let values): without(values).map { .isNotIn($0) }
    case .equals, .notEquals, .contains, .startsWith, .endsWith: []
    }
  }
}
