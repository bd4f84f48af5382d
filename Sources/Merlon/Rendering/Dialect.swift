package import Dialects

/// What policies can be rendered for.
public enum Dialect: String, Sendable, Hashable, CaseIterable {
  /// `networking.k8s.io/v1 NetworkPolicy`, which every engine enforces.
  case kubernetes
  /// `policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy`, of the standard channel.
  case clusterNetworkPolicy
  /// `projectcalico.org/v3`.
  case calico
  /// `cilium.io/v2`.
  case cilium

  package init(_ dialect: WritableDialect) {
    switch dialect {
    case .kubernetes: self = .kubernetes
    case .clusterNetworkPolicy: self = .clusterNetworkPolicy
    case .calico: self = .calico
    case .cilium: self = .cilium
    }
  }

  var writable: WritableDialect {
    switch self {
    case .kubernetes: .kubernetes
    case .clusterNetworkPolicy: .clusterNetworkPolicy
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}
