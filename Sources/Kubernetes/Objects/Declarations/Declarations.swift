/// What manifests say about who talks to whom, beside what policies can see. Read only when it is asked for.
///
/// Decoded leniently: what cannot be read is a note and nothing else, for no answer about policies depends on it.
package struct Declarations: Sendable {
  /// Of pods and workloads that say anything, in the order of the input.
  package private(set) var pods: [PodDeclarations] = []
  /// Services that objects send traffic to.
  package private(set) var services: [ServiceReference] = []
  /// Service accounts that somebody has given rights to use the Kubernetes API.
  package private(set) var bindings: [AccountBinding] = []
  /// Service accounts whose pods get no token unless they ask for it.
  package private(set) var accountsWithoutToken: [ObjectName] = []
  /// What a Prometheus scrapes.
  package private(set) var monitors: [Monitor] = []
  /// Annotations that tell `merlon lint` to be silent.
  package private(set) var lintAnnotations: [LintAnnotation] = []
  /// What could not be read.
  package private(set) var notes: [Diagnostic] = []

  package init() {}

  mutating func append(_ other: Declarations) {
    pods += other.pods
    services += other.services
    bindings += other.bindings
    accountsWithoutToken += other.accountsWithoutToken
    monitors += other.monitors
    lintAnnotations += other.lintAnnotations
    notes += other.notes
  }

  /// Takes out what stands in files that are no objects.
  mutating func removeAll(at isGone: (SourceLocation?) -> Bool) {
    pods.removeAll { isGone($0.location) }
    services.removeAll { isGone($0.location) }
    bindings.removeAll { isGone($0.location) }
    monitors.removeAll { isGone($0.location) }
    lintAnnotations.removeAll { isGone($0.location) }
    notes.removeAll { isGone($0.location) }
  }

  /// Reads what one object says.
  mutating func add(_ object: Node, _ groupKind: GroupKind, defaultNamespace: String) {
    let before = notes.count
    if let annotation = LintAnnotation(object, kind: groupKind.kind, defaultNamespace: defaultNamespace) {
      lintAnnotations.append(annotation)
    }
    switch groupKind.group {
    case "", "apps", "batch":
      if let own = PodDeclarations(
        object, kind: groupKind.kind, defaultNamespace: defaultNamespace, &notes)
      {
        pods.append(own)
      }
      if groupKind.kind == "ServiceAccount", object["automountServiceAccountToken"]?.plainBool == false,
        let name = ObjectName(object, kind: groupKind.kind, defaultNamespace: defaultNamespace)
      {
        accountsWithoutToken.append(name)
      }
    case "rbac.authorization.k8s.io":
      bindings += AccountBinding.all(
        in: object, kind: groupKind.kind, defaultNamespace: defaultNamespace)
    case Monitor.group:
      if let monitor = Monitor(
        object, kind: groupKind.kind, defaultNamespace: defaultNamespace, &notes)
      {
        monitors.append(monitor)
      }
    default:
      services += ServiceReference.all(
        in: object, groupKind, defaultNamespace: defaultNamespace, &notes)
    }
    for index in before..<notes.count { notes[index].severity = .note }
  }
}

/// Names an object of the input, of whatever kind.
package struct ObjectName: Sendable, Hashable {
  package let kind: String
  /// Empty for objects that live in no namespace.
  package let namespace: String
  package let name: String

  package init(kind: String, namespace: String, name: String) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }

  /// Reads `kind` and `metadata` without judging them; nil without a name.
  ///
  /// - Parameter defaultNamespace: nil for kinds that live in no namespace.
  init?(_ object: Node, kind: String, defaultNamespace: String?) {
    guard let metadata = object["metadata"], let name = metadata["name"]?.text, !name.isEmpty else {
      return nil
    }
    let written = metadata["namespace"]?.text ?? ""
    self.init(
      kind: kind, namespace: defaultNamespace.map { written.isEmpty ? $0 : written } ?? "", name: name)
  }
}

extension ObjectName: CustomStringConvertible {
  /// `Ingress shop/web`.
  package var description: String { namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)" }
}

/// An annotation that keeps `merlon lint` from reporting something about its object.
package struct LintAnnotation: Sendable {
  package static let key: StaticString = "merlon.dev/lint-ignore"

  package let object: ObjectName
  /// `MRL012 until=2027-01-31 reason`, as written.
  package let text: String
  package let location: SourceLocation

  init?(_ object: Node, kind: String, defaultNamespace: String) {
    guard let value = object["metadata"]?["annotations"]?[Self.key],
      let name = ObjectName(object, kind: kind, defaultNamespace: defaultNamespace)
    else { return nil }
    self.object = name
    text = value.text
    location = value.location
  }
}
