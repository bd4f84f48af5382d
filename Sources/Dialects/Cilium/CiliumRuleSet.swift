package import Kubernetes
package import PolicyModel

/// `spec`, or an element of `specs`: rules for the endpoints or nodes that it selects (Cilium's `api.Rule`).
package struct CiliumRuleSet: Sendable {
  package enum Subject: Sendable {
    case endpoints(CiliumSelector)
    /// The hosts themselves; CiliumClusterwideNetworkPolicy only.
    case nodes(CiliumSelector)
  }

  /// `enableDefaultDeny`. Nil follows the rules, see ``CiliumRuleSet/defaultDenies``.
  package struct EnableDefaultDeny: Sendable, Hashable {
    package let ingress: Bool?
    package let egress: Bool?

    package subscript(direction: Direction) -> Bool? {
      switch direction {
      case .ingress: ingress
      case .egress: egress
      }
    }
  }

  /// A name for the rule set. It decides nothing.
  package struct Label: Sendable, Hashable {
    package let source: String
    package let key: String
    package let value: String
  }

  package let subject: Subject
  /// Each nil when it is absent, or null, which the API server stores as absent; at least one has a rule.
  package let ingress: [CiliumRule]?
  package let ingressDeny: [CiliumRule]?
  package let egress: [CiliumRule]?
  package let egressDeny: [CiliumRule]?
  package let enableDefaultDeny: EnableDefaultDeny
  package let labels: [Label]
  package let description: String?
  /// What Hubble shows with the flows of the rule set.
  package let log: String?
  package let location: SourceLocation

  /// The directions in which the subject is closed but for what is allowed: those with a rule, be it a deny rule
  /// or an inert one, unless `enableDefaultDeny` says otherwise.
  ///
  /// Nothing closes a direction without rules: Cilium keeps the default deny with each rule
  /// (`RulesToPolicyEntries` in `pkg/policy/utils`, `computePolicyEnforcementAndRules` in `pkg/policy`).
  package var defaultDenies: Set<Direction> {
    Set(
      Direction.allCases.filter { direction in
        hasRules(direction) && enableDefaultDeny[direction] ?? true
      })
  }

  /// Whether there is a rule of the direction, be it a deny rule or an inert one.
  package func hasRules(_ direction: Direction) -> Bool {
    let lists =
      switch direction {
      case .ingress: [ingress, ingressDeny]
      case .egress: [egress, egressDeny]
      }
    return lists.contains { $0?.isEmpty == false }
  }
}
