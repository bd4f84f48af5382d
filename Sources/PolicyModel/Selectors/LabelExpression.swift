package import Kubernetes

/// Something that selectors can ask about an endpoint, a node or a namespace.
package enum Attribute: Sendable, Hashable {
  /// A label of the object itself.
  case label(String)
  /// A label that the engine leaves out of what it knows: whatever manifests say, nothing has it.
  case unseenLabel(String)
  /// A label of the namespace it lives in.
  case namespaceLabel(String)
  /// The name of the service account it runs as.
  case serviceAccountName
  /// A label of the service account it runs as.
  case serviceAccountLabel(String)
  /// `true` on pods that use their node's network, absent on all others.
  case hostNetwork
}

extension Attribute: CustomStringConvertible {
  /// `app`, `namespace label team`, `service account`.
  package var description: String {
    switch self {
    case .label(let key), .unseenLabel(let key): key
    case .namespaceLabel(Namespace.nameLabel): "namespace"
    case .namespaceLabel(let key): "namespace label \(key)"
    case .serviceAccountName: "service account"
    case .serviceAccountLabel(let key): "service account label \(key)"
    case .hostNetwork: "host network"
    }
  }
}

/// One condition on one attribute.
package struct AttributeRequirement: Sendable, Hashable {
  /// What the value must be like. Only ``LabelTest/isNotIn(_:)`` and ``LabelTest/doesNotExist`` are true of an
  /// absent value.
  package enum Test: Sendable, Hashable {
    case isIn([String])
    case isNotIn([String])
    case exists
    case doesNotExist
    case contains(String)
    case startsWith(String)
    case endsWith(String)

    /// Whether a value (nil: absent) is like that. Values compare byte by byte.
    package func isMet(by value: String?) -> Bool {
      switch self {
      case .isIn(let values): value.map(values.contains) ?? false
      case .isNotIn(let values): !(value.map(values.contains) ?? false)
      case .exists: value != nil
      case .doesNotExist: value == nil
      case .contains(let part): value?.hasPart(part) ?? false
      case .startsWith(let part): value?.utf8.starts(with: part.utf8) ?? false
      case .endsWith(let part): value?.utf8.reversed().starts(with: part.utf8.reversed()) ?? false
      }
    }
  }

  package let attribute: Attribute
  package let test: Test

  package init(_ attribute: Attribute, _ test: Test) {
    self.attribute = attribute
    self.test = test
  }

  /// Whether a value (nil: absent) meets the condition.
  package func matches(_ value: String?) -> Bool { test.isMet(by: value) }
}

extension AttributeRequirement: CustomStringConvertible {
  /// kubectl's spelling where it has one: `app=web`, `tier in (a,b)`, `!canary`, `app starts with "web"`.
  package var description: String {
    switch test {
    case .isIn(let values) where values.count == 1: "\(attribute)=\(values[0])"
    case .isIn(let values): "\(attribute) in (\(values.joined(separator: ",")))"
    case .isNotIn(let values) where values.count == 1: "\(attribute)!=\(values[0])"
    case .isNotIn(let values): "\(attribute) notin (\(values.joined(separator: ",")))"
    case .exists: "\(attribute)"
    case .doesNotExist: "!\(attribute)"
    case .contains(let part): "\(attribute) contains \"\(part)\""
    case .startsWith(let part): "\(attribute) starts with \"\(part)\""
    case .endsWith(let part): "\(attribute) ends with \"\(part)\""
    }
  }
}

