package import Kubernetes
package import PolicyModel

/// A NetworkPolicy or GlobalNetworkPolicy of Calico, enforced or staged, as its author wrote it, after validation
/// (SEMANTICS.md §3.2).
package struct CalicoPolicy: Sendable {
  package enum Enforcement: Sendable, Hashable {
    case enforced
    /// Never enforced, only reported.
    case staged(CalicoStagedAction)
  }

  package enum Scope: Sendable {
    /// Workload endpoints of the policy's namespace.
    case namespaced
    /// Workload endpoints of all namespaces, and host endpoints.
    case global(Global)
  }

  /// What only global policies have.
  package struct Global: Sendable {
    /// By the labels of the namespace; nil: any namespace, and none.
    package let namespaceSelector: CalicoSelector?
    package let stage: PacketStage
  }

  /// When in its way through a host a packet meets the policy. It matters to host endpoints.
  package enum PacketStage: Sendable, Hashable {
    /// After connection tracking.
    case tracked(applyOnForward: Bool)
    /// Before connection tracking: both directions need rules. It is for forwarded traffic too.
    case doNotTrack
    /// Before destination NAT, so that rules see node ports and virtual addresses. It is for forwarded traffic too.
    case preDNAT
  }

  package enum PerformanceHint: String, Sendable, CaseIterable {
    case assumeNeededOnEveryNode = "AssumeNeededOnEveryNode"
  }

  package let meta: ObjectMeta
  package let enforcement: Enforcement
  package let scope: Scope
  /// `default` when left out.
  package let tier: String
  /// Nil when left out: after every policy of the tier that has one.
  package let order: Double?
  /// `all()` when left out.
  package let selector: CalicoSelector
  /// By the labels of the service account; nil: any, and none.
  package let serviceAccountSelector: CalicoSelector?
  /// As written; empty when left out.
  package let types: [Direction]
  /// The directions that the policy polices.
  ///
  /// As written, else by the number of rules, as Calico's Go code fills them in: egress when there are egress rules
  /// and no ingress rules, both when there are both, ingress otherwise. (The admission policy of the v3 schemas asks
  /// whether the lists are present instead, which differs for `egress: []` alone.) Nobody fills them in for
  /// `crd.projectcalico.org/v1`, and Felix takes none for both.
  package let effectiveTypes: Set<Direction>
  package let ingress: [CalicoRule]
  package let egress: [CalicoRule]
  /// They change no decision.
  package let performanceHints: [PerformanceHint]

  /// `NetworkPolicy`, `StagedGlobalNetworkPolicy`.
  package var kind: CalicoKind {
    switch (scope, enforcement) {
    case (.namespaced, .enforced): .networkPolicy
    case (.namespaced, .staged): .stagedNetworkPolicy
    case (.global, .enforced): .globalNetworkPolicy
    case (.global, .staged): .stagedGlobalNetworkPolicy
    }
  }
}

/// What a staged policy stands for.
package enum CalicoStagedAction: String, Sendable, CaseIterable {
  /// The policy would be there. The default.
  case set = "Set"
  /// The policy of the same name would be gone.
  case delete = "Delete"
  case learn = "Learn"
  case ignore = "Ignore"
}
