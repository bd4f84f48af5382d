internal import Kubernetes
internal import PolicyModel

extension PolicySet {
  /// Cilium's tiers (SEMANTICS.md §4.6, §2.4).
  func ciliumTiers(_ deviations: Set<Deviation>, _ problems: inout [Diagnostic]) -> [Tier] { [] }
}
