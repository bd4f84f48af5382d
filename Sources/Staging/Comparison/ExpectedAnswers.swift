package import PolicyEngine
package import PolicyModel

/// What the engine says about flows of a staging network.
package struct ExpectedAnswers: Sendable {
  private let pods: StagedPods
  private let evaluator: FlowEvaluator
  private let table: VerdictTable

  package init(tiers: [Tier], world: World, pods: StagedPods, profile: EngineProfile) {
    self.pods = pods
    evaluator = FlowEvaluator(world: world, tiers: tiers, profile: profile)
    table = VerdictTable(CompiledPolicies(world: world, tiers: tiers, profile: profile))
  }

  /// Undefined where the specification leaves it open, or where the answer depends on something that a network does not
  /// show, such as the source's port.
  ///
  /// The table answers for all addresses that a pod may have at once; where they differ, the evaluator is asked about
  /// the ones that it has here.
  package func outcome(_ flow: StagedFlow) -> Outcome {
    let asked = pods.flow(flow)
    if let known = table.verdict(asked)?.outcome, known != .undefined { return known }
    return evaluator.verdict(asked).outcome
  }

  /// How the engine comes to its answer.
  package func verdict(_ flow: StagedFlow) -> Verdict { evaluator.verdict(pods.flow(flow)) }
}
