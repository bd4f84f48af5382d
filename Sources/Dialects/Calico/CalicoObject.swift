package import Kubernetes

/// An object of one of Calico's kinds.
package enum CalicoObject: Sendable {
  case policy(CalicoPolicy)
  case stagedKubernetesPolicy(CalicoStagedKubernetesPolicy)
  case tier(CalicoTier)
  case networkSet(CalicoNetworkSet)
  case hostEndpoint(CalicoHostEndpoint)

  package var meta: ObjectMeta {
    switch self {
    case .policy(let policy): policy.meta
    case .stagedKubernetesPolicy(let policy): policy.meta
    case .tier(let tier): tier.meta
    case .networkSet(let set): set.meta
    case .hostEndpoint(let endpoint): endpoint.meta
    }
  }

  /// All kinds in both groups: what a reader must keep.
  package static let groupKinds = Set(
    CalicoGroup.allCases.flatMap { group in
      CalicoKind.allCases.map { GroupKind(group: group.rawValue, kind: $0.rawValue) }
    })

  /// Reads and validates an object of any of the kinds as strictly as Calico's own validation; nil for another kind,
  /// and for an object that is wrong, which is reported.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard let kind = CalicoKind(rawValue: object.groupKind.kind) else { return nil }
    let value: CalicoObject? =
      switch kind {
      case .networkPolicy, .globalNetworkPolicy, .stagedNetworkPolicy, .stagedGlobalNetworkPolicy:
        CalicoPolicy(object, defaultNamespace: defaultNamespace, &problems).map { .policy($0) }
      case .stagedKubernetesNetworkPolicy:
        CalicoStagedKubernetesPolicy(object, defaultNamespace: defaultNamespace, &problems)
          .map { .stagedKubernetesPolicy($0) }
      case .tier: CalicoTier(object, &problems).map { .tier($0) }
      case .networkSet, .globalNetworkSet:
        CalicoNetworkSet(object, defaultNamespace: defaultNamespace, &problems).map { .networkSet($0) }
      case .hostEndpoint: CalicoHostEndpoint(object, &problems).map { .hostEndpoint($0) }
      }
    guard let value else { return nil }
    self = value
  }
}
