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
  /// `pods with app=web in namespace shop`, `all pods in namespaces with team=a`.
  package var description: String {
    let which = pods.isEverything ? "all pods" : "pods with \(pods)"
    switch namespaces {
    case .named(let name): return "\(which) in namespace \(name)"
    case .matching(let expression):
      return expression.isEverything
        ? "\(which) in all namespaces" : "\(which) in namespaces with \(expression)"
    }
  }
}
