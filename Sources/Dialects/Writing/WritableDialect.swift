/// The dialects that policies can be written in.
package enum WritableDialect: String, Sendable, Hashable, CaseIterable {
  /// `networking.k8s.io/v1 NetworkPolicy`.
  case kubernetes
  /// `policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy`.
  case clusterNetworkPolicy
  /// `projectcalico.org/v3`.
  case calico
  /// `cilium.io/v2`.
  case cilium
}
