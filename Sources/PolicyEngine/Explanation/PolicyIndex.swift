internal import Kubernetes
package import PolicyModel

/// The policies of all tiers, found by the namespace of their subject.
package struct PolicyIndex: Sendable {
  /// Of all tiers, in the order of evaluation.
  package let policies: [Policy]
  /// The tier of each policy.
  package let tierOfPolicy: [Int]
  /// For each namespace of the world, indices of the policies that may select something in it.
  let byNamespace: [[Int]]
  /// Indices of the policies that may select nodes.
  let ofNodes: [Int]
  /// What policies ask about pods; nothing else can matter.
  let attributes: Set<Attribute>
  /// Whether policies tell nodes apart.
  let looksAtNodes: Bool
  /// Whether policies tell a pod's own node from others.
  let looksAtPlacement: Bool

  /// O(policies × namespaces) for policies that look into several namespaces, else O(policies).
  package init(_ tiers: [Tier], in world: World) {
    var policies: [Policy] = []
    var tierOfPolicy: [Int] = []
    var byNamespace = [[Int]](repeating: [], count: world.namespaces.count)
    var ofNodes: [Int] = []
    for (tier, value) in tiers.enumerated() {
      for policy in value.policies {
        let index = policies.count
        policies.append(policy)
        tierOfPolicy.append(tier)
        if policy.subject.nodes != nil { ofNodes.append(index) }
        switch policy.subject.endpoints?.namespaces {
        case .named(let name)?:
          if let namespace = world.namespace(named: name) { byNamespace[namespace].append(index) }
        case .matching(let expression)?:
          let isEverywhere = expression.isEverything
          for (namespace, value) in world.namespaces.enumerated()
          where isEverywhere || policy.subject.endpoints?.namespaces.contains(value) == true {
            byNamespace[namespace].append(index)
          }
        case nil: break
        }
      }
    }
    self.policies = policies
    self.tierOfPolicy = tierOfPolicy
    self.byNamespace = byNamespace
    self.ofNodes = ofNodes
    attributes = Self.attributes(in: policies)
    var looksAtNodes = !ofNodes.isEmpty
    var looksAtPlacement = false
    for rule in policies.lazy.flatMap(\.rules) {
      rule.forEachCondition { condition in
        guard case .nodes(let selector, let placement) = condition else { return }
        if placement != .anywhere { looksAtPlacement = true }
        if !selector.isEverything { looksAtNodes = true }
      }
    }
    self.looksAtNodes = looksAtNodes
    self.looksAtPlacement = looksAtPlacement
  }

  /// Indices of the policies that select an endpoint, in order. O(policies of its namespace).
  package func selecting(_ endpoint: Endpoint, in world: World) -> [Int] {
    byNamespace[endpoint.namespace].filter {
      policies[$0].subject.endpoints?.pods.matches { world.value(of: $0, endpoint) } ?? false
    }
  }

  /// Indices of the policies that select a node, in order.
  ///
  /// - Parameter node: nil for one of which nothing is known.
  package func selecting(node: Int?, in world: World) -> [Int] {
    ofNodes.filter {
      guard let selector = policies[$0].subject.nodes else { return false }
      return node.map { selector.contains(world.nodes[$0]) } ?? selector.containsUnknown
    }
  }

  /// What policies can see of an endpoint, but for its namespace and addresses.
  func visibleLabels(_ endpoint: Endpoint, in world: World) -> VisibleLabels {
    var pairs: [Attribute: String] = [:]
    for attribute in attributes {
      if let value = world.value(of: attribute, endpoint) { pairs[attribute] = value }
    }
    return VisibleLabels(pairs: pairs)
  }

  /// Keys of pod labels that some policy looks at.
  package static func labelKeys(in policies: some Sequence<Policy>) -> Set<String> {
    Set(attributes(in: policies).compactMap { if case .label(let key) = $0 { key } else { nil } })
  }

  /// What policies ask about pods themselves; what they ask about namespaces is told by the namespace.
  private static func attributes(in policies: some Sequence<Policy>) -> Set<Attribute> {
    var attributes: Set<Attribute> = []
    func add(_ expression: LabelExpression) {
      expression.forEachRequirement {
        if case .namespaceLabel = $0.attribute { return }
        attributes.insert($0.attribute)
      }
    }
    for policy in policies {
      if let selector = policy.subject.endpoints { add(selector.pods) }
      for rule in policy.rules {
        rule.forEachCondition { if case .endpoints(let selector) = $0 { add(selector.pods) } }
      }
    }
    return attributes
  }
}

/// Attributes as far as policies look at them: pods that agree in them are one to every selector.
struct VisibleLabels: Hashable {
  let pairs: [Attribute: String]
}
