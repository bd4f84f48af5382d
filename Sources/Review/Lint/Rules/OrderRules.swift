internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let hiddenRule = LintRule(
    "MRL017", "hidden-rule", .warning, "a rule never decides anything: others decide everything before it",
    Explanation(
      trigger:
        "There are pods or addresses that a rule speaks of, and in no case is anything left for it: earlier rules of its tier, a rule that denies, or an earlier tier decide it all. It is a warning when one such rule covers it by its form, and a note when they do for what is in the input.",
      reason: "The rule looks as if it allowed or denied something.",
      exclusion: "Rules that match nothing (MRL002), rules with port names, rules that log or pass on.",
      example: """
        kind: ClusterNetworkPolicy
        spec:
          ingress:
          - {action: Deny, from: [{namespaces: {}}]}
          - {action: Accept, from: [{namespaces: {matchLabels: {team: ops}}}]}   # never asked
        """,
      remedy: "Put the narrower rule before the wider one, or remove it.")
  ) { $0.hiddenRuleFindings() }

  static let redundantRule = LintRule(
    "MRL018", "redundant-rule", .note, "a rule allows nothing that another one does not",
    Explanation(
      trigger:
        "Every row of the connectivity relation is the same without a rule, and one other rule covers it by its form: its policy selects at least the same pods, and its peers and ports are at least as wide.",
      reason: "Whoever removes or narrows the rule will wonder why nothing changes.",
      exclusion:
        "Rules that others cover only by the pods that happen to be in the input, and rules of tiers in which the first match decides.",
      example: """
        ingress:
        - {from: [{podSelector: {}}]}
        - {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}
        """,
      remedy: "Remove the rule, or narrow the wider one that the message names.")
  ) { $0.redundantFindings().rules }

  static let redundantPolicy = LintRule(
    "MRL019", "redundant-policy", .note, "all answers are the same without a policy",
    Explanation(
      trigger:
        "Another policy selects at least the same pods and closes at least the same directions, and every rule of the policy is redundant in the sense of MRL018. A policy without rules is compared with policies without rules only.",
      reason: "Two policies that say the same drift apart.",
      exclusion: "A default deny beside policies with rules: it is meant to stay when they go.",
      example: """
        # both in one namespace
        - {metadata: {name: deny-web}, spec: {podSelector: {matchLabels: {app: web}}}}
        - {metadata: {name: deny-all}, spec: {podSelector: {}}}
        """,
      remedy: "Remove the policy that the message is about.")
  ) { $0.redundantFindings().policies }

  static let equalPriorities = LintRule(
    "MRL020", "equal-priorities", .warning,
    "two policies of one priority disagree, and nobody says which goes first",
    Explanation(
      trigger:
        "Two ClusterNetworkPolicies or AdminNetworkPolicies of one tier and priority match the same connections of the same pods; one allows and the other denies them.",
      reason: "The API leaves the answer to the engine. It may change with the engine, or with a name.",
      exclusion: "Policies of one priority that never meet, or that agree.",
      example: """
        - {metadata: {name: a}, spec: {tier: Admin, priority: 10, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}
        - {metadata: {name: b}, spec: {tier: Admin, priority: 10, ingress: [{action: Accept, from: [{namespaces: {}}]}]}}
        """,
      remedy: "Give one of them another priority.")
  ) { context in
    var seen: Set<[PolicyIdentity]> = []
    return context.effects.disagreements.compactMap { pair in
      let (allowing, allow) = context.compiled.policyAndRule(pair.allowing)
      let (denying, deny) = context.compiled.policyAndRule(pair.denying)
      guard seen.insert([allowing.identity, denying.identity].sorted()).inserted else { return nil }
      return LintFinding(
        .warning,
        "\(allowing.identity) \(allow.path) allows what \(denying.identity) \(deny.path) denies, and both have one priority",
        at: allow.location, related: [.init(message: "the rule that denies", location: deny.location)],
        fix: "give one of them another priority", about: ObjectName(allowing.identity))
    }
  }
}

extension LintContext {
  private var ruleNumbers: Range<Int32> { 0..<Int32(compiled.ruleCount) }

  fileprivate func hiddenRuleFindings() -> [LintFinding] {
    let hidden = ruleNumbers.filter(effects.isHidden)
    if hidden.isEmpty { return [] }
    let forms = ruleNumbers.map { RuleForm(compiled.policyAndRule($0)) }
    return hidden.map { number in
      let (policy, rule) = (forms[Int(number)].policy, forms[Int(number)].rule)
      let hiding = ruleNumbers.first { other in
        other != number && effects.decidesSomething(other) && forms[Int(other)].covers(forms[Int(number)])
          && isAsked(other, before: number)
      }.map { (forms[Int($0)].policy, forms[Int($0)].rule) }
      let what = rule.action == .deny ? "denies" : "allows"
      let message = "\(policy.identity) \(rule.path) never \(what) anything: "
      guard let (earlier, decisive) = hiding else {
        return LintFinding(
          .note, message + "other rules decide all that it speaks of in the input before it",
          at: rule.location, about: ObjectName(policy.identity))
      }
      return LintFinding(
        .warning, message + "\(earlier.identity) \(decisive.path) decides it before",
        at: rule.location, related: [.init(message: "the rule that decides", location: decisive.location)],
        about: ObjectName(policy.identity))
    }
  }

