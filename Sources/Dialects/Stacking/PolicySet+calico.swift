internal import Kubernetes
internal import PolicyModel

extension PolicySet {
  /// Calico's tiers (SEMANTICS.md §3.5), with `policy.networking.k8s.io` in tiers of its own (§2.4).
  func calicoTiers(enforcesStaged: Bool, _ problems: inout [Diagnostic]) -> [Tier] { [] }
}
