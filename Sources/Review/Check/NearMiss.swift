internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Evidence that a selector which matches nothing was meant to match something: all but one condition holds,
/// and the last differs by a typing error.
struct NearMiss {
  /// What the selector probably wanted, `app=ledger`.
  let suggestion: String
  /// Whom it would match then, `payments/ledger`.
  let candidate: String

  /// O(endpoints in scope × conditions).
  static func find(_ selector: EndpointSelector, in world: World) -> NearMiss? {
    guard let wanted = selector.pods.conjunction else { return nil }
    let scope = world.namespaces.indices.filter { selector.namespaces.contains(world.namespaces[$0]) }
    if scope.isEmpty, case .matching(let expression) = selector.namespaces {
      return find(expression, in: world)
    }
    let inScope = Set(scope)
    for endpoint in world.endpoints where inScope.contains(endpoint.namespace) && !endpoint.isFinished {
      if let suggestion = nearMiss(wanted, endpoint.labels, { world.value(of: $0, endpoint) }) {
        return NearMiss(suggestion: suggestion, candidate: world.qualifiedName(endpoint))
      }
    }
    return nil
  }

  private static func find(_ expression: LabelExpression, in world: World) -> NearMiss? {
    guard let wanted = expression.conjunction else { return nil }
    for namespace in world.namespaces {
      if let suggestion = nearMiss(wanted, namespace.labels, namespace.value) {
        return NearMiss(suggestion: suggestion, candidate: "namespace \(namespace.name)")
      }
    }
    return nil
  }

  /// `blue-1` and `blue-2`, `redis` and `redis2`, `v1` and `v2`: names that are meant to differ.
  private static func isNumberedApart(_ a: String, _ b: String) -> Bool {
    func withoutDigits(_ text: String) -> String { text.filter { !$0.isNumber } }
    return withoutDigits(a) == withoutDigits(b)
  }

  /// - Parameter value: what the object has under an attribute.
  private static func nearMiss(
    _ wanted: [AttributeRequirement], _ labels: Labels, _ value: (Attribute) -> String?
  ) -> String? {
    let failing = wanted.filter { !$0.matches(value($0.attribute)) }
    guard failing.count == 1, let requirement = failing.first, case .isIn(let values) = requirement.test,
      let key = requirement.attribute.labelKey
    else { return nil }
    if let actual = value(requirement.attribute) {
      guard let near = Suggestion.nearest(to: actual, among: values), !isNumberedApart(actual, near) else {
        return nil
      }
      return "\(key)=\(actual)"
    }
    let keys = labels.entries.filter { values.contains($0.value) }.map(\.key)
    return Suggestion.nearest(to: key, among: keys).flatMap { key in
      labels[key].map { "\(key)=\($0)" }
    }
  }
}

extension Attribute {
  /// The key of the label that it is, of whatever object.
  var labelKey: String? {
    switch self {
    case .label(let key), .namespaceLabel(let key), .serviceAccountLabel(let key): key
    case .unseenLabel, .serviceAccountName, .hostNetwork: nil
    }
  }
}
