internal import Kubernetes
package import PolicyModel

/// Policies taken apart into the form that writers read, and what has no such form.
package struct PlainPolicies: Sendable {
  /// In the order of the policies. A subject of several alternatives makes several policies of one identity.
  package private(set) var policies: [PlainPolicy] = []
  package private(set) var losses: [Loss] = []

  /// The most alternatives that a subject may have.
  private static let limit = 64

  package init() {}

  /// Takes a policy apart. In the ordered stages its ``Policy/rank`` is its place.
  package mutating func add(_ policy: Policy, stage: PlainPolicy.Stage) {
    if let nodes = policy.subject.nodes {
      lose(
        .nodeSubject, .init(.both, on: []),
        "no dialect is written for nodes: what the policy says of \(nodes) is left out",
        policy, subject: .nobody)
    }
    if !policy.entities.isEmpty {
      lose(
        .entitySubject, .init(.both, on: []),
        "what the policy says of \(policy.entities.sorted().joined(separator: ", ")) is left out", policy,
        subject: .nobody)
    }
    guard let endpoints = policy.subject.endpoints else { return }
    guard let subjects = endpoints.expression.conjunctions(limit: Self.limit) else {
      lose(
        .tooManyAlternatives, .leavingOut(policy),
        "the subject has more than \(Self.limit) alternatives: the policy is left out", policy,
        fix: "divide the policy", subject: endpoints)
      return
    }
    var rules = policy.rules.flatMap { plain($0, of: policy, endpoints) }
    if stage != .normal, rules.count > 1 {
      for rule in rules where rule.subject != nil {
        lose(
          .ruleSubject, .init(.leavingOut(rule.rule.action), on: [rule.rule.lowered()]),
          "a rule about a part of the policy's subject has no place among the others: it is left out", policy,
          at: rule.rule.location, subject: endpoints)
      }
      rules.removeAll { $0.subject != nil }
    }
    for subject in subjects.map(PlainSelector.init) {
      append(policy, stage, subject, policy.isolates, rules.filter { $0.subject == nil }.map(\.rule))
      for (rule, parts) in rules {
        for part in parts ?? [] { append(policy, stage, subject.intersection(part), [], [rule]) }
      }
    }
  }

  private mutating func append(
    _ policy: Policy, _ stage: PlainPolicy.Stage, _ subject: PlainSelector?, _ isolates: Set<Direction>,
    _ rules: [PlainRule]
  ) {
    let isolates = stage == .normal ? isolates : []
    guard let subject, !rules.isEmpty || !isolates.isEmpty else { return }
    policies.append(
      PlainPolicy(
        identity: policy.identity, stage: stage, rank: stage == .normal ? 0 : policy.rank, subject: subject,
        isolates: isolates, rules: rules, location: policy.location))
  }

  // MARK: - Rules

  /// The rule taken apart, with the parts of the subject that it is about; nil when it is about all of it.
  private mutating func plain(
    _ rule: Rule, of policy: Policy, _ subject: EndpointSelector
  ) -> [(rule: PlainRule, subject: [PlainSelector]?)] {
    func lose(_ name: Loss.Name, _ effect: Loss.Effect, _ message: String, _ rules: [Rule]) {
      losses.append(
        Loss(
          name, .init(effect, on: rules), message, policy: policy.identity, at: rule.location,
          subject: subject))
    }
    if rule.action == .log {
      lose(.log, [], "connections are not written down: the rule is left out", [])
      return []
    }
    let leftOut = Loss.Effect.leavingOut(rule.action)
    if rule.sourcePorts.isRestricted {
      lose(.sourcePorts, leftOut, "ports of the source cannot be told: the rule is left out", [rule])
      return []
    }
    if !rule.applicationRules.isEmpty {
      lose(
        .applicationRules, .overstating(rule.action),
        "\(rule.applicationRules.joined(separator: ", ")) is not looked at: the rule is written for all connections to the port",
        [rule])
    }
    var unsaid: [PortMatch] = []
    let traffic = PlainTraffic(rule.traffic, lost: &unsaid)
    for match in unsaid {
      lose(
        .portExceptions, leftOut, "\(match) cannot be said without knowing the port's number: it is left out",
        [rule.with(traffic: .anyOf([.ports(match)]))])
    }
    let peers = PlainPeers(rule.peers)
    for lost in peers.lost {
      lose(
        lost.name, leftOut, "the peer \(lost.peer) \(lost.reason): it is left out",
        [rule.with(peers: .anyOf([lost.peer]))])
    }
    guard !traffic.isEmpty, let ends = peers.ofRule else { return [] }
    let plain = PlainRule(
      direction: rule.direction, action: rule.action, peers: ends, traffic: traffic, location: rule.location)
    if rule.subject.isAnyone { return [(plain, nil)] }
    let own = PlainPeers(rule.subject)
    if own.isAnyone { return [(plain, nil)] }
    let parts = own.peers.compactMap { if case .pods(let selector) = $0 { selector } else { nil } }
    if !own.lost.isEmpty || parts.count < own.peers.count {
      lose(
        .ruleSubject, leftOut,
        "the rule asks of the policy's subject what no dialect says: it is left out for that part", [rule])
    }
    return [(plain, parts)]
  }

  private mutating func lose(
    _ name: Loss.Name, _ reach: Loss.Reach, _ message: String, _ policy: Policy,
    at location: SourceLocation? = nil, fix: String? = nil, subject: EndpointSelector
  ) {
    losses.append(
      Loss(
        name, reach, message, fix: fix, policy: policy.identity, at: location ?? policy.subjectLocation,
        subject: subject))
  }
}

extension EndpointSelector {
  /// No pod.
  fileprivate static let nobody = EndpointSelector(namespaces: .all, pods: .nothing)
}

extension Rule {
  /// The same rule about other peers or other traffic.
  fileprivate func with(peers: Peers? = nil, traffic: Traffic? = nil) -> Rule {
    Rule(
      direction: direction, action: action, path: path, subject: subject, peers: peers ?? self.peers,
      traffic: traffic ?? self.traffic, sourcePorts: sourcePorts, applicationRules: applicationRules,
      step: step, location: location)
  }
}
