internal import Kubernetes
internal import PolicyModel

/// Which of the policies of the tier `default` and of Calico's own tiers are enforced: the staged ones too when they
/// are asked for (SEMANTICS.md §3.3).
///
/// Then a staged policy with `Set` takes the place of the policy of its name, `Delete` removes that one, and `Learn`
/// and `Ignore` change nothing.
struct CalicoEnforcement {
  private struct Name: Hashable {
    let isGlobal: Bool
    let namespace: String
    let name: String
  }

  private(set) var policies: [CalicoPolicy]
  /// NetworkPolicies of Kubernetes, lowered.
  private(set) var kubernetesPolicies: [Policy]

  init(_ set: PolicySet, enforcesStaged: Bool) {
    var enforced: [CalicoPolicy] = []
    var staged: [(CalicoPolicy, CalicoStagedAction)] = []
    var stagedKubernetes: [CalicoStagedKubernetesPolicy] = []
    for object in set.calico {
      switch object {
      case .policy(let policy):
        switch policy.enforcement {
        case .enforced: enforced.append(policy)
        case .staged(let action): staged.append((policy, action))
        }
      case .stagedKubernetesPolicy(let policy): stagedKubernetes.append(policy)
      case .tier, .networkSet, .hostEndpoint: break
      }
    }
    policies = enforced
    kubernetesPolicies = set.networkPolicies.map { $0.lower() }
    if !enforcesStaged { return }
    let replaced = Set(staged.filter { $0.1.replaces }.map { Self.name(of: $0.0) })
    policies.removeAll { replaced.contains(Self.name(of: $0)) }
    policies += staged.filter { $0.1 == .set }.map(\.0)
    for policy in stagedKubernetes where policy.stagedAction.replaces {
      kubernetesPolicies.removeAll {
        $0.identity.namespace == policy.meta.namespace && $0.identity.name == policy.meta.name
      }
      if policy.stagedAction == .set { kubernetesPolicies.append(policy.lower()) }
    }
  }

  private static func name(of policy: CalicoPolicy) -> Name {
    let isGlobal = if case .global = policy.scope { true } else { false }
    return Name(isGlobal: isGlobal, namespace: policy.meta.namespace, name: policy.nameInTier)
  }
}

extension CalicoStagedAction {
  /// Whether the enforced policy of the same name is no longer there.
  fileprivate var replaces: Bool { self == .set || self == .delete }
}

extension CalicoStagedKubernetesPolicy {
  fileprivate func lower() -> Policy {
    NetworkPolicy(meta: meta, spec: spec).lower().with(
      identity: PolicyIdentity(
        kind: CalicoKind.stagedKubernetesNetworkPolicy.rawValue, namespace: meta.namespace, name: meta.name))
  }
}
