internal import Kubernetes
internal import PolicyModel

/// Finds the namespaces that an expression may be true of, without asking each of them.
struct NamespaceFinder {
  private let namespaces: [Namespace]
  /// For each label key that was asked about, the namespaces by value.
  private var byKey: [String: [String: [Int]]] = [:]

  init(_ namespaces: [Namespace]) {
    self.namespaces = namespaces
  }

  /// Indices of the namespaces that an expression is true of, in order.
  ///
  /// Costs what the namespaces cost that have one of the values which the expression wants of some label, or what all
  /// cost if it wants none.
  mutating func indices(meeting expression: LabelExpression) -> [Int] {
    if expression.isEverything { return Array(namespaces.indices) }
    let candidates = candidates(for: expression) ?? Array(namespaces.indices)
    return candidates.filter { expression.matches(namespaces[$0].value) }
  }

  /// The fewest that one wanted label leaves, in order; nil if none is wanted.
  private mutating func candidates(for expression: LabelExpression) -> [Int]? {
    var fewest: [Int]?
    for requirement in expression.conjunction ?? [] {
      guard case .namespaceLabel(let key) = requirement.attribute, case .isIn(let values) = requirement.test
      else { continue }
      let found =
        values.count == 1 ? indices(key, values[0]) : Set(values).flatMap { indices(key, $0) }.sorted()
      if fewest.map({ found.count < $0.count }) ?? true { fewest = found }
    }
    return fewest
  }

  private mutating func indices(_ key: String, _ value: String) -> [Int] {
    if byKey[key] == nil {
      var byValue: [String: [Int]] = [:]
      for (index, namespace) in namespaces.enumerated() {
        if let value = namespace.labels[key] { byValue[value, default: []].append(index) }
      }
      byKey[key] = byValue
    }
    return byKey[key]?[value] ?? []
  }
}
