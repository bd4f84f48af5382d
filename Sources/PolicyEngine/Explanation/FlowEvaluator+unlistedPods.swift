internal import Kubernetes
internal import PolicyModel

/// Tiers that are asked about a pod which is not in the input: what rules say of its labels and port names may hold or
/// not, each for itself.
extension FlowEvaluator {
  /// One trace for each outcome that the tier may have.
  func withUnlistedPod(
    _ tier: Int, _ policies: [Policy], _ direction: Direction, _ situation: Situation
  ) -> [TierTrace] {
    let traces = policies.map { policy in
      PolicyTrace(
        policy: policy, isolates: policy.isolates.contains(direction),
        rules: policy.rules.filter { $0.direction == direction }.map { trace($0, situation) })
    }
    var outcomes: [TierTrace.Outcome] = []
    var isDecided = false
    for round in rounds(tiers[tier].combination, traces) where !isDecided {
      for sequence in round {
        for reference in sequence {
          let rule = traces[reference.policy].rules[reference.rule]
          let outcome = Self.outcome(rule.rule.action, reference)
          if !outcomes.contains(where: { $0.isOfKind(of: outcome) }) { outcomes.append(outcome) }
          if rule.isMatch {
            isDecided = true
            break
          }
        }
      }
    }
    if !isDecided { outcomes.append(traces.contains(where: \.isolates) ? .isolated : .undecided) }
    return outcomes.map { makeTrace(tier, traces, $0) }
  }

  /// The rules in the order in which they are asked. Of the sequences of one round any may be the first; in each
  /// the first rule that matches decides.
  private func rounds(
    _ combination: Tier.Combination, _ traces: [PolicyTrace]
  ) -> [[[TierTrace.RuleReference]]] {
    let all = traces.indices.map { policy in
      traces[policy].rules.indices.map { TierTrace.RuleReference(policy: policy, rule: $0) }
        .filter {
          let rule = traces[policy].rules[$0.rule]
          return rule.rule.action != .log && (rule.isMatch || rule.mayMatch)
        }
    }
    func rule(_ reference: TierTrace.RuleReference) -> Rule {
      traces[reference.policy].rules[reference.rule].rule
    }
    func with(_ action: RuleAction, _ references: [TierTrace.RuleReference]) -> [TierTrace.RuleReference] {
      references.filter { rule($0).action == action }
    }
    let whole = all.flatMap { $0 }
    switch combination {
    case .additive: return [[with(.allow, whole)]]
    case .denyOverrides: return [[with(.deny, whole) + with(.allow, whole)]]
    case .firstMatch(let sameRank):
      return Set(traces.map(\.policy.rank)).sorted().map { rank in
        let own = traces.indices.filter { traces[$0].policy.rank == rank }.map { all[$0] }
        guard sameRank == .denyWins, own.count > 1 else { return own }
        let together = own.flatMap { $0 }
        let steps = Set(together.map { rule($0).step }).sorted()
        return [
          steps.flatMap { step in
            let here = together.filter { rule($0).step == step }
            if Set(here.map(\.policy)).count == 1 { return here }
            return with(.deny, here) + with(.allow, here) + with(.pass, here)
          }
        ]
      }
    }
  }
}

extension TierTrace.Outcome {
  /// Whether both do the same with a connection, whatever rule it is.
  fileprivate func isOfKind(of other: Self) -> Bool {
    switch (self, other) {
    case (.allowed, .allowed), (.denied, .denied), (.passed, .passed): true
    default: false
    }
  }
}
