package import Kubernetes
package import PolicyModel

/// The policies of all tiers, found by the namespace of their subject.
package struct PolicyIndex: Sendable {
  /// Of all tiers, in the order of evaluation.
  package let policies: [Policy]
  /// The tier of each policy.
  package let tierOfPolicy: [Int]
  /// For each namespace of the world, indices of the policies that may select something in it.
  package let byNamespace: [[Int]]
  /// Indices of the policies that may select nodes.
  package let ofNodes: [Int]
  /// Whether policies tell nodes apart.
  let looksAtNodes: Bool
  /// What policies ask of nodes' labels.
  let nodeExpressions: [LabelExpression]
  /// Whether policies tell a pod's own node from others.
  let looksAtPlacement: Bool

  /// O(policies + namespaces that they look into), but O(policies × namespaces) for those that want no label of a
  /// namespace to have a certain value.
  package init(_ tiers: [Tier], in world: World) {
    var policies: [Policy] = []
    var tierOfPolicy: [Int] = []
    var byNamespace = [[Int]](repeating: [], count: world.namespaces.count)
    var ofNodes: [Int] = []
    var finder = NamespaceFinder(world.namespaces)
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
          for namespace in finder.indices(meeting: expression) { byNamespace[namespace].append(index) }
        case nil: break
        }
      }
    }
    self.policies = policies
    self.tierOfPolicy = tierOfPolicy
    self.byNamespace = byNamespace
    self.ofNodes = ofNodes
    var looksAtNodes = !ofNodes.isEmpty
    var looksAtPlacement = false
    var nodeExpressions: [LabelExpression] = []
    func note(_ selector: NodeSelector) {
      if case .matching(let expression) = selector, !expression.isEverything {
        nodeExpressions.append(expression)
      }
    }
    func note(_ peers: Peers) {
      guard case .anyOf(let list) = peers else { return }
      for peer in list where !peer.kind.isPodsOrAddresses {
        peer.kind.forEachSimple { condition in
          guard case .nodes(let selector, let placement) = condition else { return }
          if placement != .anywhere { looksAtPlacement = true }
          if !selector.isEverything { looksAtNodes = true }
          note(selector)
        }
      }
    }
    for policy in policies {
      if let selector = policy.subject.nodes { note(selector) }
      for rule in policy.rules {
        note(rule.peers)
        note(rule.subject)
      }
    }
    self.looksAtNodes = looksAtNodes
    self.looksAtPlacement = looksAtPlacement
    self.nodeExpressions = nodeExpressions
  }

  /// Indices of the policies that select an endpoint, in order. O(policies of its namespace).
  package func selecting(_ endpoint: Endpoint, in world: World) -> [Int] {
    byNamespace[endpoint.namespace].filter {
      policies[$0].subject.endpoints?.pods.matches { world.value(of: $0, endpoint) } ?? false
    }
  }

  /// Indices of the policies that select a node, in order.
  ///
  /// - Parameters:
  ///   - node: nil for one that is not in the input.
  ///   - labels: of one that is not in the input.
  package func selecting(node: Int?, labels: Labels = .none, in world: World) -> [Int] {
    ofNodes.filter {
      guard let selector = policies[$0].subject.nodes else { return false }
      if let node { return selector.contains(world.nodes[node]) }
      return if case .matching(let expression) = selector { expression.matches(labels) } else { false }
    }
  }

  /// Indices of the policies about an end without an object, in order. O(policies).
  func about(entity name: String) -> [Int] {
    policies.indices.filter { policies[$0].entities.contains(name) }
  }

  /// What the subjects of policies ask about pods of a namespace; nothing else can tell which of them select a pod.
  func subjectAttributes(inNamespace namespace: Int) -> Set<Attribute> {
    var attributes: Set<Attribute> = []
    for policy in byNamespace[namespace] {
      if let selector = policies[policy].subject.endpoints {
        selector.pods.insertAttributes(into: &attributes)
      }
    }
    return attributes
  }
}

extension Rule {
  /// Adds what the rule asks about pods themselves.
  func insertAttributes(into attributes: inout Set<Attribute>) {
    forEachCondition {
      if case .endpoints(let selector) = $0 { selector.pods.insertAttributes(into: &attributes) }
    }
  }
}

extension LabelExpression {
  /// Adds what the expression asks about pods themselves.
  fileprivate func insertAttributes(into attributes: inout Set<Attribute>) {
    forEachRequirement {
      if case .namespaceLabel = $0.attribute { return }
      attributes.insert($0.attribute)
    }
  }
}

extension PeerCondition {
  /// Whether it is a plain selector of pods, or a plain block.
  fileprivate var isPodsOrAddresses: Bool {
    switch self {
    case .endpoints, .addresses: true
    case .nodes, .family, .domain, .outside, .apiServer, .special, .all, .any, .not: false
    }
  }
}

extension World {
  /// What selectors that ask for `attributes` can see of an endpoint, but for its namespace and addresses.
  func look(of endpoint: Endpoint, at attributes: Set<Attribute>) -> VisibleLabels {
    var pairs: [Attribute: String] = [:]
    for attribute in attributes {
      if let value = value(of: attribute, endpoint) { pairs[attribute] = value }
    }
    return VisibleLabels(pairs: pairs)
  }
}

/// Attributes as far as policies look at them: pods that agree in them are one to every selector.
struct VisibleLabels: Hashable {
  let pairs: [Attribute: String]
}
