package import Kubernetes

/// Which namespaces an ``EndpointSelector`` looks into.
package enum NamespaceScope: Sendable {
  /// The one namespace of this name.
  case named(String)
  /// Every namespace whose labels meet the expression, which speaks of ``Attribute/namespaceLabel(_:)``.
  case matching(LabelExpression)

  /// Every namespace.
  package static let all = NamespaceScope.matching(.everything)

  package func contains(_ namespace: Namespace) -> Bool {
    switch self {
    case .named(let name): namespace.name == name
    case .matching(let expression): expression.matches(namespace.value)
    }
  }
}

extension Namespace {
  /// What selectors see of a namespace under an attribute; nil when it has none.
  package func value(of attribute: Attribute) -> String? {
    if case .namespaceLabel(let key) = attribute { labels[key] } else { nil }
  }
}

/// A set of pods, by what can be asked about them.
///
/// A pod must live in ``namespaces`` and meet ``pods``. An expression that mixes labels of the pod and of its
/// namespace in alternatives stands in ``pods``, with ``NamespaceScope/all`` beside it.
package struct EndpointSelector: Sendable {
  package let namespaces: NamespaceScope
  package let pods: LabelExpression

  package init(namespaces: NamespaceScope, pods: LabelExpression) {
    self.namespaces = namespaces
    self.pods = pods
  }
}

extension EndpointSelector {
  /// Pods that do not use their node's network.
  package static func ordinaryPods(in namespaces: LabelExpression, _ pods: LabelExpression)
    -> EndpointSelector
  {
    EndpointSelector(namespaces: .matching(namespaces), pods: .all([pods, onOwnNetwork]))
  }

  private static let onOwnNetwork = LabelExpression.attribute(.hostNetwork, .doesNotExist)

  /// What it asks of pods, besides a network of their own.
  package var labels: LabelExpression {
    if case .all(let parts) = pods, parts.count == 2, case .attribute(.hostNetwork, _) = parts[1] {
      return parts[0]
    }
    return pods
  }

  /// Whether it asks for a label that the engine leaves out of what it knows.
  package var asksForUnseenLabels: Bool {
    let ofNamespaces =
      if case .matching(let expression) = namespaces { expression.asksForUnseenLabels } else { false }
    return ofNamespaces || pods.asksForUnseenLabels
  }

  /// Whether it selects all pods of all namespaces by its form, host-network pods perhaps left out.
  package var isEveryPod: Bool {
    guard labels.isEverything, case .matching(let namespaces) = namespaces else { return false }
    return namespaces.isEverything
  }
}

extension EndpointSelector: CustomStringConvertible {
  /// `pods with app=web in namespace shop`, `all pods in namespaces with team=a`. A condition on the label that holds
  /// the namespace's name is written as that name.
  package var description: String {
    let which = labels.isEverything ? "all pods" : "pods with \(labels)"
    switch namespaces {
    case .named(let name): return "\(which) in namespace \(name)"
    case .matching(let expression):
      if expression.isEverything { return "\(which) in all namespaces" }
      guard let names = Self.names(in: expression) else {
        return "\(which) in namespaces with \(NamespaceWords(expression))"
      }
      return "\(which) in \(names.count == 1 ? "namespace" : "namespaces") \(names.joined(separator: ", "))"
    }
  }

  /// The names of namespaces, when the expression is about nothing else.
  private static func names(in expression: LabelExpression) -> [String]? {
    guard let wanted = expression.conjunction, wanted.count == 1,
      wanted[0].attribute == .namespaceLabel(Namespace.nameLabel), case .isIn(let names) = wanted[0].test
    else { return nil }
    return names
  }
}

/// An expression over namespace labels, where it is clear that namespaces are meant.
private struct NamespaceWords: CustomStringConvertible {
  let expression: LabelExpression

  init(_ expression: LabelExpression) { self.expression = expression }

  var description: String {
    expression.mapAttributes { attribute in
      if case .namespaceLabel(let key) = attribute { .label(key) } else { attribute }
    }.description
  }
}

/// A set of nodes: their own processes and the pods that share their network.
package enum NodeSelector: Sendable {
  /// Nodes of these names.
  case named([String])
  /// Nodes whose labels meet the expression.
  case matching(LabelExpression)

  /// Every node.
  package static let all = NodeSelector.matching(.everything)

  /// Whether it selects every node by its form.
  package var isEverything: Bool {
    if case .matching(let expression) = self { expression.isEverything } else { false }
  }

  /// Whether it selects a node of which nothing is known: one without labels.
  package var containsUnknown: Bool {
    if case .matching(let expression) = self { expression.matches(.none) } else { false }
  }

  package func contains(_ node: ClusterNode) -> Bool {
    switch self {
    case .named(let names): names.contains(node.name)
    case .matching(let expression): expression.matches(node.labels)
    }
  }
}

extension NodeSelector: CustomStringConvertible {
  /// `all nodes`, `nodes with pool=edge`, `node n1`.
  package var description: String {
    switch self {
    case .named(let names):
      names.isEmpty
        ? "no node" : "\(names.count == 1 ? "node" : "nodes") \(names.joined(separator: ", "))"
    case .matching(let expression): expression.isEverything ? "all nodes" : "nodes with \(expression)"
    }
  }
}
