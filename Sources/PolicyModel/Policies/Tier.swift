/// A stage of evaluation. Tiers are asked in order; what a tier decides is final for the direction.
package struct Tier: Sendable {
  /// How the policies of a tier come to one answer.
  package enum Combination: Sendable, Hashable {
    /// The union of what rules allow; a subject that any policy selects for a direction is closed for the rest
    /// (`networking.k8s.io/v1`).
    case additive
  }

  package let name: String
  package let combination: Combination
  package let policies: [Policy]

  package init(name: String, combination: Combination, policies: [Policy]) {
    self.name = name
    self.combination = combination
    self.policies = policies
  }
}
