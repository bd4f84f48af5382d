internal import Kubernetes
internal import PolicyModel

extension CalicoSelector {
  /// Whose labels a selector speaks of, while it selects endpoints and network sets.
  enum Owner {
    /// Their own.
    case endpoint
    /// Those of their namespace; `all()` asks for one.
    case namespace
    /// Those of their service account; `all()` asks for one where a policy says whom it is about, but not in rules
    /// (`prefixAndAppendSelector` and `parseServiceAccounts` in `libcalico-go/lib/backend/syncersv1`).
    case serviceAccount(allAsksForOne: Bool)
  }

  /// The condition in the neutral model.
  func lower(_ labels: CalicoLabels, of owner: Owner = .endpoint) -> LabelExpression {
    expression.lower(labels, owner)
  }

  /// Whether something whose labels are constants is meant.
  func matches(_ labels: CalicoLabels, of owner: Owner = .endpoint) -> Bool {
    expression.holds { term in
      switch term.kind {
      case .all, .global: owner.labelOfAll.map { labels.constant($0) != nil } ?? true
      case .label(let key, let test): test.matches(labels.constant(owner.prefix + key))
      }
    }
  }
}

extension CalicoSelector.Owner {
  fileprivate var prefix: String {
    switch self {
    case .endpoint: ""
    case .namespace: CalicoLabels.namespacePrefix
    case .serviceAccount: CalicoLabels.serviceAccountPrefix
    }
  }

  /// The label that `all()` asks for; nil when it asks for nothing.
  fileprivate var labelOfAll: String? {
    switch self {
    case .namespace: CalicoLabels.namespace
    case .serviceAccount(allAsksForOne: true): CalicoLabels.serviceAccount
    case .endpoint, .serviceAccount: nil
    }
  }
}

extension CalicoSelector.Expression {
  fileprivate func lower(_ labels: CalicoLabels, _ owner: CalicoSelector.Owner) -> LabelExpression {
    switch self {
    case .anyOf(let parts): .oneOf(parts.map { $0.lower(labels, owner) })
    case .allOf(let parts): .allOf(parts.map { $0.lower(labels, owner) })
    case .not(let part): part.lower(labels, owner).negated
    case .term(let term): term.lower(labels, owner)
    }
  }
}

extension CalicoSelector.Term {
  fileprivate func lower(_ labels: CalicoLabels, _ owner: CalicoSelector.Owner) -> LabelExpression {
    switch kind {
    case .all, .global:
      guard let label = owner.labelOfAll else { return .everything }
      return LabelExpression(labels.meaning(label), .exists, at: location)
    case .label(let key, let test):
      return LabelExpression(labels.meaning(owner.prefix + key), test.lowered, at: location)
    }
  }
}

extension CalicoSelector.LabelTest {
  fileprivate var lowered: AttributeRequirement.Test {
    switch self {
    case .exists: .exists
    case .equals(let value): .isIn([value])
    case .notEquals(let value): .isNotIn([value])
    case .isIn(let values): .isIn(values)
    case .isNotIn(let values): .isNotIn(values)
    case .contains(let part): .contains(part)
    case .startsWith(let part): .startsWith(part)
    case .endsWith(let part): .endsWith(part)
    }
  }
}

extension LabelExpression {
  /// A written condition on a label. What is true or false of all pods says so by its form.
  fileprivate init(
    _ meaning: CalicoLabels.Meaning, _ test: AttributeRequirement.Test, at location: SourceLocation
  ) {
    switch (meaning, test) {
    case (.attribute(.namespaceLabel(Namespace.nameLabel)), .exists),
      (.attribute(.serviceAccountName), .exists):
      self = .everything
    case (.attribute(let attribute), _):
      self = .requirement(Located(AttributeRequirement(attribute, test), at: location))
    case (.constant(let value), _):
      self = AttributeRequirement(.label(""), test).matches(value) ? .everything : .nothing
    }
  }

  /// All of them, without what asks nothing.
  static func allOf(_ parts: [LabelExpression]) -> LabelExpression {
    if parts.contains(where: \.isNothing) { return .nothing }
    let asking = parts.filter { !$0.isEverything }
    return asking.count == 1 ? asking[0] : .all(asking)
  }

  /// One of them, without what is never true.
  fileprivate static func oneOf(_ parts: [LabelExpression]) -> LabelExpression {
    if parts.contains(where: \.isEverything) { return .everything }
    let possible = parts.filter { !$0.isNothing }
    return possible.count == 1 ? possible[0] : .any(possible)
  }

  /// The opposite, as another test of the same attribute where there is one.
  fileprivate var negated: LabelExpression {
    if isEverything { return .nothing }
    if isNothing { return .everything }
    switch self {
    case .not(let part): return part
    case .requirement(let requirement):
      guard let opposite = requirement.value.test.opposite else { return .not(self) }
      return .requirement(
        Located(AttributeRequirement(requirement.value.attribute, opposite), at: requirement.location))
    case .attribute, .all, .any: return .not(self)
    }
  }

  /// Whether it is false of everything by its form.
  fileprivate var isNothing: Bool {
    if case .any(let parts) = self { parts.allSatisfy(\.isNothing) } else { false }
  }
}

extension AttributeRequirement.Test {
  /// The test that is true exactly where this one is not; nil when there is none.
  fileprivate var opposite: Self? {
    switch self {
    case .isIn(let values): .isNotIn(values)
    case .isNotIn(let values): .isIn(values)
    case .exists: .doesNotExist
    case .doesNotExist: .exists
    case .contains, .startsWith, .endsWith: nil
    }
  }
}
