package import PolicyModel

/// The policies of one additive tier, found by the namespace of their subject.
package struct PolicyIndex: Sendable {
  package let policies: [Policy]
  /// For each namespace of the world, indices of the policies that may select something in it.
  let byNamespace: [[Int]]

  /// O(policies × namespaces) for policies that look into several namespaces, else O(policies).
  package init(_ policies: [Policy], in world: World) {
    self.policies = policies
    var byNamespace = [[Int]](repeating: [], count: world.namespaces.count)
    for (index, policy) in policies.enumerated() {
      switch policy.subject.namespaces {
      case .named(let name):
        if let namespace = world.namespace(named: name) { byNamespace[namespace].append(index) }
      case .matching:
        for (namespace, value) in world.namespaces.enumerated() where policy.subject.namespaces.contains(value) {
          byNamespace[namespace].append(index)
        }
      }
    }
    self.byNamespace = byNamespace
  }

  /// Indices of the policies that select an endpoint, in order. O(policies of its namespace).
  package func selecting(_ endpoint: Endpoint) -> [Int] {
    byNamespace[endpoint.namespace].filter { policies[$0].subject.pods.matches(endpoint.labels) }
  }
}
