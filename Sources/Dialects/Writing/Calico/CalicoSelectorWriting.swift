internal import Kubernetes
internal import PolicyModel

/// Selectors in Calico's language (SEMANTICS.md §3.4).
extension PlainSelector {
  /// Keeps out network sets and host endpoints, which other terms may be true of too.
  private static let isPod = "\(CalicoLabels.orchestrator) == 'k8s'"
  private static let hasNamespace = "has(\(CalicoLabels.name))"

  /// The pods' own labels; `all()` when nothing is asked.
  var calicoLabels: String { pods.isEmpty ? "all()" : Self.text(pods) }

  /// The same of pods and nothing else.
  var calicoPods: String { pods.isEmpty ? Self.isPod : "\(Self.text(pods)) && \(Self.isPod)" }

  /// Which namespaces; nothing without a namespace is among them.
  var calicoNamespaces: String {
    let terms = namespaceTerms.map { term in
      term.key == Namespace.nameLabel ? LabelTerm(CalicoLabels.name, term.test) : term
    }
    if terms.isEmpty { return "all()" }
    let isPositive = terms.contains { !$0.test.isMet(by: nil) }
    return (isPositive ? "" : "\(Self.hasNamespace) && ") + Self.text(terms)
  }

  /// Which service accounts; nil for any.
  var calicoServiceAccounts: String? {
    let terms = serviceAccounts.map { LabelTerm(CalicoLabels.name, $0) } + serviceAccountLabels
    return terms.isEmpty ? nil : Self.text(terms)
  }

  /// Labels that mean something else in Calico, or that it does not let pods have.
  var keysCalicoTakesOtherwise: [String] {
    pods.map(\.key).filter { key in
      if case .attribute(.label(key)) = CalicoLabels.ofPods.meaning(key) { false } else { true }
    } + (namespaceTerms + serviceAccountLabels).map(\.key).filter { $0 == CalicoLabels.name }
  }

  private static func text(_ terms: [LabelTerm]) -> String {
    terms.map(\.calico).joined(separator: " && ")
  }
}

extension LabelTerm {
  fileprivate var calico: String {
    let term = test.simplified
    let positive =
      switch term.test {
      case .isIn(let values) where values.count == 1: "\(key) == '\(values[0])'"
      case .isIn(let values): "\(key) in \(Self.set(values))"
      case .isNotIn(let values) where values.count == 1: "\(key) != '\(values[0])'"
      case .isNotIn(let values): "\(key) not in \(Self.set(values))"
      case .exists: "has(\(key))"
      case .doesNotExist: "!has(\(key))"
      case .contains(let part): "\(key) contains '\(part)'"
      case .startsWith(let part): "\(key) starts with '\(part)'"
      case .endsWith(let part): "\(key) ends with '\(part)'"
      }
    return term.isNegated ? "!(\(positive))" : positive
  }

  private static func set(_ values: [String]) -> String {
    "{\(values.map { "'\($0)'" }.joined(separator: ", "))}"
  }
}
