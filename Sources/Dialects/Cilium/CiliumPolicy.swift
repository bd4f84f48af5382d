package import Kubernetes

/// A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy as its author wrote it (`cilium.io/v2`), after
/// validation by the API server and by the agent.
package struct CiliumPolicy: Sendable {
  /// The two kinds, which differ in where their selectors look.
  package enum Scope: Sendable, Hashable, CaseIterable {
    /// CiliumNetworkPolicy.
    case namespaced
    /// CiliumClusterwideNetworkPolicy.
    case clusterwide

    package var groupKind: GroupKind {
      switch self {
      case .namespaced: GroupKind(group: "cilium.io", kind: "CiliumNetworkPolicy")
      case .clusterwide: GroupKind(group: "cilium.io", kind: "CiliumClusterwideNetworkPolicy")
      }
    }
  }

  package let scope: Scope
  package let meta: ObjectMeta
  package let spec: CiliumRuleSet?
  /// Empty, absent and null all add nothing.
  package let specs: [CiliumRuleSet]

  /// All rule sets, `spec` first. There may be none.
  package var ruleSets: [CiliumRuleSet] { (spec.map { [$0] } ?? []) + specs }
}

extension CiliumPolicy {
  /// Reads and validates a policy as strictly as an API server with the custom resources of Cilium 1.20 and
  /// `fieldValidation=Strict`, and then the agent (`Rule.Validate` in `pkg/policy/api`).
  ///
  /// Nil when either of them would reject the object, which then enforces nothing; everything that is wrong is
  /// reported. The agent rejects all rule sets of an object when one of them is invalid.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard let scope = Scope.allCases.first(where: { $0.groupKind == object.groupKind }) else { return nil }
    let isNamespaced = scope == .namespaced
    var reading = CiliumObjectReading(
      object, versions: ["v2"],
      scope: isNamespaced ? .namespaced(defaultNamespace: defaultNamespace) : .cluster,
      fields: ["spec", "specs", "status"])
    defer { problems += reading.finish() }
    let fields = reading.fields
    spec = fields["spec"].flatMap { CiliumRuleSet($0, "spec", scope, &reading.problems) }
    specs =
      fields.entries("specs", in: object.groupKind.kind, &reading.problems) {
        CiliumRuleSet($0, "specs[]", scope, &$1)
      } ?? []
    if fields["spec"] == nil, fields["specs"] == nil {
      reading.problems.reportMissing(
        at: object.root.location, "a \(object.groupKind.kind) needs a `spec` or `specs`")
    }
    guard let meta = reading.acceptedMeta else { return nil }
    self.scope = scope
    self.meta = meta
  }
}
