internal import Kubernetes
internal import PolicyModel

/// What the selectors of a policy, or of one end of a rule, mean together: pods, host endpoints and network sets
/// (SEMANTICS.md §3.3).
struct CalicoSelection {
  enum Namespaces {
    /// In any, and in none.
    case any
    case named(String)
    /// In none.
    case none
    case matching(CalicoSelector)
  }

  let namespaces: Namespaces
  /// Nil: any labels.
  let selector: CalicoSelector?
  /// Empty: any.
  let serviceAccountNames: [String]
  /// By the labels of the service account; nil: any.
  let serviceAccountSelector: CalicoSelector?
  /// Whether it says whom a policy is about.
  let isSubject: Bool

  /// The pods; nil when none can be meant.
  var pods: EndpointSelector? {
    let scope: NamespaceScope
    switch namespaces {
    case .none: return nil
    case .any: scope = .all
    case .named(let name): scope = .named(name)
    case .matching(let selector): scope = .matching(selector.lower(.ofPods, of: .namespace))
    }
    var parts = [
      selector?.lower(.ofPods), serviceAccountSelector?.lower(.ofPods, of: ownerOfServiceAccounts),
    ].compactMap { $0 }
    if !serviceAccountNames.isEmpty {
      parts.append(.attribute(.serviceAccountName, .isIn(serviceAccountNames)))
    }
    return EndpointSelector(namespaces: scope, pods: .allOf(parts))
  }

  /// Whether a network set or a host endpoint with these labels is meant.
  func contains(_ labels: CalicoLabels) -> Bool {
    // Its own labels first, as few have those that a selector of pods asks for.
    if !hasCriteria(of: labels) { return false }
    return switch namespaces {
    case .any: true
    case .named(let name): labels.constant(CalicoLabels.namespace) == name
    case .none: labels.constant(CalicoLabels.namespace) == nil
    case .matching(let selector): selector.matches(labels, of: .namespace)
    }
  }

  /// Whether one with these labels is meant when it is in the ``namespaces``.
  func hasCriteria(of labels: CalicoLabels) -> Bool {
    serviceAccountNames.isEmpty && selector?.matches(labels) ?? true
      && serviceAccountSelector?.matches(labels, of: ownerOfServiceAccounts) ?? true
  }

  private var ownerOfServiceAccounts: CalicoSelector.Owner { .serviceAccount(allAsksForOne: isSubject) }
}

extension CalicoSelection {
  /// Whom a policy is about.
  init(_ policy: CalicoPolicy) {
    namespaces =
      switch policy.scope {
      case .namespaced: .named(policy.meta.namespace)
      case .global(let global): global.namespaceSelector.map { .matching($0) } ?? .any
      }
    selector = policy.selector
    serviceAccountNames = []
    serviceAccountSelector = policy.serviceAccountSelector
    isSubject = true
  }

  /// Whom the positive selectors of an end mean; nil when there is none that counts, so that the end is not
  /// limited.
  ///
  /// - Parameter namespace: that of the policy; nil for a global one. Any selector limits the end to it, even a
  ///   negative one (`getEndpointSelector` in `libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go`).
  init?(_ criteria: CalicoPeerCriteria, namespace: String?) {
    let hasPositive =
      criteria.selector != nil || criteria.serviceAccounts != nil || criteria.namespaceSelector != nil
    guard hasPositive || (namespace != nil && criteria.notSelector != nil) else { return nil }
    namespaces =
      switch criteria.namespaceSelector {
      case .global?: .none
      case .matching(let selector)?: .matching(selector)
      case nil: namespace.map { .named($0) } ?? .any
      }
    selector = criteria.selector
    serviceAccountNames = criteria.serviceAccounts?.names ?? []
    serviceAccountSelector = criteria.serviceAccounts?.selector
    isSubject = false
  }

  /// What a negative selector means, which looks everywhere.
  init(everythingWith selector: CalicoSelector) {
    namespaces = .any
    self.selector = selector
    serviceAccountNames = []
    serviceAccountSelector = nil
    isSubject = false
  }
}
