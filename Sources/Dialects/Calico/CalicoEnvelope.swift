internal import Kubernetes

/// What surrounds the `spec` of every kind of Calico.
struct CalicoEnvelope {
  let kind: CalicoKind
  let group: CalicoGroup
  let root: Node
  /// Nil when left out.
  let spec: Node?

  /// Reads an object: its envelope here, its fields in `readSpec`, which reports what is wrong and may answer nil.
  ///
  /// Nil when Calico would reject the object.
  static func read<Spec>(
    _ object: ForeignObject, _ kinds: Set<CalicoKind>, defaultNamespace: String,
    _ problems: inout [Diagnostic],
    _ readSpec: (CalicoEnvelope, inout [Diagnostic]) -> Spec?
  ) -> (meta: ObjectMeta, spec: Spec)? {
    guard let kind = CalicoKind(rawValue: object.groupKind.kind), kinds.contains(kind),
      let group = CalicoGroup(rawValue: object.groupKind.group)
    else { return nil }
    var own: [Diagnostic] = []
    let root = object.root
    defer {
      own.recogniseTemplate(from: 0, at: root.location)
      problems += own
    }
    if object.version != group.version {
      own.append(
        Diagnostic(
          .invalidValue, .error, "no API server serves `\(group.rawValue)/\(object.version)`",
          at: root["apiVersion"]?.location ?? root.location, fix: "write apiVersion: \(group.apiVersion)"))
    }
    let meta = ObjectMeta(
      root, kind: kind.rawValue,
      scope: kind.isNamespaced ? .namespaced(defaultNamespace: defaultNamespace) : .cluster, &own)
    StrictMetadata.checkMetadata(root, &own)
    if !kind.isNamespaced, let namespace = root["metadata"]?["namespace"], !namespace.isZero {
      own.append(
        Diagnostic(
          .invalidValue, .warning, "\(kind.rawValue) has no namespace: this one is ignored",
          at: namespace.location, fix: "remove it"))
    }
    let fields = StrictFields(
      root, type: kind.rawValue,
      known: ["apiVersion", "kind", "metadata", "spec"] + (kind == .tier ? ["status"] : []), &own)
    let envelope = CalicoEnvelope(
      kind: kind, group: group, root: root,
      spec: fields["spec"].flatMap { $0.isMapping("spec", &own) ? $0 : nil })
    if fields["spec"] == nil, group == .projectCalico || kind == .tier {
      own.append(Diagnostic(.missingField, .error, "\(kind.rawValue) without `spec`", at: root.location))
    }
    let spec = readSpec(envelope, &own)
    // Duplicate keys are reported where the text is read; which of the values was meant nobody knows.
    guard let meta, let spec, !own.contains(where: { $0.severity == .error }), !root.hasDuplicateKeys else {
      return nil
    }
    return (meta, spec)
  }
}
