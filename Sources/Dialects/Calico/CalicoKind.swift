/// The kinds of Calico that say what traffic may do. Profiles and configuration are others.
package enum CalicoKind: String, Sendable, CaseIterable {
  case networkPolicy = "NetworkPolicy"
  case globalNetworkPolicy = "GlobalNetworkPolicy"
  case tier = "Tier"
  case networkSet = "NetworkSet"
  case globalNetworkSet = "GlobalNetworkSet"
  case hostEndpoint = "HostEndpoint"
  case stagedNetworkPolicy = "StagedNetworkPolicy"
  case stagedGlobalNetworkPolicy = "StagedGlobalNetworkPolicy"
  case stagedKubernetesNetworkPolicy = "StagedKubernetesNetworkPolicy"

  package var isNamespaced: Bool {
    switch self {
    case .networkPolicy, .networkSet, .stagedNetworkPolicy, .stagedKubernetesNetworkPolicy: true
    case .globalNetworkPolicy, .tier, .globalNetworkSet, .hostEndpoint, .stagedGlobalNetworkPolicy: false
    }
  }
}

/// The two groups that Calico's kinds are served in, with the same fields.
package enum CalicoGroup: String, Sendable, CaseIterable {
  /// The API for users: defaults are filled in.
  case projectCalico = "projectcalico.org"
  /// What Calico stores behind that API. Names may start with `default.` or the tier's name.
  case crdProjectCalico = "crd.projectcalico.org"

  /// The version that is served.
  package var version: String {
    switch self {
    case .projectCalico: "v3"
    case .crdProjectCalico: "v1"
    }
  }

  package var apiVersion: String { "\(rawValue)/\(version)" }
}
