package import Kubernetes

extension ClusterSnapshot.Selection {
  /// What a reader knows what to do with.
  package init(_ options: ManifestReader.Options) {
    // EndpointSlices say the same as Endpoints, and more.
    let needed = ManifestReader.builtinKinds.union(options.keptKinds)
      .subtracting([GroupKind(group: "", kind: "Endpoints")])
    self.init(
      needed: needed, optional: options.readsDeclarations ? Self.declaring : [],
      shownBy: ["crd.projectcalico.org": "projectcalico.org"])
  }

  /// Kinds that say who talks to whom, beside policies.
  private static let declaring: Set<GroupKind> = [
    GroupKind(group: "networking.k8s.io", kind: "Ingress"),
    GroupKind(group: "gateway.networking.k8s.io", kind: "HTTPRoute"),
    GroupKind(group: "gateway.networking.k8s.io", kind: "GRPCRoute"),
    GroupKind(group: "gateway.networking.k8s.io", kind: "TLSRoute"),
    GroupKind(group: "gateway.networking.k8s.io", kind: "TCPRoute"),
    GroupKind(group: "monitoring.coreos.com", kind: "ServiceMonitor"),
    GroupKind(group: "monitoring.coreos.com", kind: "PodMonitor"),
    GroupKind(group: "rbac.authorization.k8s.io", kind: "RoleBinding"),
    GroupKind(group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding"),
    GroupKind(group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration"),
    GroupKind(group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration"),
    GroupKind(group: "apiregistration.k8s.io", kind: "APIService"),
  ]
}
