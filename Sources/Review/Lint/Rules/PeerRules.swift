internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let splitPeer = LintRule(
    "MRL004", "or-meant-as-and", .warning, "two peers stand as alternatives and were probably meant together",
    Explanation(
      trigger:
        "A rule has a peer with only a namespaceSelector next to one with only a podSelector, no pod of the policy's own namespace matches the second, and pods of the selected namespaces do.",
      reason:
        "Two list entries are alternatives: all pods of those namespaces are let in, and not only those with the labels.",
      exclusion:
        "Pairs whose podSelector matches pods of the policy's own namespace, which the alternative is then about.",
      example: """
        from:
        - namespaceSelector: {matchLabels: {team: ops}}
        - podSelector: {matchLabels: {app: prometheus}}   # the hyphen makes it a second peer
        """,
      remedy: "Remove the hyphen before podSelector, so that both stand in one peer.")
  ) { context in
    context.splitPeers.map { split in
      LintFinding(
        .warning,
        "\(split.policy.identity) \(split.rule.path) allows \(split.wide) as a whole: this peer is an alternative, and no pod of the policy's own namespace has \(split.labels)",
        at: split.location,
        related: [
          .init(message: "the peer that it was probably meant to narrow", location: split.wideLocation)
        ],
        fix: "make both one peer: remove the hyphen before `podSelector`",
        about: ObjectName(split.policy.identity))
    }
  }

  static let emptyPeerList = LintRule(
    "MRL005", "empty-peer-list", .warning, "an empty list of peers looks like nobody and means everybody",
    Explanation(
      trigger: "A rule of a NetworkPolicy has `from: []` or `to: []`.",
      reason:
        "An empty list is the same as none: the rule is open to everyone. Nobody would write the list to say so.",
      exclusion: "A rule without the field, and `ingress: []`, which really is no rule.",
      example: """
        ingress: [{from: [], ports: [{port: 80}]}]
        """,
      remedy: "Leave the field out if everybody is meant; remove the whole rule if nobody is.")
  ) { context in
    context.networkPolicies.flatMap { policy in
      context.rules(of: policy).compactMap { direction, index, rule in
        guard let location = rule.emptyPeerList else { return nil }
        let field = direction == .ingress ? "from" : "to"
        return LintFinding(
          .warning,
          "\(policy.name) \(direction.name)[\(index)] has an empty `\(field)`, which means everybody and not nobody",
          at: location, fix: "leave `\(field)` out if everybody is meant, or remove the rule",
          about: policy.name)
      }
    }
  }

  static let openToEveryone = LintRule(
    "MRL006", "open-to-everyone", .note, "a rule opens every port of its pods to everyone",
    Explanation(
      trigger:
        "An ingress rule that lets through everything from everywhere, on a policy that selects pods of the input.",
      reason: "The pods are as open as without a policy; every other rule for them is in vain.",
      exclusion:
        "Rules that name peers or ports, and rules before which others deny, pass on or close something for the same pods.",
      example: """
        spec: {podSelector: {}, ingress: [{}]}
        """,
      remedy: "Name the ports, or who may connect. If it is meant, say so with a suppression.")
  ) { context in
    context.compiled.policies.indices.flatMap { number -> [LintFinding] in
      let policy = context.compiled.policies[number]
      if context.subjects[number].isEmpty { return [] }
      return context.rulesOfPolicies[number].compactMap { rule in
        let value = context.compiled.policyAndRule(rule).rule
        guard value.direction == .ingress, value.action == .allow, value.peers.isAnyone,
          value.subject.isAnyone, !value.traffic.isRestricted, !value.sourcePorts.isRestricted,
          context.effects.decidesSomething(rule), !context.isNarrowed(rule, of: number)
        else { return nil }
        return LintFinding(
          .note,
          "\(policy.identity) \(value.path) opens every port of \(context.words(context.subjects[number])) to everyone",
          at: value.location, about: ObjectName(policy.identity))
      }
    }
  }
}

