package import Kubernetes

/// A label selector of `policy.networking.k8s.io`, whose servers do not validate selectors: the operator `Bogus`
/// and the key `a b` are admitted.
///
/// What to do with an ``unreadable(_:)`` one, so that no answer calls something protected that is not:
/// - A subject selects no pods. Its policy polices nobody, and no verdict may rest on it.
/// - A peer of an Accept rule matches nothing; the rule's other peers keep their meaning.
/// - In a Deny or Pass rule the API's rule for peers that an engine does not know applies ("treat the rule as a
///   'Deny all' rule", comment of `ClusterNetworkPolicyIngressPeer`): see ``ClusterNetworkPolicy/Rule/failsClosed``.
package enum UnvalidatedSelector: Sendable {
  case labels(LabelSelector)
  /// No engine can read it; a warning of the reader says why.
  case unreadable(SourceLocation)

  package var location: SourceLocation {
    switch self {
    case .labels(let selector): selector.location
    case .unreadable(let location): location
    }
  }

  package var isUnreadable: Bool {
    if case .unreadable = self { true } else { false }
  }
}

extension ClusterNetworkPolicy.NamespacedPod {
  package var isUnreadable: Bool {
    if case .matching(let selector) = namespaceSelector, selector.isUnreadable { return true }
    return podSelector.isUnreadable
  }
}

extension ClusterNetworkPolicy.Subject {
  /// Whether the policy selects no pods because nobody knows which were meant.
  package var isUnreadable: Bool {
    switch kind {
    case .namespaces(let selector): selector.isUnreadable
    case .pods(let pods): pods.isUnreadable
    }
  }
}

extension ClusterNetworkPolicy.Peer {
  package var isUnreadable: Bool {
    switch kind {
    case .namespaces(let selector), .nodes(let selector): selector.isUnreadable
    case .pods(let pods): pods.isUnreadable
    case .networks, .domainNames: false
    }
  }
}

extension ClusterNetworkPolicy.Rule {
  /// Whether the rule denies its subject everything in its direction, whatever its peers and protocols say: a
  /// Deny or Pass rule with a peer that cannot be read.
  package var failsClosed: Bool {
    action != .accept && peers.contains(where: \.isUnreadable)
  }
}

extension UnvalidatedSelector {
  /// Reads a selector. What only selector validation would reject is a warning that ends with `outcome`; the
  /// schema's own rules are errors, and make it nil.
  ///
  /// - Parameter elsewhere: see ``StrictFields``.
  init?(
    _ node: Node, field: String, whenUnreadable outcome: String, elsewhere: [String: String] = [:],
    _ problems: inout [Diagnostic]
  ) {
    var own: [Diagnostic] = []
    let nullLabels = Self.nullLabels(of: node)
    for key in nullLabels {
      own.append(
        Diagnostic(
          .droppedField, .warning,
          "the server drops the label `\(key.keyText)` of `\(field)`, because its value is null: the selector asks less than it seems to",
          at: key.location, fix: "write \"\" for an empty value"))
    }
    for expression in node["matchExpressions"]?.elements ?? [] {
      for value in expression["values"]?.elements ?? [] where value.isNull {
        own.reportWrongType(value, "values[]", expected: "a string")
      }
    }
    let strict = LabelSelector(node, field: field, elsewhere: elsewhere, &own)
    // Exactly what `ValidateLabelSelector` rejects has this code; the schema asks for no more than types.
    let isUnreadable = own.contains { $0.code == .invalidValue }
    problems += own.map { problem in
      guard problem.code == .invalidValue else { return problem }
      return Diagnostic(
        .unreadableSelector, .warning,
        "\(problem.message); servers admit the selector, but no engine can read it: \(outcome)",
        at: problem.location, fix: problem.fix)
    }
    if own.contains(where: { $0.severity == .error && $0.code != .invalidValue }) { return nil }
    if var strict {
      strict.requirements.removeAll { requirement in
        nullLabels.contains { $0.location == requirement.location }
      }
      self = .labels(strict)
    } else if isUnreadable {
      self = .unreadable(node.location)
    } else {
      return nil
    }
  }

  /// Servers remove null values of a custom resource before they look at it, where a core type reads `""`.
  private static func nullLabels(of node: Node) -> [Node] {
    node["matchLabels"]?.members.filter(\.value.isNull).map(\.key) ?? []
  }
}
