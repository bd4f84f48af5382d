internal import Kubernetes
internal import PolicyModel

extension LabelExpression {
  /// The same condition as alternatives, each a conjunction; none when nothing can meet it.
  ///
  /// - Returns: nil when there are more than `limit`.
  func conjunctions(limit: Int) -> [Conjunction]? { conjunctions(isNegated: false, limit: limit) }

  private func conjunctions(isNegated: Bool, limit: Int) -> [Conjunction]? {
    switch self {
    case .requirement(let requirement):
      Self.conjunctions(requirement.value.attribute, requirement.value.test, isNegated: isNegated)
    case .attribute(let attribute, let test):
      Self.conjunctions(attribute, test, isNegated: isNegated)
    case .not(let part): part.conjunctions(isNegated: !isNegated, limit: limit)
    case .all(let parts):
      Alternatives.joined(parts, isConjunction: !isNegated, limit: limit) {
        $0.conjunctions(isNegated: isNegated, limit: limit)
      }
    case .any(let parts):
      Alternatives.joined(parts, isConjunction: isNegated, limit: limit) {
        $0.conjunctions(isNegated: isNegated, limit: limit)
      }
    }
  }

  private static func conjunctions(
    _ attribute: Attribute, _ test: AttributeRequirement.Test, isNegated: Bool
  ) -> [Conjunction] {
    let requirement = Conjunction.Requirement(
      attribute: attribute, test: LabelTerm.Test(test, isNegated: isNegated).simplified)
    return Conjunction([requirement]).map { [$0] } ?? []
  }
}

/// Conditions as alternatives of conjunctions.
enum Alternatives {
  /// The alternatives of all parts, or what is left of each choice of one alternative of every part.
  ///
  /// - Returns: nil when there are more than `limit`, also on the way.
  fileprivate static func joined(
    _ parts: [LabelExpression], isConjunction: Bool, limit: Int,
    _ alternatives: (LabelExpression) -> [Conjunction]?
  ) -> [Conjunction]? {
    var result: [Conjunction] = isConjunction ? [.everything] : []
    for part in parts {
      guard let own = alternatives(part) else { return nil }
      result = least(isConjunction ? result.flatMap { left in own.compactMap(left.and) } : result + own)
      if result.count > limit { return nil }
    }
    return result
  }

  /// Without those that another one has as a part: it is more general.
  static func least(_ alternatives: [Conjunction]) -> [Conjunction] {
    if alternatives.count < 2 { return alternatives }
    let sets = alternatives.map { Set($0.requirements) }
    return alternatives.indices.filter { index in
      !sets.indices.contains { other in
        other != index
          && (sets[other].isStrictSubset(of: sets[index]) || other < index && sets[other] == sets[index])
      }
    }.map { alternatives[$0] }
  }
}
