package import Kubernetes
package import PolicyModel

/// The `spec` of a NetworkPolicy, which other kinds have too. Without fields it closes ingress of its namespace.
package struct NetworkPolicySpec: Sendable {
  /// Nil when left out, which selects every pod of the namespace.
  package private(set) var podSelector: LabelSelector?
  /// As written; empty when left out.
  package private(set) var policyTypes: [Direction] = []
  package private(set) var ingress: [NetworkPolicy.Rule] = []
  package private(set) var egress: [NetworkPolicy.Rule] = []

  /// The directions in which the policy isolates: as written, else ingress, and egress when there are egress
  /// rules (`SetDefaults_NetworkPolicy` in `pkg/apis/networking/v1/defaults.go`).
  package var effectiveTypes: Set<Direction> {
    if !policyTypes.isEmpty { return Set(policyTypes) }
    return egress.isEmpty ? [.ingress] : [.ingress, .egress]
  }
}

extension NetworkPolicySpec {
  /// Reads and validates a spec, reporting everything that is wrong.
  ///
  /// - Parameter type: the API type's name, for messages.
  /// - Parameter otherFields: what the type has besides the fields of a NetworkPolicy; the caller reads them.
  init(_ node: Node, type: String, otherFields: [String] = [], _ problems: inout [Diagnostic]) {
    let fields = StrictFields(
      node, type: type, known: ["podSelector", "policyTypes", "ingress", "egress"] + otherFields, &problems)
    podSelector = fields["podSelector"].flatMap { LabelSelector($0, field: "spec.podSelector", &problems) }
    if let list = fields["policyTypes"]?.list("spec.policyTypes", &problems) {
      policyTypes = list.compactMap { Self.policyType($0, &problems) }
      if list.count > 2, let third = list.dropFirst(2).first {
        problems.reportInvalid(third, "`policyTypes` may have at most two entries")
      }
    }
    ingress = Self.rules(fields, .ingress, &problems)
    egress = Self.rules(fields, .egress, &problems)
    if policyTypes.isEmpty { return }
    for (direction, rules) in [(Direction.ingress, ingress), (.egress, egress)]
    where !rules.isEmpty && !policyTypes.contains(direction) {
      problems.reportInertRules(direction, list: "policyTypes", at: fields[direction.name]?.location)
    }
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
}

extension [Diagnostic] {
  /// Warns about rules of a direction that their policy does not police.
  ///
  /// - Parameter list: the field that lists the policed directions.
  mutating func reportInertRules(_ direction: Direction, list: String, at location: SourceLocation?) {
    append(
      Diagnostic(
        .inertRules, .warning,
        "these \(direction.name) rules do nothing: `\(list)` does not list \(direction == .ingress ? "Ingress" : "Egress")",
        at: location, fix: "add it to \(list), or remove the rules"))
  }
}

extension Diagnostic.Code {
  /// Rules of a direction that their policy does not police.
  package static let inertRules = Self(rawValue: "inert-rules")
}