extension LintContext {
  /// Whether something is decided against what an ingress rule lets through, or taken from it, before it is asked.
  fileprivate func isNarrowed(_ number: Int32, of policy: Int) -> Bool {
    let (tier, own) = (compiled.tier(ofRule: number), Set(subjects[policy]))
    return compiled.policies.indices.contains { other in
      let rules = rulesOfPolicies[other].filter { compiled.policyAndRule($0).rule.direction == .ingress }
      let closesBefore =
        compiled.policies[other].isolates.contains(.ingress)
        && tierNumber(ofPolicy: other).map { $0 < tier } ?? false
      guard closesBefore || rules.contains(where: { takes($0, from: number) }) else { return false }
      return !own.isDisjoint(with: subjects[other])
    }
  }

  /// Whether a rule denies or passes on something before another is asked.
  private func takes(_ number: Int32, from other: Int32) -> Bool {
    switch compiled.policyAndRule(number).rule.action {
    case .allow, .log: return false
    case .deny where !effects.decidesSomething(number): return false
    case .deny, .pass: break
    }
    let (tier, last) = (compiled.tier(ofRule: number), compiled.tier(ofRule: other))
    if tier != last { return tier < last }
    switch cluster.tiers[tier].combination {
    case .additive: return false
    case .firstMatch: return number < other
    case .denyOverrides: return compiled.policyAndRule(number).rule.action == .deny
    }
  }
}

/// Two peers that stand as alternatives and were probably meant as one.
struct SplitPeer {
  let policy: Policy
  let rule: Rule
  /// Of the peer that matches nobody.
  let location: SourceLocation
  let wideLocation: SourceLocation
  let wide: EndpointSelector
  let labels: LabelExpression
}

extension LintContext {
  /// Only `networking.k8s.io/v1` splits selectors of namespaces and pods over two fields.
  var splitPeers: [SplitPeer] {
    compiled.policies.filter { $0.identity.kind == "NetworkPolicy" }.flatMap { policy in
      policy.rules.flatMap { rule -> [SplitPeer] in
        guard case .anyOf(let peers) = rule.peers else { return [] }
        return zip(peers, peers.dropFirst()).compactMap { splitPeer(policy, rule, $0, $1) }
          + zip(peers.dropFirst(), peers).compactMap { splitPeer(policy, rule, $0, $1) }
      }
    }
  }

  private func splitPeer(_ policy: Policy, _ rule: Rule, _ wide: Peer, _ narrow: Peer) -> SplitPeer? {
    guard case .endpoints(let namespaces) = wide.kind, case .endpoints(let pods) = narrow.kind,
      namespaces.pods.isEverything, case .matching(let expression) = namespaces.namespaces,
      !expression.isEverything, case .named = pods.namespaces, !pods.pods.isEverything
    else { return nil }
    var isTogether = false
    for endpoint in world.endpoints where !endpoint.isFinished {
      guard pods.pods.matches({ world.value(of: $0, endpoint) }) else { continue }
      if pods.namespaces.contains(world.namespaces[endpoint.namespace]) { return nil }
      if namespaces.namespaces.contains(world.namespaces[endpoint.namespace]) { isTogether = true }
    }
    guard isTogether else { return nil }
    return SplitPeer(
      policy: policy, rule: rule, location: narrow.location, wideLocation: wide.location, wide: namespaces,
      labels: pods.pods)
  }

  /// A NetworkPolicy with its name.
  struct NamedPolicy {
    let name: ObjectName
    let policy: NetworkPolicy
  }

  var networkPolicies: [NamedPolicy] {
    input.policies.networkPolicies.map {
      NamedPolicy(
        name: ObjectName(kind: "NetworkPolicy", namespace: $0.meta.namespace, name: $0.meta.name), policy: $0)
    }
  }

  /// The rules of the directions that a policy polices.
  func rules(of policy: NamedPolicy) -> [(Direction, Int, NetworkPolicy.Rule)] {
    let spec = policy.policy.spec
    return [(Direction.ingress, spec.ingress), (.egress, spec.egress)].flatMap { direction, rules in
      spec.effectiveTypes.contains(direction) ? rules.enumerated().map { (direction, $0, $1) } : []
    }
  }
}
