internal import Kubernetes
internal import PolicyModel

extension CiliumPolicy {
  /// One policy of the neutral model for each rule set (SEMANTICS.md §4).
  func lower(_ lowering: inout CiliumLowering) -> [Policy] {
    var policies: [Policy] = []
    if let spec { policies.append(lower(spec, "", &lowering)) }
    for (index, ruleSet) in specs.enumerated() {
      policies.append(lower(ruleSet, "specs[\(index)].", &lowering))
    }
    return policies
  }

  private func lower(_ ruleSet: CiliumRuleSet, _ prefix: String, _ lowering: inout CiliumLowering) -> Policy {
    let subject: PolicySubject
    let subjectLocation: SourceLocation
    var entities: Set<String> = []
    switch ruleSet.subject {
    case .endpoints(let selector):
      subject = .endpoints(selector.lowerSubject(scope, namespace: meta.namespace, &lowering))
      subjectLocation = selector.location
      // Policies of a namespace are about pods of it, and an endpoint without labels has no namespace.
      let initializing = ReservedIdentity.initializing
      if scope != .namespaced, selector.matches(initializing, in: lowering.clusterName) {
        entities.insert(initializing.rawValue)
      }
    case .nodes(let selector):
      subject = .nodes(selector.lowerNodes(as: .host, in: lowering.clusterName))
      subjectLocation = selector.location
      lowering.warn(
        .versionDependent, "a policy of nodes is enforced only where Cilium runs with enable-host-firewall",
        at: selector.location)
    }
    var rules: [Rule] = []
    let lists: [(Direction, RuleAction, String, [CiliumRule]?)] = [
      (.ingress, .allow, "ingress", ruleSet.ingress), (.ingress, .deny, "ingressDeny", ruleSet.ingressDeny),
      (.egress, .allow, "egress", ruleSet.egress), (.egress, .deny, "egressDeny", ruleSet.egressDeny),
    ]
    for (direction, action, field, list) in lists {
      for (index, rule) in (list ?? []).enumerated() {
        rules += lower(
          rule, direction, action, "\(prefix)\(field)[\(index)]",
          narrows: ruleSet.defaultDenies.contains(direction), &lowering)
      }
    }
    warnOfUnlearntNames(ruleSet, &lowering)
    return Policy(
      identity: PolicyIdentity(kind: scope.groupKind.kind, namespace: meta.namespace, name: meta.name),
      location: prefix.isEmpty ? meta.location : ruleSet.location, subject: subject,
      entities: entities, subjectLocation: subjectLocation, isolates: ruleSet.defaultDenies, rules: rules)
  }

  private func warnOfUnlearntNames(_ ruleSet: CiliumRuleSet, _ lowering: inout CiliumLowering) {
    for rule in ruleSet.egress ?? [] {
      guard case .fqdns = rule.peers, !lowering.nameLearning.mayLearn(ruleSet, of: self) else { continue }
      lowering.warn(
        .unlearntNames,
        "Cilium learns the addresses of names only from DNS answers that pass its DNS proxy, and no policy of the input sends DNS questions of this subject there: the rule allows nothing",
        at: rule.location,
        fix: "allow port 53 of the resolver in a rule with rules: {dns: [{matchPattern: \"*\"}]}")
    }
  }

  /// - Parameter narrows: whether L7 rules keep anything out. In a rule set without default deny Cilium adds one
  ///   that allows everything (SEMANTICS.md §4.6).
  private func lower(
    _ rule: CiliumRule, _ direction: Direction, _ action: RuleAction, _ path: String, narrows: Bool,
    _ lowering: inout CiliumLowering
  ) -> [Rule] {
    guard
      let peers = rule.peers.lower(
        scope, namespace: meta.namespace, action, hasTraffic: rule.traffic.isWritten, &lowering)
    else { return [] }
    let needsProof = rule.authentication.map { $0 != .disabled } ?? false
    return rule.traffic.lower(narrows: narrows).map { suffix, traffic, applicationRules in
      Rule(
        direction: direction, action: action, path: path + suffix, peers: peers, traffic: traffic,
        applicationRules: applicationRules + (needsProof ? ["mutual authentication"] : []),
        location: rule.location)
    }
  }
}
