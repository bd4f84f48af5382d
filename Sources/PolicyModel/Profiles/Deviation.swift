/// A departure of an engine from the specification that it says to implement, by name, so that it can be taken out
/// of an answer.
package enum Deviation: String, Sendable, Hashable, CaseIterable {
  /// Cilium enforces rules of a direction that `policyTypes` does not list (SEMANTICS.md §1.5, K16 and K17).
  case unlistedPolicyTypes = "unlisted-policy-types"
  /// Cilium from 1.19 on: a selector whose only namespace terms are negative matches nodes and ingress proxies too
  /// (cilium#46949).
  case negativeNamespacesMatchNodes = "negative-namespaces-match-nodes"
  /// Cilium up to 1.18, or with `policy-default-local-cluster: false`: such a selector also matches everything
  /// outside the cluster (cilium#46949).
  case negativeNamespacesMatchWorld = "negative-namespaces-match-world"
  /// Cilium 1.20: an Accept of the Baseline tier opens what a NetworkPolicy isolates (SEMANTICS.md §2.4, N07).
  case baselineReopens = "baseline-reopens"
  /// Cilium without a `labels` option: identities are without the labels of its default filter.
  case defaultLabelFilter = "default-label-filter"

  /// What Cilium 1.20 does with its defaults.
  package static let ofCilium: Set<Deviation> = [
    .unlistedPolicyTypes, .negativeNamespacesMatchNodes, .baselineReopens, .defaultLabelFilter,
  ]

  /// What it does, and where it is reported, for people.
  package var summary: String {
    switch self {
    case .unlistedPolicyTypes: "rules of a direction that policyTypes does not list are enforced"
    case .negativeNamespacesMatchNodes:
      "selectors whose only namespace terms are negative also match nodes (cilium#46949, 1.19 and later)"
    case .negativeNamespacesMatchWorld:
      "selectors whose only namespace terms are negative also match everything outside (cilium#46949, up to 1.18)"
    case .defaultLabelFilter:
      "selectors do not see labels that the agent leaves out of identities, as it does without a `labels` option"
    case .baselineReopens: "a Baseline Accept opens what a NetworkPolicy isolates (1.20)"
    }
  }
}
