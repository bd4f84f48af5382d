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
    let (subject, subjectLocation): (PolicySubject, SourceLocation) =
      switch ruleSet.subject {
      case .endpoints(let selector):
        (
          .endpoints(selector.lowerSubject(scope, namespace: meta.namespace, &lowering)), selector.location
        )
      case .nodes(let selector): (.nodes(selector.lowerNodes()), selector.location)
      }
    var rules: [Rule] = []
    let lists: [(Direction, RuleAction, String, [CiliumRule]?)] = [
      (.ingress, .allow, "ingress", ruleSet.ingress), (.ingress, .deny, "ingressDeny", ruleSet.ingressDeny),
      (.egress, .allow, "egress", ruleSet.egress), (.egress, .deny, "egressDeny", ruleSet.egressDeny),
    ]
    for (direction, action, field, list) in lists {
      for (index, rule) in (list ?? []).enumerated() {
        rules += lower(rule, direction, action, "\(prefix)\(field)[\(index)]", &lowering)
      }
    }
    return Policy(
      identity: PolicyIdentity(kind: scope.groupKind.kind, namespace: meta.namespace, name: meta.name),
      location: prefix.isEmpty ? meta.location : ruleSet.location, subject: subject,
      subjectLocation: subjectLocation, isolates: ruleSet.defaultDenies, rules: rules)
  }

  private func lower(
    _ rule: CiliumRule, _ direction: Direction, _ action: RuleAction, _ path: String,
    _ lowering: inout CiliumLowering
  ) -> [Rule] {
    guard
      let peers = rule.peers.lower(
        scope, namespace: meta.namespace, hasTraffic: rule.traffic.isWritten, &lowering)
    else { return [] }
    let needsProof = rule.authentication.map { $0 != .disabled } ?? false
    return rule.traffic.lower().map { suffix, traffic, applicationRules in
      Rule(
        direction: direction, action: action, path: path + suffix, peers: peers, traffic: traffic,
        applicationRules: applicationRules + (needsProof ? ["mutual authentication"] : []),
        location: rule.location)
    }
  }
}
