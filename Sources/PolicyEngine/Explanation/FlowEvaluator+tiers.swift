internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// One tier against a situation; several traces when policies of one rank disagree and nobody says who wins.
  func trace(
    _ tier: Int, _ policies: [Int], _ direction: Direction, _ situation: Situation
  ) -> [TierTrace] {
    let values = policies.map { index.policies[$0] }
    let other = direction == .egress ? situation.destination : situation.source
    switch tiers[tier].combination {
    case _ where other.isUnlistedPod && !isSpecial(values, direction, situation):
      return withUnlistedPod(tier, values, direction, situation)
    case .additive:
      if let special = specialOutcome(values, direction, situation) {
        let traces = values.map {
          PolicyTrace(policy: $0, isolates: $0.isolates.contains(direction), rules: [])
        }
        return [makeTrace(tier, traces, special)]
      }
      return [union(tier, values, direction, situation)]
    case .denyOverrides: return [union(tier, values, direction, situation)]
    case .firstMatch(let sameRank): return firstMatch(tier, values, sameRank, direction, situation)
    }
  }

  /// A tier that does not see the connection; nil when it closes nothing either, so that the next one decides.
  func exemptTrace(
    _ tier: Int, _ policies: [Int], _ direction: Direction, _ exemption: DirectionTrace.Basis
  ) -> TierTrace? {
    let isolating = policies.map { index.policies[$0] }.filter { $0.isolates.contains(direction) }
    if isolating.isEmpty { return nil }
    return makeTrace(
      tier, isolating.map { PolicyTrace(policy: $0, isolates: true, rules: []) }, .exempt(exemption))
  }

  /// What the rules of `networking.k8s.io/v1` cannot speak about, at an isolated pod.
  private func specialOutcome(
    _ policies: [Policy], _ direction: Direction, _ situation: Situation
  ) -> TierTrace.Outcome? {
    guard policies.contains(where: { $0.isolates.contains(direction) }) else { return nil }
    if situation.hairpin == .isPoliced { return .isolatedHairpin }
    if case .other = situation.traffic { return .otherProtocol(situation.otherProtocols) }
    return nil
  }

  private func isSpecial(_ policies: [Policy], _ direction: Direction, _ situation: Situation) -> Bool {
    specialOutcome(policies, direction, situation) != nil
  }

  /// Rules without an order: one that denies beats all that allow.
  private func union(
    _ tier: Int, _ policies: [Policy], _ direction: Direction, _ situation: Situation
  ) -> TierTrace {
    let traces = policies.map { policy in
      PolicyTrace(
        policy: policy, isolates: policy.isolates.contains(direction),
        rules: policy.rules.filter { $0.direction == direction }.map { trace($0, situation) })
    }
    func first(_ action: RuleAction) -> TierTrace.RuleReference? {
      var narrowed: TierTrace.RuleReference?
      for (number, policy) in traces.enumerated() {
        for (place, rule) in policy.rules.enumerated() where rule.rule.action == action && rule.isMatch {
          let reference = TierTrace.RuleReference(policy: number, rule: place)
          // A rule that narrows nothing takes away what others check.
          if rule.rule.applicationRules.isEmpty { return reference }
          if narrowed == nil { narrowed = reference }
        }
      }
      return narrowed
    }
    if let rule = first(.deny) { return makeTrace(tier, traces, .denied(by: rule)) }
    if let rule = first(.allow) { return makeTrace(tier, traces, .allowed(by: rule)) }
    return makeTrace(tier, traces, traces.contains(where: \.isolates) ? .isolated : .undecided)
  }

  /// Ordered rules, rank by rank.
  private func firstMatch(
    _ tier: Int, _ policies: [Policy], _ sameRank: Tier.SameRank, _ direction: Direction,
    _ situation: Situation
  ) -> [TierTrace] {
    var traces: [PolicyTrace] = []
    for rank in policies.chunkedByRank() {
      let start = traces.count
      traces += rank.map { tried($0, direction, situation) }
      let deciding = (start..<traces.count).compactMap { number -> TierTrace.RuleReference? in
        guard let last = traces[number].rules.indices.last, traces[number].rules[last].decides else {
          return nil
        }
        return TierTrace.RuleReference(policy: number, rule: last)
      }
      if deciding.isEmpty { continue }
      func rule(_ reference: TierTrace.RuleReference) -> Rule {
        traces[reference.policy].rules[reference.rule].rule
      }
      func action(_ reference: TierTrace.RuleReference) -> RuleAction { rule(reference).action }
      if sameRank == .denyWins, let step = deciding.map({ rule($0).step }).min() {
        let first = deciding.filter { rule($0).step == step }
        let winner = first.first { action($0) == .deny } ?? first.first { action($0) == .allow } ?? first[0]
        return [makeTrace(tier, traces, Self.outcome(action(winner), winner))]
      }
      // One for each answer; the first policy of the text that gives it.
      var answers: [TierTrace.RuleReference] = []
      for reference in deciding where !answers.contains(where: { action($0) == action(reference) }) {
        answers.append(reference)
      }
      return answers.map {
        makeTrace(tier, traces, Self.outcome(action($0), $0), tied: answers.count > 1 ? answers : [])
      }
    }
    return [makeTrace(tier, traces, traces.contains(where: \.isolates) ? .isolated : .undecided)]
  }

  /// A policy's rules up to the first that decides.
  private func tried(_ policy: Policy, _ direction: Direction, _ situation: Situation) -> PolicyTrace {
    var rules: [RuleTrace] = []
    for rule in policy.rules where rule.direction == direction {
      rules.append(trace(rule, situation))
      if rules[rules.count - 1].decides { break }
    }
    return PolicyTrace(policy: policy, isolates: policy.isolates.contains(direction), rules: rules)
  }

  static func outcome(
    _ action: RuleAction, _ reference: TierTrace.RuleReference
  ) -> TierTrace.Outcome {
    switch action {
    case .allow: .allowed(by: reference)
    case .deny: .denied(by: reference)
    case .pass, .log: .passed(by: reference)
    }
  }

  func makeTrace(
    _ tier: Int, _ policies: [PolicyTrace], _ outcome: TierTrace.Outcome,
    tied: [TierTrace.RuleReference] = []
  ) -> TierTrace {
    TierTrace(
      tier: tier, name: tiers[tier].name, combination: tiers[tier].combination, policies: policies,
      outcome: outcome, tied: tied)
  }
}

extension RuleTrace {
  /// Whether an ordered tier stops here.
  var decides: Bool { isMatch && rule.action != .log }
}

extension [Policy] {
  /// Runs of policies of one rank.
  func chunkedByRank() -> [[Policy]] {
    var chunks: [[Policy]] = []
    for policy in self {
      if let last = chunks.last?.first, last.rank == policy.rank {
        chunks[chunks.count - 1].append(policy)
      } else {
        chunks.append([policy])
      }
    }
    return chunks
  }
}
