package import Kubernetes
package import PolicyModel

/// What an engine makes of all policies: which it enforces, and in which order.
package struct PolicyStack: Sendable {
  /// In the order of evaluation; none is empty.
  package let tiers: [Tier]
  /// Kinds of policies in the input that the engine does not enforce, with their numbers, by kind. Calico's staged
  /// kinds, whose names say so, are among them unless they are taken for enforced ones.
  package let notEnforced: [(kind: GroupKind, count: Int)]
  /// What is wrong with policies for this engine only, such as references to what is not there.
  package let diagnostics: [Diagnostic]
}

extension PolicySet {
  /// The policies as the engine of a profile stacks them.
  ///
  /// - Parameters:
  ///   - enforcesStaged: takes Calico's staged policies for enforced ones.
  ///   - clusterName: Cilium's `cluster-name`; nil when nobody says it.
  package func stack(
    _ profile: EngineProfile, enforcesStaged: Bool = false, clusterName: String? = nil
  ) -> PolicyStack {
    var problems: [Diagnostic] = []
    let tiers =
      switch profile.enforcer {
      case .kubernetes: kubernetesTiers()
      case .calico: calicoTiers(enforcesStaged: enforcesStaged, &problems)
      case .cilium: ciliumTiers(profile.deviations, clusterName: clusterName, &problems)
      }
    var counts: [GroupKind: Int] = [:]
    for (object, kind) in zip(objects, groupKinds)
    where object.isPolicy
      && !(object.isEnforced(by: profile.enforcer) && (enforcesStaged || !object.isStaged))
    {
      counts[kind, default: 0] += 1
    }
    return PolicyStack(
      tiers: tiers.filter { !$0.policies.isEmpty },
      notEnforced: counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, diagnostics: problems)
  }
}

extension PolicyObject {
  /// Whether it polices traffic itself, and is not only referred to.
  package var isPolicy: Bool {
    switch self {
    case .networkPolicy, .clusterNetworkPolicy: true
    case .calico(.policy), .calico(.stagedKubernetesPolicy), .cilium(.policy): true
    case .calico(.tier), .calico(.networkSet), .calico(.hostEndpoint), .cilium(.cidrGroup): false
    }
  }

  /// Whether it is only reported, and not enforced, by the engine that it is for.
  package var isStaged: Bool {
    switch self {
    case .calico(.policy(let policy)): policy.enforcement != .enforced
    case .calico(.stagedKubernetesPolicy): true
    case .networkPolicy, .clusterNetworkPolicy, .calico, .cilium: false
    }
  }

  /// Whether an engine looks at the kind at all (SEMANTICS.md §2.4).
  package func isEnforced(by enforcer: EngineProfile.Enforcer) -> Bool {
    switch self {
    case .networkPolicy: true
    // Calico and Cilium implement v1alpha2, and Calico its predecessor.
    case .clusterNetworkPolicy(let policy): enforcer != .cilium || policy.kind.version == .v1alpha2
    case .calico: enforcer == .calico
    case .cilium: enforcer == .cilium
    }
  }
}
