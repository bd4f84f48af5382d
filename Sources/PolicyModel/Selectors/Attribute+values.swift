internal import Kubernetes

extension Attribute {
  /// Whether pods that selectors are about may have it.
  package var canExist: Bool {
    switch self {
    case .label(let key), .namespaceLabel(let key), .serviceAccountLabel(let key):
      NameRules.labelKeyProblem(key) == nil
    case .serviceAccountName: true
    case .unseenLabel, .hostNetwork: false
    }
  }

  /// Whether every pod has it.
  package var alwaysExists: Bool {
    self == .namespaceLabel(Namespace.nameLabel) || self == .serviceAccountName
  }

  /// Whether it can have a value: others no API server takes.
  package func canBe(_ value: String) -> Bool {
    switch self {
    case .namespaceLabel(Namespace.nameLabel): NameRules.labelNameProblem(value) == nil
    case .serviceAccountName: NameRules.subdomainProblem(value) == nil
    case .label, .namespaceLabel, .serviceAccountLabel: NameRules.labelValueProblem(value) == nil
    case .unseenLabel, .hostNetwork: false
    }
  }
}
