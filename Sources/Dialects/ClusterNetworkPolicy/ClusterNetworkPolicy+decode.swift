package import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy {
  /// Reads and validates an object of `policy.networking.k8s.io` as strictly as a server with the experimental
  /// channel of the API and `fieldValidation=Strict` (v1alpha2 of release v0.2.0, v1alpha1 of v0.1.8).
  ///
  /// What the standard channel rejects is a warning. What it admits and the experimental channel rejects is an
  /// error, because it never matches. Nil when a server would reject the object; everything that is wrong is
  /// reported.
  package init?(_ object: ForeignObject, _ problems: inout [Diagnostic]) {
    var own: [Diagnostic] = []
    let root = object.root
    defer {
      own.recogniseTemplate(from: 0, at: root.location)
      problems += own
    }
    guard let kind = Kind(rawValue: object.groupKind.kind) else {
      own.reportInvalid(
        root["kind"] ?? root,
        "`\(object.groupKind.kind)` is none of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    if object.groupKind.group != Kind.group || object.version != kind.version.rawValue {
      let served = "\(Kind.group)/\(kind.version.rawValue)"
      own.reportInvalid(
        root["apiVersion"] ?? root, "only \(served) has the kind \(kind.rawValue)",
        fix: "write apiVersion: \(served)")
    }
    let meta = ObjectMeta(root, kind: kind.rawValue, scope: .cluster, &own)
    StrictMetadata.checkMetadata(root, &own)
    Self.checkScope(root, meta, kind, &own)

    let fields = StrictFields(
      root, type: kind.rawValue, known: ["apiVersion", "kind", "metadata", "spec", "status"], &own)
    Self.checkStatus(fields["status"], kind, &own)
    var spec = Spec()
    if let node = fields["spec"] {
      if node.isMapping("spec", &own) { spec = Spec(node, kind, &own) }
    } else {
      own.reportMissing("\(kind.rawValue) without `spec`", at: meta?.location ?? root.location)
    }
    Self.warnAboutChannel(spec.ingress + spec.egress, kind, &own)
    // Duplicate keys are reported where the text is read; which of the values was meant nobody knows.
    guard let meta, let tier = spec.tier, let subject = spec.subject,
      !own.contains(where: { $0.severity == .error }), !root.hasDuplicateKeys
    else { return nil }
    self.init(
      kind: kind, meta: meta, tier: tier, priority: spec.priority, subject: subject, ingress: spec.ingress,
      egress: spec.egress)
  }

  private static func checkScope(
    _ root: Node, _ meta: ObjectMeta?, _ kind: Kind, _ problems: inout [Diagnostic]
  ) {
    if kind == .baselineAdminNetworkPolicy, let meta, meta.name != "default" {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "the one BaselineAdminNetworkPolicy of a cluster has the name `default`, not `\(meta.name)`",
          at: meta.location, fix: "write name: default"))
    }
    guard let namespace = root["metadata"]?["namespace"], !namespace.isNull, !namespace.text.isEmpty else {
      return
    }
    problems.append(
      Diagnostic(
        .droppedField, .warning,
        "\(kind.rawValue) belongs to no namespace: the server drops `metadata.namespace`, and the policy is the whole cluster's",
        at: namespace.location, fix: "remove it, and select the namespace in spec.subject if it was meant"))
  }

  /// Servers drop the status that a manifest carries, but only after a look at its fields' names.
  private static func checkStatus(_ status: Node?, _ kind: Kind, _ problems: inout [Diagnostic]) {
    guard let status, status.content == .mapping else { return }
    let fields = StrictFields(status, type: "\(kind.rawValue)Status", known: ["conditions"], &problems)
    for condition in fields["conditions"]?.elements ?? [] where condition.content == .mapping {
      _ = StrictFields(
        condition, type: "Condition",
        known: ["type", "status", "observedGeneration", "lastTransitionTime", "reason", "message"], &problems)
    }
  }

  /// One warning for each field that the standard channel does not have: its servers drop the field, find nothing
  /// in its place and reject the object.
  private static func warnAboutChannel(_ rules: [Rule], _ kind: Kind, _ problems: inout [Diagnostic]) {
    let peers = rules.flatMap(\.peers)
    var places: [(field: String, location: SourceLocation?)] = [
      ("nodes", peers.first { if case .nodes = $0.kind { true } else { false } }?.location),
      ("domainNames", peers.first { if case .domainNames = $0.kind { true } else { false } }?.location),
    ]
    if kind.version == .v1alpha1 {
      let named = rules.flatMap(\.protocols.matches).first(where: \.namesPort)
      places.append((kind.namedPortField, named?.location))
    }
    for case (let field, let location?) in places {
      problems.append(
        Diagnostic(
          .experimentalChannel, .warning,
          "standard-channel clusters reject `\(field)`: only the experimental channel of the API has it",
          at: location))
    }
  }
}

