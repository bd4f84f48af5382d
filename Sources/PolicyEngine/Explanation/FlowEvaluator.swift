internal import Kubernetes
package import PolicyModel

/// Decides one flow by walking tiers, policies and rules, and keeps the walk.
///
/// Nothing is prepared but an index by namespace, so a single question costs what the policies of two
/// namespaces cost. For many questions see ``CompiledPolicies``.
package struct FlowEvaluator: Sendable {
  package let world: World
  package let tiers: [Tier]
  package let profile: EngineProfile
  package let index: PolicyIndex
  /// An address in here that no known end has is that of a pod which is not in the input.
  let podAddresses: AddressSet

  package init(world: World, tiers: [Tier], profile: EngineProfile) {
    self.world = world
    self.tiers = tiers
    self.profile = profile
    index = PolicyIndex(tiers, in: world)
    podAddresses = world.podAddresses(profile)
  }

  /// The verdict over all situations that the flow may stand for: allowed if all allow, denied if all deny,
  /// else undefined.
  package func verdict(_ flow: Flow) -> Verdict { verdict(over: situations(of: flow)) }

  /// The verdict over the situations in which both ends are on one node, or over those in which they are not; over
  /// all when there is none of them.
  package func verdict(_ flow: Flow, onSameNode: Bool) -> Verdict {
    let all = situations(of: flow)
    let wanted = all.filter { $0.isSameNode == onSameNode }
    return verdict(over: wanted.isEmpty ? all : wanted)
  }

  private func verdict(over situations: [Situation]) -> Verdict {
    var seen = (egress: OutcomesSeen(), ingress: OutcomesSeen(), both: OutcomesSeen())
    var allowing: Trace?
    var denying: Trace?
    for situation in situations {
      let ingress = ingress(situation)
      for egress in egress(situation) {
        for ingress in ingress {
          let trace = Trace(situation: situation, egress: egress, ingress: ingress)
          seen.egress.add(trace.egress.isAllowed)
          seen.ingress.add(trace.ingress.isAllowed)
          seen.both.add(trace.isAllowed)
          if trace.isAllowed, allowing == nil { allowing = trace }
          if !trace.isAllowed, denying == nil { denying = trace }
        }
      }
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

  /// May the source send it? (SEMANTICS.md §1.4, `egressOK`) One trace for each way in which a tie may end.
  private func egress(_ situation: Situation) -> [DirectionTrace] {
    if let exempt = exemption(.egress, situation) { return [exempt] }
    let policies = selecting(situation.source)
    guard let policies else { return [Self.open(.egress, .notPoliced)] }
    if isClosed(situation.source) { return closed(decide(.egress, policies, situation)) }
    let isOwnNode = situation.destination.isNode && situation.isSameNode && situation.source.isPoliced
    return decide(
      .egress, policies, situation,
      exemptAs: isOwnNode && situation.ownNodeReading == .exempt ? .ownNode : hairpin(situation))
  }

  /// May the destination receive it? (SEMANTICS.md §1.4, `ingressOK`) As for egress.
  private func ingress(_ situation: Situation) -> [DirectionTrace] {
    if let exempt = exemption(.ingress, situation) { return [exempt] }
    let policies = selecting(situation.destination)
    guard let policies else { return [Self.open(.ingress, .notPoliced)] }
    let isProbe = situation.source.isNode && situation.isSameNode && situation.destination.isPoliced
    if !isProbe, isClosed(situation.destination) { return closed(decide(.ingress, policies, situation)) }
    guard isProbe else { return decide(.ingress, policies, situation, exemptAs: hairpin(situation)) }
    if profile.probeReading == .exempt { return [Self.open(.ingress, .ownNode)] }
    return decide(.ingress, policies, situation).map { trace in
      if case .denied? = trace.tiers.last?.outcome { return trace }
      return DirectionTrace(direction: .ingress, basis: .ownNode, isAllowed: true, tiers: trace.tiers)
    }
  }

  /// Whether an end is closed but for what policies let through.
  private func isClosed(_ party: Party) -> Bool {
    if case .special(let name)? = party.entity { profile.closedEntities.contains(name) } else { false }
  }

  /// What nothing decides is denied.
  private func closed(_ traces: [DirectionTrace]) -> [DirectionTrace] {
    traces.map { trace in
      if !trace.isAllowed || trace.tiers.last?.isAllowed != nil { return trace }
      return DirectionTrace(
        direction: trace.direction, basis: .closedEntity, isAllowed: false, tiers: trace.tiers)
    }
  }

  private static func open(_ direction: Direction, _ basis: DirectionTrace.Basis) -> DirectionTrace {
    DirectionTrace(direction: direction, basis: basis, isAllowed: true, tiers: [])
  }

  /// Connections that no policy sees.
  private func exemption(_ direction: Direction, _ situation: Situation) -> DirectionTrace? {
    if situation.lacksCommonFamily {
      return DirectionTrace(direction: direction, basis: .noCommonFamily, isAllowed: false, tiers: [])
    }
    if situation.isSamePod { return Self.open(direction, .samePod) }
    let (subject, other) =
      direction == .egress
      ? (situation.source, situation.destination) : (situation.destination, situation.source)
    let isOwnPod = subject.isNode && other.isPoliced && situation.isSameNode
    return isOwnPod && profile.ownPodReading == .exempt ? Self.open(direction, .ownNode) : nil
  }

  /// Why only strict tiers see a connection; nil when all do.
  private func hairpin(_ situation: Situation) -> DirectionTrace.Basis? {
    situation.hairpin == .bypassesPolicy ? .hairpin : nil
  }

  /// The policies on an end; nil when policies do not apply to it.
  private func selecting(_ party: Party) -> [Int]? {
    if party.isNode {
      if index.ofNodes.isEmpty { return nil }
      let policies = index.selecting(node: party.node, labels: party.nodeLabels, in: world)
      return policies.isEmpty ? nil : policies
    }
    if case .special(let name)? = party.entity, isClosed(party) { return index.about(entity: name) }
    guard party.isPoliced, let endpoint = party.endpoint else { return nil }
    return index.selecting(world.endpoints[endpoint], in: world)
  }

  /// Asks the tiers in order. Ties multiply the traces.
  ///
  /// - Parameter exemption: why only strict tiers see the connection; nil when all do. What another tier closes is
  ///   open then, and still final.
  private func decide(
    _ direction: Direction, _ selecting: [Int], _ situation: Situation,
    exemptAs exemption: DirectionTrace.Basis? = nil
  ) -> [DirectionTrace] {
    let applying = selecting.filter { index.policies[$0].concerns(direction) }
    let isSeen = exemption == nil || applying.contains { tiers[index.tierOfPolicy[$0]].isStrict }
    if applying.isEmpty || !isSeen { return [Self.open(direction, exemption ?? .noPolicy)] }
    var undecided: [[TierTrace]] = [[]]
    var decided: [DirectionTrace] = []
    for tier in tiers.indices {
      let own = applying.filter { index.tierOfPolicy[$0] == tier }
      if own.isEmpty { continue }
      let traces =
        if let exemption, !tiers[tier].isStrict {
          exemptTrace(tier, own, direction, exemption).map { [$0] } ?? []
        } else {
          trace(tier, own, direction, situation)
        }
      if traces.isEmpty { continue }
      var rest: [[TierTrace]] = []
      for trace in traces {
        for before in undecided {
          if let isAllowed = trace.isAllowed {
            decided.append(
              DirectionTrace(
                direction: direction, basis: .tiers, isAllowed: isAllowed, tiers: before + [trace]))
          } else {
            rest.append(before + [trace])
          }
        }
      }
      undecided = rest
    }
    return decided
      + undecided.map {
        DirectionTrace(direction: direction, basis: .tiers, isAllowed: true, tiers: $0)
      }
  }
}
