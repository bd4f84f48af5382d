package import Kubernetes

/// A selector of identities: all its requirements together. Without any it selects everything, within the
/// namespaces that its place in the policy adds (SEMANTICS.md §4.2).
package struct CiliumSelector: Sendable {
  package struct Requirement: Sendable, Hashable {
    package let key: CiliumLabelKey
    package let `operator`: LabelRequirement.Operator
    /// Written in `matchLabels`.
    package let isMatchLabel: Bool
  }

  /// `matchLabels` in the order of the text, then `matchExpressions`.
  package let requirements: [Located<Requirement>]
  package let location: SourceLocation

  /// Whether some requirement asks for this.
  package func mentions(_ isWanted: (CiliumLabelKey) -> Bool) -> Bool {
    requirements.contains { isWanted($0.value.key) }
  }
}

extension CiliumSelector.Requirement: CustomStringConvertible {
  /// kubectl's spelling: `k8s:app=web`, `!canary`.
  package var description: String { LabelRequirement(key: key.description, `operator`).description }
}

extension CiliumSelector {
  /// Reads a selector, nil when it is not a mapping. The schema knows operators and the values of
  /// `matchLabels`; the rest is the agent's.
  init?(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard let reading = SelectorReading(node, field: field, &problems) else { return nil }
    requirements = reading.requirements.compactMap { written in
      guard let key = CiliumLabelKey(written.key.keyText) else {
        if let problem = CiliumLabelKey.problem(written.key.keyText) {
          problems.reportIgnoredByAgent(
            at: written.key.location, "the label key `\(written.key.keyText)` \(problem)")
        }
        return nil
      }
      return Located(
        Requirement(key: key, operator: written.operator, isMatchLabel: written.isMatchLabel),
        at: written.location)
    }
    location = node.location
  }
}

extension LabelSelector {
  /// Reads a selector of CiliumCIDRGroups, whose keys have no source.
  init?(cidrGroups node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard let reading = SelectorReading(node, field: field, &problems) else { return nil }
    let requirements = reading.requirements.map { written in
      let key = written.key.keyText
      if let problem = NameRules.labelKeyProblem(key) {
        problems.reportIgnoredByAgent(at: written.key.location, "the label key `\(key)` \(problem)")
      }
      return Located(LabelRequirement(key: key, written.operator), at: written.location)
    }
    self.init(requirements: requirements, location: node.location)
  }
}

/// The requirements of a selector before anybody looks at their keys.
private struct SelectorReading {
  struct Requirement {
    let key: Node
    let `operator`: LabelRequirement.Operator
    let isMatchLabel: Bool
    let location: SourceLocation
  }

  private(set) var requirements: [Requirement] = []

  init?(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "LabelSelector", known: ["matchLabels", "matchExpressions"],
      consequence: "(a server that drops it selects everything)", &problems)
    if let labels = fields["matchLabels"], labels.isMapping("\(field).matchLabels", &problems) {
      readLabels(labels, "\(field).matchLabels", &problems)
    }
    requirements +=
      fields.entries("matchExpressions", in: field, &problems) { expression, problems in
        Self.expression(expression, &problems)
      } ?? []
  }

  private mutating func readLabels(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) {
    for (key, value) in node.members {
      if value.isNull {
        problems.append(
          Diagnostic(
            .droppedField, .warning,
            "the label `\(key.keyText)` is null, and dropped by the API server: the selector selects more",
            at: value.location, fix: "write \"\" for an empty value"))
        continue
      }
      guard let text = value.string("\(field).\(key.keyText)", &problems) else { continue }
      if let problem = NameRules.labelValueProblem(text) {
        problems.reportRefusedByServer(at: value.location, "the label value `\(text)` \(problem)")
      }
      requirements.append(
        Requirement(key: key, operator: .isIn([text]), isMatchLabel: true, location: key.location))
    }
  }

  /// The operators of the schema.
  private enum Operator: String, CaseIterable {
    case isIn = "In"
    case isNotIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
  }

  private static func expression(_ node: Node, _ problems: inout [Diagnostic]) -> Requirement? {
    let field = "matchExpressions[]"
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "LabelSelectorRequirement", known: ["key", "operator", "values"], &problems)
    let values = fields.strings("values", in: field, &problems) ?? []
    for value in values {
      if let problem = NameRules.labelValueProblem(value.value) {
        problems.reportIgnoredByAgent(at: value.location, "the label value `\(value.value)` \(problem)")
      }
    }
    guard let key = fields["key"], let operatorNode = fields["operator"] else {
      problems.reportMissing(at: node.location, "a `matchExpressions` entry needs a `key` and an `operator`")
      return nil
    }
    let name: Operator? = fields.choice("operator", in: field, &problems)
    guard key.string("\(field).key", &problems) != nil, let name else { return nil }
    let takesValues = name == .isIn || name == .isNotIn
    if takesValues == values.isEmpty {
      let what = takesValues ? "needs at least one value" : "must not have values"
      problems.reportIgnoredByAgent(at: operatorNode.location, "`operator: \(name.rawValue)` \(what)")
    }
    let texts = values.map(\.value)
    let meaning: LabelRequirement.Operator =
      switch name {
      case .isIn: .isIn(texts)
      case .isNotIn: .isNotIn(texts)
      case .exists: .exists
      case .doesNotExist: .doesNotExist
      }
    return Requirement(key: key, operator: meaning, isMatchLabel: false, location: node.location)
  }
}
