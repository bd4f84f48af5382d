package import Kubernetes

/// A StagedKubernetesNetworkPolicy: a NetworkPolicy of Kubernetes that is never enforced, only reported.
package struct CalicoStagedKubernetesPolicy: Sendable {
  package let meta: ObjectMeta
  package let stagedAction: CalicoStagedAction
  /// Directions are filled in as Kubernetes does.
  package let spec: NetworkPolicySpec
}

extension CalicoStagedKubernetesPolicy {
  /// Reads and validates an object; nil when Calico would reject it, which is reported.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    let decoded = CalicoEnvelope.read(
      object, [.stagedKubernetesNetworkPolicy], defaultNamespace: defaultNamespace, &problems
    ) { envelope, problems -> (CalicoStagedAction, NetworkPolicySpec)? in
      guard let node = envelope.spec else { return (.set, NetworkPolicySpec()) }
      let spec = NetworkPolicySpec(
        node, type: "\(envelope.kind.rawValue)Spec", otherFields: ["stagedAction"], &problems)
      Self.checkPolicyTypes(node["policyTypes"], &problems)
      return (CalicoStagedAction(envelope, &problems), spec)
    }
    guard let (meta, (stagedAction, spec)) = decoded else { return nil }
    self.init(meta: meta, stagedAction: stagedAction, spec: spec)
  }

  /// The list is a set with one or two elements, which it need not be in Kubernetes.
  private static func checkPolicyTypes(_ node: Node?, _ problems: inout [Diagnostic]) {
    guard let node, node.content == .sequence else { return }
    if node.elements.isEmpty {
      problems.reportInvalid(
        node, "`policyTypes` must have one or two entries", fix: "remove it, or write policyTypes: [Ingress]")
    }
    problems.reportRepeated(
      node.elements.map { Located($0.text, at: $0.location) }, field: "spec.policyTypes")
  }
}
