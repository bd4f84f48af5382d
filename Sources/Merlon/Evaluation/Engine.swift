internal import PolicyModel
internal import Review

/// Whose rules say what policies mean.
public enum Engine: String, Sendable, Hashable, CaseIterable {
  /// The specifications of Kubernetes; what they leave open is undefined.
  case kubernetes
  case calico
  case cilium

  var profile: EngineProfile {
    switch self {
    case .kubernetes: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}

extension Dialect {
  /// The engine that policies of the dialect are asked about.
  public var engine: Engine {
    switch self {
    case .kubernetes, .clusterNetworkPolicy: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}
