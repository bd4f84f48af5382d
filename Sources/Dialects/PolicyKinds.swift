package import Kubernetes

/// Which kinds are policies, and which of them this version evaluates.
package enum PolicyKinds {
  /// Kinds that are read into the policy model. The retired groups are kept so that they can be refused by name.
  package static let evaluated: Set<GroupKind> = [
    NetworkPolicy.groupKind, GroupKind(group: "extensions", kind: "NetworkPolicy"),
  ]

  /// Whether a kind polices traffic in some engine but is not evaluated: the user must be told.
  package static func isUnevaluatedPolicy(_ kind: GroupKind) -> Bool {
    switch kind.group {
    case "policy.networking.k8s.io": return true
    case "projectcalico.org", "crd.projectcalico.org":
      return kind.kind.hasSuffix("NetworkPolicy") || kind.kind == "Tier" || kind.kind == "HostEndpoint"
    case "cilium.io": return kind.kind.hasSuffix("NetworkPolicy")
    case "crd.antrea.io": return kind.kind.hasSuffix("NetworkPolicy") || kind.kind == "Tier"
    case "k8s.ovn.org": return kind.kind == "EgressFirewall"
    default: return false
    }
  }

  /// What is wrong with a kind that is nearly a policy; nil when it is just another kind.
  package static func misspelled(_ kind: GroupKind, apiVersion: String) -> String? {
    let wanted = NetworkPolicy.groupKind
    if kind.kind == wanted.kind {
      if isUnevaluatedPolicy(kind) { return nil }
      let isForeign =
        kind.group.contains(".") && Suggestion.nearest(to: kind.group, among: [wanted.group]) == nil
      if isForeign { return nil }
      return "`\(apiVersion)` has no NetworkPolicy; write apiVersion: networking.k8s.io/v1"
    }
    guard kind.group == wanted.group, Suggestion.nearest(to: kind.kind, among: [wanted.kind]) != nil else {
      return nil
    }
    return "`\(apiVersion)` has no kind `\(kind.kind)`: did you mean `NetworkPolicy`?"
  }
}