/// The fields of `spec` while they are read; nil where one is missing or wrong, which is reported.
private struct Spec {
  var tier: ClusterNetworkPolicy.Tier?
  var priority: Located<Int>?
  var subject: ClusterNetworkPolicy.Subject?
  var ingress: [ClusterNetworkPolicy.Rule] = []
  var egress: [ClusterNetworkPolicy.Rule] = []

  init() {}

  init(_ node: Node, _ kind: ClusterNetworkPolicy.Kind, _ problems: inout [Diagnostic]) {
    var known = ["subject", "ingress", "egress"]
    if kind != .baselineAdminNetworkPolicy { known.insert("priority", at: 0) }
    if kind.impliedTier == nil { known.insert("tier", at: 0) }
    let fields = StrictFields(
      node, type: "\(kind.rawValue)Spec", known: known, elsewhere: Self.elsewhere, &problems)
    tier = kind.impliedTier ?? Self.tier(fields, node, &problems)
    if kind != .baselineAdminNetworkPolicy { priority = Self.priority(fields, kind, node, &problems) }
    if let written = fields["subject"] {
      subject = ClusterNetworkPolicy.Subject(written, kind, &problems)
    } else {
      problems.reportMissing("\(kind.rawValue) without `spec.subject`", at: node.location)
    }
    ingress = Self.rules(fields, kind, .ingress, &problems)
    egress = Self.rules(fields, kind, .egress, &problems)
  }

  private static let elsewhere = [
    "tier": "the kind says the tier; ClusterNetworkPolicy has the field",
    "priority": "a BaselineAdminNetworkPolicy has none, it is the only one",
    "policyTypes": "rules say what they police",
    "podSelector": "write `subject`",
  ]

  private static func tier(
    _ fields: StrictFields, _ node: Node, _ problems: inout [Diagnostic]
  ) -> ClusterNetworkPolicy.Tier? {
    guard let written = fields["tier"] else {
      problems.reportMissing("ClusterNetworkPolicy without `spec.tier`: Admin or Baseline", at: node.location)
      return nil
    }
    guard let text = written.string("spec.tier", &problems) else { return nil }
    guard let tier = ClusterNetworkPolicy.Tier(rawValue: text) else {
      let known = ClusterNetworkPolicy.Tier.allCases.map(\.rawValue)
      problems.reportInvalid(
        written, "`tier` must be Admin or Baseline, not `\(text)`",
        fix: Suggestion.nearest(to: text, among: known).map { "did you mean `\($0)`?" })
      return nil
    }
    return tier
  }

  private static func priority(
    _ fields: StrictFields, _ kind: ClusterNetworkPolicy.Kind, _ node: Node, _ problems: inout [Diagnostic]
  ) -> Located<Int>? {
    guard let written = fields["priority"] else {
      problems.reportMissing("\(kind.rawValue) without `spec.priority`: 0 to 1000", at: node.location)
      return nil
    }
    guard let number = written.integer("spec.priority", &problems) else { return nil }
    guard (0...1000).contains(number) else {
      problems.reportInvalid(written, "`priority` must be 0 to 1000, not \(number)")
      return nil
    }
    return Located(Int(number), at: written.location)
  }

  private static func rules(
    _ fields: StrictFields, _ kind: ClusterNetworkPolicy.Kind, _ direction: Direction,
    _ problems: inout [Diagnostic]
  ) -> [ClusterNetworkPolicy.Rule] {
    let field = "spec.\(direction.name)"
    let list = fields[direction.name]?.list(field, &problems) ?? []
    problems.checkCount(list, field, upTo: kind.listLimit)
    return list.compactMap { ClusterNetworkPolicy.Rule($0, kind, direction, &problems) }
  }
}
