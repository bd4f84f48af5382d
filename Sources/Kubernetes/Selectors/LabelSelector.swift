/// One condition on one label.
package struct LabelRequirement: Sendable, Hashable {
  /// The four operators of `matchExpressions`; an entry of `matchLabels` is ``isIn(_:)`` with one value.
  package enum Operator: Sendable, Hashable {
    /// The key is present with one of the values.
    case isIn([String])
    /// The key is absent, or present with none of the values.
    case isNotIn([String])
    case exists
    case doesNotExist
  }

  package let key: String
  package let `operator`: Operator

  package init(key: String, _ operator: Operator) {
    self.key = key
    self.operator = `operator`
  }

  /// Whether a label's value (nil: absent) meets the condition. Values compare byte by byte.
  package func matches(_ value: String?) -> Bool { `operator`.matches(value) }
}

extension LabelRequirement.Operator {
  /// Whether a label's value (nil: absent) meets the condition. Values compare byte by byte.
  package func matches(_ value: String?) -> Bool {
    switch self {
    case .isIn(let values): value.map(values.contains) ?? false
    case .isNotIn(let values): !(value.map(values.contains) ?? false)
    case .exists: value != nil
    case .doesNotExist: value == nil
    }
  }
}

extension LabelRequirement: CustomStringConvertible {
  /// kubectl's spelling: `app=web`, `tier in (a,b)`, `!canary`.
  package var description: String {
    switch `operator` {
    case .isIn(let values):
      if values.count == 1, let only = values.first {
        "\(key)=\(only)"
      } else {
        "\(key) in (\(values.joined(separator: ",")))"
      }
    case .isNotIn(let values):
      if values.count == 1, let only = values.first {
        "\(key)!=\(only)"
      } else {
        "\(key) notin (\(values.joined(separator: ",")))"
      }
    case .exists: key
    case .doesNotExist: "!\(key)"
    }
  }
}

/// A label selector (`meta/v1 LabelSelector`): all its requirements together. Without any it selects everything.
package struct LabelSelector: Sendable {
  /// `matchLabels` in the order of the text, then `matchExpressions`.
  package var requirements: [Located<LabelRequirement>]
  package var location: SourceLocation

  package init(requirements: [Located<LabelRequirement>], location: SourceLocation) {
    self.requirements = requirements
    self.location = location
  }

  /// Whether labels meet every requirement. O(requirements × labels).
  package func matches(_ labels: Labels) -> Bool {
    requirements.allSatisfy { $0.value.matches(labels[$0.value.key]) }
  }
}

extension LabelSelector {
  /// Reads a selector strictly, with the rules of `ValidateLabelSelector` (apimachinery
  /// `meta/v1/validation`). Nil when anything is wrong: a selector that is half read selects too much.
  ///
  /// - Parameter elsewhere: see ``StrictFields``.
  package init?(
    _ node: Node, field: @autoclosure () -> String, elsewhere: [String: String] = [:],
    _ problems: inout [Diagnostic]
  ) {
    let problemsBefore = problems.count
    guard node.isMapping(field(), &problems) else { return nil }
    let fields = StrictFields(
      node, type: "LabelSelector", known: ["matchLabels", "matchExpressions"], elsewhere: elsewhere,
      consequence: "(a server that drops it selects everything)", &problems)
    var requirements: [Located<LabelRequirement>] = []
    if let matchLabels = fields["matchLabels"], matchLabels.isMapping("\(field()).matchLabels", &problems) {
      for (key, value) in matchLabels.members {
        let keyText = key.keyText
        if let problem = NameRules.labelKeyProblem(keyText) {
          problems.reportInvalid(key, "the label key `\(keyText)` \(problem)")
        }
        if let text = Labels.value(value, "\(field()).matchLabels.\(keyText)", &problems) {
          requirements.append(Located(LabelRequirement(key: keyText, .isIn([text])), at: key.location))
        }
      }
    }
    for expression in fields["matchExpressions"]?.list("\(field()).matchExpressions", &problems) ?? [] {
      if let requirement = Self.requirement(expression, field: field(), &problems) {
        requirements.append(Located(requirement, at: expression.location))
      }
    }
    guard
      problems.count == problemsBefore
        || !problems[problemsBefore...].contains(where: { $0.severity == .error })
    else { return nil }
    self.init(requirements: requirements, location: node.location)
  }

  private static func requirement(
    _ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]
  ) -> LabelRequirement? {
    guard node.content == .mapping else {
      problems.reportWrongType(node, "\(field()).matchExpressions[]", expected: "a mapping")
      return nil
    }
    let fields = StrictFields(
      node, type: "LabelSelectorRequirement", known: ["key", "operator", "values"], &problems)
    guard let keyNode = fields["key"] else {
      problems.append(
        Diagnostic(.missingField, .error, "a `matchExpressions` entry needs a `key`", at: node.location))
      return nil
    }
    let key = keyNode.string("key", &problems)
    if let key, let problem = NameRules.labelKeyProblem(key) {
      problems.reportInvalid(keyNode, "the label key `\(key)` \(problem)")
    }
    let valueNodes = fields["values"]?.list("values", &problems) ?? []
    let values = valueNodes.compactMap { Labels.value($0, "values[]", &problems) }
    guard let operatorNode = fields["operator"] else {
      problems.append(
        Diagnostic(
          .missingField, .error,
          "a `matchExpressions` entry needs an `operator`: In, NotIn, Exists or DoesNotExist",
          at: node.location))
      return nil
    }
    guard let name = operatorNode.string("operator", &problems) else { return nil }
    let `operator`: LabelRequirement.Operator
    switch name {
    case "In", "NotIn":
      if valueNodes.isEmpty {
        problems.reportInvalid(operatorNode, "`operator: \(name)` needs at least one value")
      }
      `operator` = name == "In" ? .isIn(values) : .isNotIn(values)
    case "Exists", "DoesNotExist":
      if !valueNodes.isEmpty {
        problems.reportInvalid(operatorNode, "`operator: \(name)` must not have values")
      }
      `operator` = name == "Exists" ? .exists : .doesNotExist
    default:
      let known = ["In", "NotIn", "Exists", "DoesNotExist"]
      problems.reportInvalid(
        operatorNode, "`\(name)` is not an operator",
        fix: Suggestion.nearest(to: name, among: known).map { "did you mean `\($0)`?" }
          ?? "use In, NotIn, Exists or DoesNotExist")
      return nil
    }
    return key.map { LabelRequirement(key: $0, `operator`) }
  }
}
