internal import Kubernetes
internal import PolicyModel

/// Requirements that must all hold, as few as say it: what nothing can meet and what everything meets is found out.
struct Conjunction: Hashable {
  struct Requirement: Hashable {
    let attribute: Attribute
    let test: LabelTerm.Test

    /// True exactly where this one is not.
    var opposite: Requirement { Requirement(attribute: attribute, test: test.opposite) }
  }

  /// Sorted; none is repeated, and none is implied by another one of its attribute.
  let requirements: [Requirement]

  static let everything = Conjunction(sorted: [])

  private init(sorted requirements: [Requirement]) { self.requirements = requirements }

  /// Nil when nothing can meet all of them.
  init?(_ requirements: [Requirement]) {
    var merged: [Requirement] = []
    // Quadratic, and faster than a table for the handful of requirements that selectors have.
    for (index, requirement) in requirements.enumerated() {
      let attribute = requirement.attribute
      if requirements[..<index].contains(where: { $0.attribute == attribute }) { continue }
      let tests = requirements[index...].lazy.filter { $0.attribute == attribute }.map(\.test)
      guard let least = attribute.merged(Array(tests)) else { return nil }
      for test in least { merged.append(Requirement(attribute: attribute, test: test)) }
    }
    self.requirements = merged.count < 2 ? merged : merged.sorted { $0.isBefore($1) }
  }

  /// Nil when nothing can meet both.
  func and(_ other: Conjunction) -> Conjunction? {
    if requirements.isEmpty { return other }
    return other.requirements.isEmpty ? self : Conjunction(requirements + other.requirements)
  }

  /// Whether whatever meets it certainly meets `other`.
  func implies(_ other: Conjunction) -> Bool {
    other.requirements.allSatisfy { other in
      // What is asked of other attributes cannot help: each of these requirements can be met by itself.
      let own = requirements.filter { $0.attribute == other.attribute }
      return own.contains(other) || Conjunction(own + [other.opposite]) == nil
    }
  }

  /// The names of which a pod's namespace must have one; nil when it is not asked for its name.
  var namespaceNames: [String]? {
    let name = Attribute.namespaceLabel(Namespace.nameLabel)
    return requirements.lazy.filter { $0.attribute == name }.compactMap {
      if case .isIn(let names) = $0.test.test { names } else { nil }
    }.first
  }

  /// What meets it and not `other`, as alternatives.
  func subtracting(_ other: Conjunction) -> [Conjunction] {
    other.requirements.compactMap { Conjunction(requirements + [$0.opposite]) }
  }
}

extension Conjunction.Requirement {
  fileprivate func isBefore(_ other: Self) -> Bool {
    if attribute == other.attribute { return test.sortKey < other.test.sortKey }
    let (own, others) = (attribute.sortKey, other.attribute.sortKey)
    return own.rank == others.rank ? own.key < others.key : own.rank < others.rank
  }
}

extension Attribute {
  fileprivate var sortKey: (rank: Int, key: String) {
    switch self {
    case .namespaceLabel(let key): (0, key)
    case .label(let key): (1, key)
    case .serviceAccountName: (2, "")
    case .serviceAccountLabel(let key): (3, key)
    case .unseenLabel(let key): (4, key)
    case .hostNetwork: (5, "")
    }
  }

  /// The least tests that are met exactly where all of these are; nil when no value, absent or not, meets them.
  fileprivate func merged(_ tests: [LabelTerm.Test]) -> [LabelTerm.Test]? {
    if !canExist { return tests.allSatisfy { $0.isMet(by: nil) } ? [] : nil }
    if tests.count == 1, case .isIn(let values) = tests[0].test, values.count == 1, !tests[0].isNegated {
      return values.allSatisfy(canBe) ? tests : nil
    }
    var wanted: Set<String>?
    var unwanted: Set<String> = []
    var (mustExist, mustNot) = (false, false)
    var parts: Set<LabelTerm.Test> = []
    for test in tests.map(\.simplified) {
      switch test.test {
      case .isIn(let values): wanted = wanted?.intersection(values) ?? Set(values)
      case .isNotIn(let values): unwanted.formUnion(values)
      case .exists: mustExist = true
      case .doesNotExist: mustNot = true
      case .contains, .startsWith, .endsWith:
        if test.canBeMetByLabels { parts.insert(test) } else if !test.isNegated { return nil }
      }
    }
    let positive = parts.filter { !$0.isNegated }
    if mustNot {
      return mustExist || alwaysExists || wanted != nil || !positive.isEmpty ? nil : [.init(.doesNotExist)]
    }
    func isPossible(_ value: String) -> Bool { canBe(value) && parts.allSatisfy { $0.isMet(by: value) } }
    if let wanted {
      let values = wanted.filter { isPossible($0) && !unwanted.contains($0) }
      return values.isEmpty ? nil : [.init(.isIn(values.sorted()))]
    }
    var least = parts.sorted { $0.sortKey < $1.sortKey }
    let possible = unwanted.filter(isPossible)
    if !possible.isEmpty { least.append(.init(.isNotIn(possible.sorted()))) }
    if mustExist, positive.isEmpty, !alwaysExists { least.append(.init(.exists)) }
    return least
  }
}

extension LabelTerm.Test {
  /// Spelt out: the printed form of a case is looked up by reflection, and terms are sorted more often than anything
  /// else is done with them.
  fileprivate var sortKey: String {
    let text =
      switch test {
      case .contains(let part): "contains(" + part
      case .doesNotExist: "doesNotExist"
      case .endsWith(let part): "endsWith(" + part
      case .exists: "exists"
      case .isIn(let values): "isIn([" + values.joined(separator: ", ")
      case .isNotIn(let values): "isNotIn([" + values.joined(separator: ", ")
      case .startsWith(let part): "startsWith(" + part
      }
    return isNegated ? text + " true" : text + " false"
  }

  /// Whether a value (nil: absent) is as it asks.
  package func isMet(by value: String?) -> Bool { test.isMet(by: value) != isNegated }

  /// True exactly where this one is not.
  var opposite: LabelTerm.Test { LabelTerm.Test(test, isNegated: !isNegated).simplified }

  /// The same without a negation where another test says it.
  var simplified: LabelTerm.Test {
    let direct: AttributeRequirement.Test =
      switch test {
      case .contains(""), .startsWith(""), .endsWith(""): .exists
      default: test
      }
    if !isNegated { return LabelTerm.Test(direct) }
    switch direct {
    case .isIn(let values): return LabelTerm.Test(.isNotIn(values))
    case .isNotIn(let values): return LabelTerm.Test(.isIn(values))
    case .exists: return LabelTerm.Test(.doesNotExist)
    case .doesNotExist: return LabelTerm.Test(.exists)
    case .contains, .startsWith, .endsWith: return self
    }
  }

  /// Whether it is one for parts of a value.
  var isAboutParts: Bool {
    switch test {
    case .contains, .startsWith, .endsWith: true
    case .isIn, .isNotIn, .exists, .doesNotExist: false
    }
  }

  /// Whether some value has such a part.
  fileprivate var canBeMetByLabels: Bool {
    switch test {
    case .contains(let part), .startsWith(let part), .endsWith(let part):
      part.utf8.count <= 63 && part.utf8.allSatisfy(NameRules.isInLabelValues)
    case .isIn, .isNotIn, .exists, .doesNotExist: true
    }
  }
}