  /// Whether a rule goes before another wherever both match.
  private func isAsked(_ number: Int32, before other: Int32) -> Bool {
    let (own, others) = (compiled.tier(ofRule: number), compiled.tier(ofRule: other))
    if own != others { return own < others && compiled.policyAndRule(number).rule.action != .pass }
    switch cluster.tiers[own].combination {
    case .additive: return false
    case .firstMatch: return number < other
    case .denyOverrides:
      return compiled.policyAndRule(number).rule.action == .deny
        && compiled.policyAndRule(other).rule.action == .allow
    }
  }

  /// Rules and policies without which nothing would change. A policy's own rules are not reported beside it.
  fileprivate func redundantFindings() -> (rules: [LintFinding], policies: [LintFinding]) {
    var covering: [Int32: Int32] = [:]
    let byNamespace = Dictionary(grouping: ruleNumbers) { number in
      RuleForm.namespace(of: compiled.policyAndRule(number).policy)
    }
    for number in ruleNumbers where effects.isRedundant(number) {
      let own = RuleForm(compiled.policyAndRule(number))
      let namespace = RuleForm.namespace(of: own.policy)
      let candidates = (byNamespace[namespace] ?? []) + (namespace == nil ? [] : byNamespace[nil] ?? [])
      covering[number] = candidates.first { other in
        guard other != number, compiled.tier(ofRule: other) == compiled.tier(ofRule: number),
          effects.decidesSomething(other)
        else { return false }
        let wide = RuleForm(compiled.policyAndRule(other))
        // Of two that say the same the first stays.
        return wide.covers(own) && (other < number || !own.covers(wide))
      }
    }
    let policies = redundantPolicies(covering)
    let findings = policies.map { number, wider in
      let policy = compiled.policies[number]
      return LintFinding(
        .note,
        "nothing changes without \(policy.identity): \(compiled.policies[wider].identity) does the same",
        at: policy.location,
        related: [.init(message: "the other policy", location: compiled.policies[wider].location)],
        about: ObjectName(policy.identity))
    }
    let gone = Set(policies.keys)
    let rules = covering.keys.sorted().compactMap { number -> LintFinding? in
      guard let other = covering[number] else { return nil }
      let (policy, rule) = compiled.policyAndRule(number)
      if gone.contains(where: { rulesOfPolicies[$0].contains(number) }) { return nil }
      let (wider, wide) = compiled.policyAndRule(other)
      return LintFinding(
        .note, "\(policy.identity) \(rule.path) allows nothing that \(wider.identity) \(wide.path) does not",
        at: rule.location, related: [.init(message: "the wider rule", location: wide.location)],
        about: ObjectName(policy.identity))
    }
    return (rules, findings)
  }

  /// With the policy that closes what each closes.
  private func redundantPolicies(_ covering: [Int32: Int32]) -> [Int: Int] {
    var found: [Int: Int] = [:]
    let byNamespace = Dictionary(grouping: compiled.policies.indices) {
      RuleForm.namespace(of: compiled.policies[$0])
    }
    for (number, policy) in compiled.policies.enumerated() where !policy.isolates.isEmpty {
      if subjects[number].isEmpty { continue }
      let rules = rulesOfPolicies[number]
      guard rules.allSatisfy({ covering[$0] != nil }), tier(of: number).map({ !$0.isOrdered }) ?? false
      else { continue }
      let namespace = RuleForm.namespace(of: policy)
      let candidates = (byNamespace[namespace] ?? []) + (namespace == nil ? [] : byNamespace[nil] ?? [])
      found[number] = candidates.first { other in
        guard other != number, found[other] == nil, tier(of: other)?.name == tier(of: number)?.name else {
          return false
        }
        let wider = compiled.policies[other]
        if rules.isEmpty, !rulesOfPolicies[other].isEmpty { return false }
        return policy.isolates.isSubset(of: wider.isolates)
          && RuleForm.covers(wider.subject, policy.subject)
          && (other < number || !RuleForm.covers(policy.subject, wider.subject)
            || wider.isolates != policy.isolates)
      }
    }
    return found
  }

  /// The tier that a policy is in.
  private func tier(of policy: Int) -> Tier? { tierNumber(ofPolicy: policy).map { cluster.tiers[$0] } }

  /// The tier that a policy is in, as an index of the tiers.
  func tierNumber(ofPolicy policy: Int) -> Int? {
    var rest = policy
    for (number, tier) in cluster.tiers.enumerated() {
      if rest < tier.policies.count { return number }
      rest -= tier.policies.count
    }
    return nil
  }
}
