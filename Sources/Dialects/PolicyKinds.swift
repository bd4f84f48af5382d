package import Kubernetes

/// Which kinds are policies.
package enum PolicyKinds {
  /// Whether a kind polices traffic in some engine but is not evaluated: the user must be told.
  package static func isUnevaluatedPolicy(_ kind: GroupKind) -> Bool {
    if PolicyObject.groupKinds.contains(kind) { return false }
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
    if isUnevaluatedPolicy(kind) { return nil }
    let known = PolicyObject.groupKinds
    if kind.kind == NetworkPolicy.groupKind.kind {
      let isForeign =
        kind.group.contains(".") && Suggestion.nearest(to: kind.group, among: known.map(\.group)) == nil
      if isForeign { return nil }
      return "`\(apiVersion)` has no NetworkPolicy; write apiVersion: networking.k8s.io/v1"
    }
    let ofGroup = known.filter { $0.group == kind.group }.map(\.kind).sorted()
    guard let nearest = Suggestion.nearest(to: kind.kind, among: ofGroup) else { return nil }
    return "`\(apiVersion)` has no kind `\(kind.kind)`: did you mean `\(nearest)`?"
  }
}
