/// How cluster policies get simpler while they stay legal.
extension Shrink {
  typealias ClusterPolicy = ReferenceClusterPolicy

  static func simplerClusterPolicies(_ policy: ClusterPolicy) -> [ClusterPolicy] {
    var policies: [ClusterPolicy] = []
    let isOld = policy.kind != .clusterNetworkPolicy
    let rules = { (rule: ClusterPolicy.Rule) in simplerClusterRules(rule, isOld: isOld) }
    policies += variants(of: policy, \.ingress, simplerLists(policy.ingress, rules))
    policies += variants(of: policy, \.egress, simplerLists(policy.egress, rules))
    policies += variants(of: policy, \.subject, simplerPods(policy.subject, isOld: isOld))
    if policy.priority != 0 { policies += variants(of: policy, \.priority, [0]) }
    if !policy.spellsTCP { policies += variants(of: policy, \.spellsTCP, [true]) }
    return policies
  }

  private static func simplerClusterRules(_ rule: ClusterPolicy.Rule, isOld: Bool) -> [ClusterPolicy.Rule] {
    var rules: [ClusterPolicy.Rule] = []
    if rule.name != nil { rules += variants(of: rule, \.name, [nil]) }
    rules += variants(of: rule, \.protocols, [nil])
    if let protocols = rule.protocols, protocols.count > 1 {
      rules += variants(of: rule, \.protocols, without(protocols).map { Optional($0) })
    }
    if rule.protocols == nil { rules.removeAll { $0 == rule } }
    if rule.peers.count > 1 { rules += variants(of: rule, \.peers, without(rule.peers)) }
    rules += variants(of: rule, \.peers, oneSimpler(rule.peers) { simplerPeers($0, isOld: isOld) })
    return rules
  }

  private static func simplerPeers(_ peer: ClusterPolicy.Peer, isOld: Bool) -> [ClusterPolicy.Peer] {
    switch peer {
    case .pods(let pods): return simplerPods(pods, isOld: isOld).map { .pods($0) }
    case .networks(let blocks): return blocks.count > 1 ? without(blocks).map { .networks($0) } : []
    case .nodes(let selector): return simplerSelectors(selector).compactMap { $0 }.map { .nodes($0) }
    case .domainNames(let names): return names.count > 1 ? without(names).map { .domainNames($0) } : []
    }
  }

  /// `namespaces` and, in v1alpha1, `pods` keep their namespace selector.
  private static func simplerPods(_ pods: ClusterPolicy.Pods, isOld: Bool) -> [ClusterPolicy.Pods] {
    let podSelectors = simplerSelectors(pods.podSelector)
    var simpler = variants(of: pods, \.podSelector, podSelectors)
    simpler += variants(of: pods, \.namespaceSelector, simplerSelectors(pods.namespaceSelector))
    return simpler.filter { $0.namespaceSelector != nil || ($0.podSelector != nil && !isOld) }
  }
}
