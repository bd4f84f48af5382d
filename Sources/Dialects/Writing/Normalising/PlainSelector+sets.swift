internal import Kubernetes
internal import PolicyModel

extension PlainSelector {
  /// The same as one list of requirements; nil when no pod can meet it.
  var conjunction: Conjunction? {
    var requirements: [Conjunction.Requirement] = []
    func add(_ attribute: Attribute, _ test: LabelTerm.Test) {
      requirements.append(Conjunction.Requirement(attribute: attribute, test: test))
    }
    switch namespaces {
    case .named(let names): add(.namespaceLabel(Namespace.nameLabel), LabelTerm.Test(.isIn(names)))
    case .matching(let terms): for term in terms { add(.namespaceLabel(term.key), term.test) }
    }
    for term in pods { add(.label(term.key), term.test) }
    for test in serviceAccounts { add(.serviceAccountName, test) }
    for term in serviceAccountLabels { add(.serviceAccountLabel(term.key), term.test) }
    return Conjunction(requirements)
  }

  init(_ conjunction: Conjunction) {
    var namespaces: [LabelTerm] = []
    var pods: [LabelTerm] = []
    var accounts: [LabelTerm.Test] = []
    var accountLabels: [LabelTerm] = []
    for requirement in conjunction.requirements {
      switch requirement.attribute {
      case .namespaceLabel(let key): namespaces.append(LabelTerm(key, requirement.test))
      case .label(let key): pods.append(LabelTerm(key, requirement.test))
      case .serviceAccountName: accounts.append(requirement.test)
      case .serviceAccountLabel(let key): accountLabels.append(LabelTerm(key, requirement.test))
      case .unseenLabel, .hostNetwork: continue
      }
    }
    let scope: Namespaces
    if namespaces.count == 1, namespaces[0].key == Namespace.nameLabel,
      case .isIn(let names) = namespaces[0].test.test
    {
      scope = .named(names)
    } else {
      scope = .matching(namespaces)
    }
    self.init(
      namespaces: scope, pods: pods, serviceAccounts: accounts, serviceAccountLabels: accountLabels)
  }

  /// The same with as little as says it; nil when no pod can meet it.
  var normalised: PlainSelector? { conjunction.map(PlainSelector.init) }

  /// The pods of both; nil when there can be none.
  func intersection(_ other: PlainSelector) -> PlainSelector? {
    guard let own = conjunction, let others = other.conjunction else { return nil }
    return own.and(others).map(PlainSelector.init)
  }

  /// Whether every pod of `other` is certainly among these.
  func contains(_ other: PlainSelector) -> Bool {
    guard let others = other.conjunction else { return true }
    return conjunction.map(others.implies) ?? false
  }

  /// The pods that are not among `other`.
  func subtracting(_ other: PlainSelector) -> [PlainSelector] {
    guard let own = conjunction else { return [] }
    guard let others = other.conjunction else { return [self] }
    return own.subtracting(others).map(PlainSelector.init)
  }

  /// How many requirements it has.
  var weight: Int { conjunction?.requirements.count ?? 0 }
}

extension [LabelTerm] {
  /// Whether an object with these labels meets all of them.
  func areMet(by labels: Labels) -> Bool { allSatisfy { $0.test.isMet(by: labels[$0.key]) } }

  /// Terms on labels of nodes that hold both.
  func and(_ others: [LabelTerm]) -> [LabelTerm]? {
    let requirements = (self + others).map {
      Conjunction.Requirement(attribute: .label($0.key), test: $0.test)
    }
    return Conjunction(requirements).map { PlainSelector($0).pods }
  }
}
