/// A stage of evaluation. Tiers are asked in order; what a tier decides is final for the direction.
///
/// What no tier decides is allowed.
package struct Tier: Sendable {
  /// How the policies of a tier come to one answer.
  package enum Combination: Sendable, Hashable {
    /// The union of what rules allow (`networking.k8s.io/v1`).
    case additive
    /// Policies by rank, their rules in order: the first that matches decides.
    case firstMatch(SameRank)
    /// A rule that denies beats every rule that allows; allowing rules are a union.
    case denyOverrides
  }

  /// What happens when policies of one rank match the same connection and disagree.
  package enum SameRank: Sendable, Hashable {
    /// The specification leaves it open.
    case isUndefined
    /// Policies of one rank are read side by side, step by step: of the rules at one ``Rule/step`` that match, the
    /// one that denies wins, then the one that allows.
    case denyWins
  }

  package let name: String
  package let combination: Combination
  /// In the order of evaluation.
  package let policies: [Policy]
  /// Whether it applies where `networking.k8s.io/v1` leaves connections to the engine: to a pod's own node, and of
  /// a pod to itself through a Service (network-policy-api, `docs/api-overview.md`).
  package let isStrict: Bool

  package init(name: String, combination: Combination, policies: [Policy], isStrict: Bool = false) {
    self.isStrict = isStrict
    self.name = name
    self.combination = combination
    self.policies = policies
  }

  /// Whether rules have an order, so that one may be hidden by another.
  package var isOrdered: Bool { if case .firstMatch = combination { true } else { false } }
}
