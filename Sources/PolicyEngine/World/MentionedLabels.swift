internal import Kubernetes
internal import PolicyModel

/// The pod labels that policies look at: keys, each with what is asked of its values.
struct MentionedLabels {
  struct Key {
    /// Values that a label's value is compared with as a whole.
    var values: Set<String> = []
    /// Tests on parts of the value.
    var parts: Set<AttributeRequirement.Test> = []
  }

  private(set) var keys: [String: Key] = [:]

  init(_ policies: [Policy]) {
    for policy in policies {
      if let selector = policy.subject.endpoints { add(selector.pods) }
      for rule in policy.rules {
        rule.forEachCondition { if case .endpoints(let selector) = $0 { add(selector.pods) } }
      }
    }
  }

  private mutating func add(_ expression: LabelExpression) {
    expression.forEachRequirement { requirement in
      guard case .label(let key) = requirement.attribute else { return }
      switch requirement.test {
      case .isIn(let values), .isNotIn(let values): keys[key, default: Key()].values.formUnion(values)
      case .exists, .doesNotExist: if keys[key] == nil { keys[key] = Key() }
      case .contains, .startsWith, .endsWith: keys[key, default: Key()].parts.insert(requirement.test)
      }
    }
  }
}
