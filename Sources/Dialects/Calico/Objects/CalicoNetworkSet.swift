package import Kubernetes

/// A NetworkSet or GlobalNetworkSet: addresses with labels, which only selectors match.
package struct CalicoNetworkSet: Sendable {
  /// Its labels are what selectors match. ``ObjectMeta/namespace`` is empty for a global one.
  package let meta: ObjectMeta
  package let isGlobal: Bool
  package let nets: [CalicoNet]
}

extension CalicoNetworkSet {
  /// The label that Calico gives to what lives in a namespace.
  private static let namespaceLabel = "projectcalico.org/namespace"
  /// A list of names, in Calico Enterprise and Calico Cloud.
  private static let domains = "allowedEgressDomains"

  /// Reads and validates a set; nil when Calico would reject it, which is reported.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    let decoded = CalicoEnvelope.read(
      object, [.networkSet, .globalNetworkSet], defaultNamespace: defaultNamespace, &problems
    ) { envelope, problems -> (isGlobal: Bool, nets: [CalicoNet])? in
      for (key, _) in envelope.root["metadata"]?["labels"]?.members ?? []
      where key.keyText == Self.namespaceLabel {
        problems.reportInvalid(key, "the label `\(Self.namespaceLabel)` is Calico's own", fix: "remove it")
      }
      let isGlobal = !envelope.kind.isNamespaced
      guard let node = envelope.spec else { return (isGlobal, []) }
      let fields = StrictFields(
        node, type: "\(envelope.kind.rawValue)Spec", known: ["nets", Self.domains], &problems)
      problems.reportEnterprise(
        fields, Self.domains, consequence: "so that the set lacks them and a rule that denies the set opens")
      return (isGlobal, CalicoNet.list(fields["nets"], field: "spec.nets", .networkSet, &problems))
    }
    guard let (meta, spec) = decoded else { return nil }
    self.init(meta: meta, isGlobal: spec.isGlobal, nets: spec.nets)
  }
}
