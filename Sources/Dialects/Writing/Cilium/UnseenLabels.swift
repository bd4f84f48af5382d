internal import Kubernetes

/// What becomes of a selector that asks for labels which Cilium's agent leaves out of identities by default: to it no pod has
/// them.
struct UnseenLabels {
  static let fix = "include them with the agent's `labels` option"

  /// The labels, sorted.
  let keys: [String]
  /// Whether the selector demands one of them, so that it matches nothing.
  let isMissed: Bool
  /// The selector that is seen in its place: of what it matches too much, or the whole when it matches nothing.
  let seen: PlainSelector

  /// Nil when all labels are seen.
  init?(_ selector: PlainSelector) {
    let terms = selector.unseenByCilium
    if terms.isEmpty { return nil }
    keys = Set(terms.map(\.key)).sorted()
    isMissed = terms.contains { !$0.test.isMet(by: nil) }
    seen = isMissed ? selector : selector.without(terms)
  }

  var reason: String {
    "by default Cilium leaves the label\(keys.count == 1 ? "" : "s") \(keys.joined(separator: ", ")) out of identities"
  }
}

extension PlainSelector {
  /// The same without some terms.
  fileprivate func without(_ terms: [LabelTerm]) -> PlainSelector {
    let scope: Namespaces =
      switch namespaces {
      case .named: namespaces
      case .matching(let own): .matching(own.filter { !terms.contains($0) })
      }
    return PlainSelector(
      namespaces: scope, pods: pods.filter { !terms.contains($0) }, serviceAccounts: serviceAccounts,
      serviceAccountLabels: serviceAccountLabels)
  }
}
