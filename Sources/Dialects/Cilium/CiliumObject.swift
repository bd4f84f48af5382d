package import Kubernetes

/// An object of any kind that Cilium's policies are made of.
package enum CiliumObject: Sendable {
  case policy(CiliumPolicy)
  case cidrGroup(CiliumCIDRGroup)

  package var meta: ObjectMeta {
    switch self {
    case .policy(let policy): policy.meta
    case .cidrGroup(let group): group.meta
    }
  }

  /// The kinds that ``init(_:defaultNamespace:_:)`` reads.
  package static let groupKinds: Set<GroupKind> = [
    CiliumPolicy.Scope.namespaced.groupKind, CiliumPolicy.Scope.clusterwide.groupKind,
    CiliumCIDRGroup.groupKind,
  ]

  /// Reads an object; nil when it is of no such kind, or when it enforces nothing, which is reported.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    if object.groupKind == CiliumCIDRGroup.groupKind {
      guard let group = CiliumCIDRGroup(object, &problems) else { return nil }
      self = .cidrGroup(group)
    } else {
      guard let policy = CiliumPolicy(object, defaultNamespace: defaultNamespace, &problems) else {
        return nil
      }
      self = .policy(policy)
    }
  }
}

/// What is the same for all kinds while an object is read.
struct CiliumObjectReading {
  var problems: [Diagnostic] = []
  let fields: StrictFields
  private let root: Node
  private let meta: ObjectMeta?

  init(_ object: ForeignObject, versions: [String], scope: ObjectScope, fields known: [String]) {
    root = object.root
    let kind = object.groupKind.kind
    if !versions.contains(object.version) {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "no API server serves this version of \(kind)",
          at: root["apiVersion"]?.location ?? root.location, fix: "write apiVersion: cilium.io/v2"))
    }
    meta = ObjectMeta(root, kind: kind, scope: scope, &problems)
    StrictMetadata.checkMetadata(root, &problems)
    fields = StrictFields(root, type: kind, known: ["apiVersion", "kind", "metadata"] + known, &problems)
  }

  /// The metadata, when nothing is wrong with the object.
  ///
  /// Duplicate keys are reported where the text is read; which of the values was meant nobody knows.
  var acceptedMeta: ObjectMeta? {
    problems.contains { $0.severity == .error } || root.hasDuplicateKeys ? nil : meta
  }

  /// The problems, one when the object is a template.
  func finish() -> [Diagnostic] {
    var problems = problems
    problems.recogniseTemplate(from: 0, at: root.location)
    return problems
  }
}
