package import Kubernetes
internal import PolicyModel

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
    var spec = Spec()
    if let node = fields["spec"], node.isMapping("spec", &own) { spec = Spec(node, &own) }
    // Duplicate keys are reported where the text is read; which of the values was meant nobody knows.
    guard let meta, !own.contains(where: { $0.severity == .error }), !root.hasDuplicateKeys else {
      return nil
    }
    self.init(
      meta: meta, podSelector: spec.podSelector, policyTypes: spec.policyTypes, ingress: spec.ingress,
      egress: spec.egress)
  }
}

/// The fields of `spec` while they are read.
private struct Spec {
  var podSelector: LabelSelector?
  var policyTypes: [Direction] = []
  var ingress: [NetworkPolicy.Rule] = []
  var egress: [NetworkPolicy.Rule] = []

  init() {}

  init(_ node: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(
      node, type: "NetworkPolicySpec", known: ["podSelector", "policyTypes", "ingress", "egress"], &problems)
    podSelector = fields["podSelector"].flatMap { LabelSelector($0, field: "spec.podSelector", &problems) }
    if let list = fields["policyTypes"]?.list("spec.policyTypes", &problems) {
      policyTypes = list.compactMap { Self.policyType($0, &problems) }
      if list.count > 2, let third = list.dropFirst(2).first {
        problems.reportInvalid(third, "`policyTypes` may have at most two entries")
      }
    }
    ingress = Self.rules(fields, .ingress, &problems)
    egress = Self.rules(fields, .egress, &problems)
    warnAboutInertRules(fields, &problems)
  }

  private static func policyType(_ node: Node, _ problems: inout [Diagnostic]) -> Direction? {
    let known = ["Ingress", "Egress"]
    guard let text = node.string("spec.policyTypes[]", &problems) else {
      if node.isNull {
        problems.reportInvalid(node, "`policyTypes` entries must be Ingress or Egress, not null")
      }
      return nil
    }
    switch text {
    case "Ingress": return .ingress
    case "Egress": return .egress
    default:
      problems.reportInvalid(
        node, "`policyTypes` entries must be Ingress or Egress, not `\(text)`",
        fix: Suggestion.nearest(to: text, among: known).map { "did you mean `\($0)`?" })
      return nil
    }
  }

  private static func rules(
    _ fields: StrictFields, _ direction: Direction, _ problems: inout [Diagnostic]
  ) -> [NetworkPolicy.Rule] {
    let list = fields[direction.name]?.list("spec.\(direction.name)", &problems) ?? []
    return list.compactMap { NetworkPolicy.Rule($0, direction, &problems) }
  }

  private func warnAboutInertRules(_ fields: StrictFields, _ problems: inout [Diagnostic]) {
    if policyTypes.isEmpty { return }
    for (direction, rules) in [(Direction.ingress, ingress), (.egress, egress)]
    where !rules.isEmpty && !policyTypes.contains(direction) {
      problems.append(
        Diagnostic(
          .inertRules, .warning,
          "these \(direction.name) rules do nothing: `policyTypes` does not list \(direction == .ingress ? "Ingress" : "Egress")",
          at: fields[direction.name]?.location, fix: "add it to policyTypes, or remove the rules"))
    }
  }
}

extension Diagnostic.Code {
  /// Rules of a direction that their policy does not police.
  package static let inertRules = Self(rawValue: "inert-rules")
}
