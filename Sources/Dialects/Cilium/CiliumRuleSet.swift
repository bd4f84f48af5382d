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
  /// or an inert one, unless `enableDefaultDeny` says otherwise (`Rule.Sanitize` in `pkg/policy/api`).
  package var defaultDenies: Set<Direction> {
    let hasIngress = ingress?.isEmpty == false || ingressDeny?.isEmpty == false
    let hasEgress = egress?.isEmpty == false || egressDeny?.isEmpty == false
    var directions: Set<Direction> = []
    if enableDefaultDeny.ingress ?? hasIngress { directions.insert(.ingress) }
    if enableDefaultDeny.egress ?? hasEgress { directions.insert(.egress) }
    return directions
  }
}