/// A condition on attributes.
package indirect enum LabelExpression: Sendable {
  case requirement(Located<AttributeRequirement>)
  /// A condition that nobody wrote: it is part of what the dialect means by a selector.
  case attribute(Attribute, AttributeRequirement.Test)
  /// All of them; true without any.
  case all([LabelExpression])
  /// One of them; false without any.
  case any([LabelExpression])
  case not(LabelExpression)

  /// True for everything.
  package static let everything = LabelExpression.all([])
  /// True for nothing.
  package static let nothing = LabelExpression.any([])

  /// A Kubernetes label selector.
  ///
  /// - Parameter attribute: what the selector's keys are the names of.
  package init(_ selector: LabelSelector, of attribute: (String) -> Attribute = Attribute.label) {
    self = .all(
      selector.requirements.map {
        .requirement(
          Located(AttributeRequirement(attribute($0.value.key), .init($0.value.operator)), at: $0.location))
      })
  }

  /// Whether it is true for everything by its form.
  package var isEverything: Bool {
    if case .all(let parts) = self { parts.allSatisfy(\.isEverything) } else { false }
  }

  /// Whether it is true, when `value` answers an attribute's value (nil: absent).
  package func matches(_ value: (Attribute) -> String?) -> Bool {
    switch self {
    case .requirement(let requirement): requirement.value.matches(value(requirement.value.attribute))
    case .attribute(let attribute, let test): AttributeRequirement(attribute, test).matches(value(attribute))
    case .all(let parts): parts.allSatisfy { $0.matches(value) }
    case .any(let parts): parts.contains { $0.matches(value) }
    case .not(let part): !part.matches(value)
    }
  }

  /// Whether it is true of an object with these labels and nothing else.
  package func matches(_ labels: Labels) -> Bool {
    matches { if case .label(let key) = $0 { labels[key] } else { nil } }
  }

  /// Calls `body` for every condition, however deep it stands.
  package func forEachRequirement(_ body: (AttributeRequirement) -> Void) {
    switch self {
    case .requirement(let requirement): body(requirement.value)
    case .attribute(let attribute, let test): body(AttributeRequirement(attribute, test))
    case .all(let parts), .any(let parts): for part in parts { part.forEachRequirement(body) }
    case .not(let part): part.forEachRequirement(body)
    }
  }

  /// The same conditions on other attributes.
  package func mapAttributes(_ transform: (Attribute) -> Attribute) -> LabelExpression {
    switch self {
    case .requirement(let requirement):
      .requirement(
        Located(
          AttributeRequirement(transform(requirement.value.attribute), requirement.value.test),
          at: requirement.location))
    case .attribute(let attribute, let test): .attribute(transform(attribute), test)
    case .all(let parts): .all(parts.map { $0.mapAttributes(transform) })
    case .any(let parts): .any(parts.map { $0.mapAttributes(transform) })
    case .not(let part): .not(part.mapAttributes(transform))
    }
  }

  /// Whether it asks for a label that the engine leaves out of what it knows.
  package var asksForUnseenLabels: Bool {
    var found = false
    forEachRequirement { if case .unseenLabel = $0.attribute { found = true } }
    return found
  }

  /// Every requirement that was written, in the order of the text.
  package var requirements: [Located<AttributeRequirement>] {
    switch self {
    case .requirement(let requirement): [requirement]
    case .attribute: []
    case .all(let parts), .any(let parts): parts.flatMap(\.requirements)
    case .not(let part): part.requirements
    }
  }

  /// The requirements when all of them must hold and nothing else; nil for other forms.
  package var conjunction: [AttributeRequirement]? {
    switch self {
    case .requirement(let requirement): return [requirement.value]
    case .attribute(let attribute, let test): return [AttributeRequirement(attribute, test)]
    case .all(let parts):
      var requirements: [AttributeRequirement] = []
      for part in parts {
        guard let own = part.conjunction else { return nil }
        requirements += own
      }
      return requirements
    case .any, .not: return nil
    }
  }
}

extension AttributeRequirement.Test {
  /// The same test as a Kubernetes selector writes it.
  package init(_ operator: LabelRequirement.Operator) {
    switch `operator` {
    case .isIn(let values): self = .isIn(values)
    case .isNotIn(let values): self = .isNotIn(values)
    case .exists: self = .exists
    case .doesNotExist: self = .doesNotExist
    }
  }
}

extension LabelExpression: CustomStringConvertible {
  /// kubectl's spelling, `app=web,tier in (a,b)`; alternatives and negations in words.
  package var description: String {
    switch self {
    case .requirement(let requirement): return requirement.value.description
    case .attribute(let attribute, let test): return AttributeRequirement(attribute, test).description
    case .all(let parts):
      return parts.map { part in
        if case .any(let choices) = part, choices.count != 1 { "(\(part))" } else { part.description }
      }.joined(separator: ",")
    case .any(let parts):
      return parts.isEmpty ? "nothing" : parts.map(\.description).joined(separator: " or ")
    case .not(let part): return "not (\(part))"
    }
  }
}
