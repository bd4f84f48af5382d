internal import Kubernetes
package import PolicyModel

/// Decides one flow by walking policies and rules, and keeps the walk.
///
/// Nothing is prepared but an index by namespace, so a single question costs what the policies of two
/// namespaces cost. For many questions see ``CompiledPolicies``.
package struct FlowEvaluator: Sendable {
  package let world: World
  package let profile: EngineProfile
  package let index: PolicyIndex

  package init(world: World, tier: Tier, profile: EngineProfile) {
    self.world = world
    self.profile = profile
    index = PolicyIndex(tier.policies, in: world)
  }

  /// The verdict over all situations that the flow may stand for: allowed if all allow, denied if all deny,
  /// else undefined.
  package func verdict(_ flow: Flow) -> Verdict {
    var seen = (egress: OutcomesSeen(), ingress: OutcomesSeen(), both: OutcomesSeen())
    var allowing: Trace?
    var denying: Trace?
    for situation in situations(of: flow) {
      let trace = Trace(situation: situation, egress: egress(situation), ingress: ingress(situation))
      seen.egress.add(trace.egress.isAllowed)
      seen.ingress.add(trace.ingress.isAllowed)
      seen.both.add(trace.isAllowed)
      if trace.isAllowed, allowing == nil { allowing = trace }
      if !trace.isAllowed, denying == nil { denying = trace }
    }
    return Verdict(
      outcome: seen.both.outcome, egress: seen.egress.outcome, ingress: seen.ingress.outcome,
      traces: [allowing, denying].compactMap { $0 })
  }

  private struct OutcomesSeen {
    var allowed = false
    var denied = false

    mutating func add(_ isAllowed: Bool) {
      if isAllowed { allowed = true } else { denied = true }
    }

    var outcome: Outcome { Outcome(sawAllowed: allowed, sawDenied: denied) }
  }

  /// May the source send it? (SEMANTICS.md §1.4, `egressOK`)
  private func egress(_ situation: Situation) -> DirectionTrace {
    func decided(_ basis: DirectionTrace.Basis, _ isAllowed: Bool = true) -> DirectionTrace {
      DirectionTrace(direction: .egress, basis: basis, isAllowed: isAllowed, policies: [])
    }
    if situation.isSamePod { return decided(.samePod) }
    if situation.hairpin == .bypassesPolicy { return decided(.hairpin(.bypassesPolicy)) }
    guard situation.source.isPoliced, let endpoint = situation.source.endpoint else {
      return decided(.notPoliced)
    }
    let isOwnNode = situation.destination.isNode && situation.isSameNode
    if isOwnNode, situation.ownNodeReading == .exempt { return decided(.ownNode) }
    return rulesDecide(.egress, subject: endpoint, situation)
  }

  /// May the destination receive it? (SEMANTICS.md §1.4, `ingressOK`)
  private func ingress(_ situation: Situation) -> DirectionTrace {
    func decided(_ basis: DirectionTrace.Basis, _ isAllowed: Bool = true) -> DirectionTrace {
      DirectionTrace(direction: .ingress, basis: basis, isAllowed: isAllowed, policies: [])
    }
    if situation.isSamePod { return decided(.samePod) }
    if situation.hairpin == .bypassesPolicy { return decided(.hairpin(.bypassesPolicy)) }
    guard situation.destination.isPoliced, let endpoint = situation.destination.endpoint else {
      return decided(.notPoliced)
    }
    if situation.source.isNode, situation.isSameNode { return decided(.ownNode) }
    return rulesDecide(.ingress, subject: endpoint, situation)
  }

  /// Isolation and the union of rules.
  private func rulesDecide(_ direction: Direction, subject: Int, _ situation: Situation) -> DirectionTrace {
    let isolating = index.selecting(world.endpoints[subject]).filter {
      index.policies[$0].isolates.contains(direction)
    }
    if isolating.isEmpty {
      return DirectionTrace(direction: direction, basis: .notIsolated, isAllowed: true, policies: [])
    }
    if situation.hairpin == .isPoliced {
      return DirectionTrace(direction: direction, basis: .hairpin(.isPoliced), isAllowed: false, policies: [])
    }
    if case .other = situation.traffic {
      let policies = isolating.map { PolicyTrace(policy: index.policies[$0], rules: []) }
      return DirectionTrace(
        direction: direction, basis: .otherProtocol(situation.otherProtocols),
        isAllowed: situation.otherProtocols == .open, policies: policies)
    }
    let policies = isolating.map { number in
      let policy = index.policies[number]
      let rules = policy.rules.filter { $0.direction == direction }
      return PolicyTrace(policy: policy, rules: rules.map { trace($0, situation) })
    }
    let isAllowed = policies.contains { $0.rules.contains(where: \.isMatch) }
    return DirectionTrace(direction: direction, basis: .rules, isAllowed: isAllowed, policies: policies)
  }
}
