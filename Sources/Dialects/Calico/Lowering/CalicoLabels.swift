internal import Kubernetes
internal import PolicyModel

/// The labels that selectors find on some kind of thing, those included that Calico adds (SEMANTICS.md §3.3).
struct CalicoLabels: Sendable {
  /// What a label stands for.
  enum Meaning: Sendable {
    /// Something that differs from pod to pod.
    case attribute(Attribute)
    /// The same whenever it is asked; nil when there is no such label.
    case constant(String?)
  }

  /// What a label stands for, by its key.
  let meaning: @Sendable (String) -> Meaning

  /// The name of the namespace that something lives in.
  static let namespace = "projectcalico.org/namespace"
  /// Whose pod it is: `k8s`.
  static let orchestrator = "projectcalico.org/orchestrator"
  /// The name of the service account that a pod runs as.
  static let serviceAccount = "projectcalico.org/serviceaccount"
  /// The name of a namespace or a service account, as a label of its own.
  static let name = "projectcalico.org/name"
  /// What stands before labels that are inherited from the namespace.
  static let namespacePrefix = "pcns."
  /// What stands before labels that are inherited from the service account.
  static let serviceAccountPrefix = "pcsa."

  /// The labels of pods. A pod cannot set inherited labels itself: Calico drops them.
  static let ofPods = CalicoLabels { key in
    if let inherited = key.removing(prefix: namespacePrefix) {
      return .attribute(.namespaceLabel(inherited == name ? Namespace.nameLabel : inherited))
    }
    if let inherited = key.removing(prefix: serviceAccountPrefix) {
      return .attribute(inherited == name ? .serviceAccountName : .serviceAccountLabel(inherited))
    }
    switch key {
    case namespace: return .attribute(.namespaceLabel(Namespace.nameLabel))
    case orchestrator: return .constant("k8s")
    case serviceAccount: return .attribute(.serviceAccountName)
    default: return .attribute(.label(key))
    }
  }

  /// The labels of a network set or a host endpoint, which a namespaced one inherits from its namespace.
  static func of(_ labels: Labels, in home: Namespace?) -> CalicoLabels {
    CalicoLabels { key in
      if key == namespace { return .constant(home?.name) }
      if let own = labels[key] { return .constant(own) }
      guard let home, let inherited = key.removing(prefix: namespacePrefix) else { return .constant(nil) }
      return .constant(inherited == name ? home.name : home.labels[inherited])
    }
  }

  /// Whether something may have a label that does not stand among its own.
  static func isInherited(_ key: String) -> Bool {
    key == namespace || key.utf8.starts(with: namespacePrefix.utf8)
  }

  /// The value of a label that is always the same; nil when it is absent or differs.
  func constant(_ key: String) -> String? {
    if case .constant(let value) = meaning(key) { value } else { nil }
  }
}

extension String {
  /// Compares bytes, as Go does.
  fileprivate func removing(prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(Substring(utf8.dropFirst(prefix.utf8.count))) : nil
  }
}
