package import Kubernetes

extension NetworkPolicy {
  /// Reads and validates a NetworkPolicy as strictly as a 1.36 API server with `fieldValidation=Strict`
  /// (`pkg/apis/networking/validation`).
  ///
  /// Nil when the server would reject it; everything that is wrong is reported.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    var own: [Diagnostic] = []
    let root = object.root
    defer {
      own.recogniseTemplate(from: 0, at: root.location)
      problems += own
    }
    if object.groupKind.group != Self.groupKind.group || object.version != "v1" {
      own.append(
        Diagnostic(
          .invalidValue, .error, "no API server serves this version of NetworkPolicy any more",
          at: root["apiVersion"]?.location ?? root.location, fix: "write apiVersion: networking.k8s.io/v1"))
    }
    let meta = ObjectMeta(
      root, kind: "NetworkPolicy", scope: .namespaced(defaultNamespace: defaultNamespace), &own)
    StrictMetadata.checkMetadata(root, &own)

    let fields = StrictFields(
      root, type: "NetworkPolicy", known: ["apiVersion", "kind", "metadata", "spec", "status"], &own)
    if let status = fields.written("status") {
      own.append(
        Diagnostic(
          .legacyForm, .warning, "NetworkPolicy has no `status` since Kubernetes 1.28; it is ignored",
          at: status.location, fix: "remove it"))
    }
    var spec = NetworkPolicySpec()
    if let node = fields["spec"], node.isMapping("spec", &own) {
      spec = NetworkPolicySpec(node, type: "NetworkPolicySpec", &own)
    }
    // Duplicate keys are reported where the text is read; which of the values was meant nobody knows.
    guard let meta, !own.contains(where: { $0.severity == .error }), !root.hasDuplicateKeys else {
      return nil
    }
    self.init(meta: meta, spec: spec)
  }
}
