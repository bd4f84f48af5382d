internal import Kubernetes
package import PolicyModel

/// The policies of one additive tier, found by the namespace of their subject.
package struct PolicyIndex: Sendable {
  package let policies: [Policy]
  /// For each namespace of the world, indices of the policies that may select something in it.
  let byNamespace: [[Int]]
  /// Keys of pod labels that some policy looks at; no other label can matter.
  private let labelKeys: Set<String>

  /// O(policies × namespaces) for policies that look into several namespaces, else O(policies).
  package init(_ policies: [Policy], in world: World) {
    self.policies = policies
    var byNamespace = [[Int]](repeating: [], count: world.namespaces.count)
    for (index, policy) in policies.enumerated() {
      switch policy.subject.namespaces {
      case .named(let name):
        if let namespace = world.namespace(named: name) { byNamespace[namespace].append(index) }
      case .matching:
        for (namespace, value) in world.namespaces.enumerated()
        where policy.subject.namespaces.contains(value) {
          byNamespace[namespace].append(index)
        }
      }
    }
    self.byNamespace = byNamespace
    labelKeys = Self.labelKeys(in: policies)
  }

  /// Indices of the policies that select an endpoint, in order. O(policies of its namespace).
  package func selecting(_ endpoint: Endpoint) -> [Int] {
    byNamespace[endpoint.namespace].filter { policies[$0].subject.pods.matches(endpoint.labels) }
  }

  /// The labels of an endpoint that policies can see.
  func visibleLabels(_ endpoint: Endpoint) -> VisibleLabels {
    VisibleLabels(
      pairs: endpoint.labels.entries.lazy.filter { labelKeys.contains($0.key) }.map { [$0.key, $0.value] })
  }

  /// Keys of pod labels that some policy looks at.
  package static func labelKeys(in policies: [Policy]) -> Set<String> {
    var keys: Set<String> = []
    func add(_ expression: LabelExpression) {
      for requirement in expression.requirements { keys.insert(requirement.value.key) }
    }
    for policy in policies {
      add(policy.subject.pods)
      for rule in policy.rules {
        guard case .anyOf(let peers) = rule.peers else { continue }
        for peer in peers {
          if case .endpoints(let selector) = peer.kind { add(selector.pods) }
        }
      }
    }
    return keys
  }
}

/// Labels as far as policies look at them: pods that agree in them are one to every selector.
struct VisibleLabels: Hashable {
  /// Key and value, by key.
  let pairs: [[String]]
}
