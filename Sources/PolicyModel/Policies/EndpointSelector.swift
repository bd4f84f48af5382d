package import Kubernetes

/// Which namespaces an ``EndpointSelector`` looks into.
package enum NamespaceScope: Sendable {
  /// The one namespace of this name.
  case named(String)
  /// Every namespace whose labels meet the expression.
  case matching(LabelExpression)

  package func contains(_ namespace: Namespace) -> Bool {
    switch self {
    case .named(let name): namespace.name == name
    case .matching(let expression): expression.matches(namespace.labels)
    }
  }
}

/// A set of pods, by the labels of their namespace and their own.
package struct EndpointSelector: Sendable {
  package let namespaces: NamespaceScope
  package let pods: LabelExpression

  package init(namespaces: NamespaceScope, pods: LabelExpression) {
    self.namespaces = namespaces
    self.pods = pods
  }
}

extension EndpointSelector: CustomStringConvertible {
  /// `pods with app=web in namespace shop`, `all pods in namespaces with team=a`. A condition on the label that holds
  /// the namespace's name is written as that name.
  package var description: String {
    let which = pods.isEverything ? "all pods" : "pods with \(pods)"
    switch namespaces {
    case .named(let name): return "\(which) in namespace \(name)"
    case .matching(let expression):
      if expression.isEverything { return "\(which) in all namespaces" }
      guard let names = Self.names(in: expression) else { return "\(which) in namespaces with \(expression)" }
      return "\(which) in \(names.count == 1 ? "namespace" : "namespaces") \(names.joined(separator: ", "))"
    }
  }

  /// The names of namespaces, when the expression is about nothing else.
  private static func names(in expression: LabelExpression) -> [String]? {
    guard expression.requirements.count == 1, let only = expression.requirements.first?.value,
      only.key == Namespace.nameLabel, case .isIn(let names) = only.operator
    else { return nil }
    return names
  }
}
