package import Kubernetes
package import PolicyModel

/// A world with a pod of every kind that some policies tell apart, whatever pods a cluster has: each combination of labels
/// that their selectors distinguish, with each kind of address and of named ports, and nodes.
///
/// What holds for all pairs of it holds for all clusters, under ``assumptions``.
package struct SymbolicWorld: Sendable {
  /// What is known of the cluster that the pods stand for.
  package struct Conditions: Sendable {
    /// Namespaces whose labels are known; all others may have any.
    package var namespaces: [Namespace] = []
    /// Where pods' addresses lie; empty when nobody says.
    package var podBlocks: [CIDR] = []
    /// Where nodes' addresses lie; empty when nobody says.
    package var nodeBlocks: [CIDR] = []
    package var apiServerAddresses: [IPAddress] = []
    /// Whether pods and nodes have IPv4 addresses only where nobody says which they have.
    package var assumesIPv4 = false
    /// Pods of which it is known which ports they declare.
    package var workloads: [DeclaredPorts] = []
    /// More kinds of pods than that are not gone through.
    package var limit = 5_000

    package init() {}
  }

  /// The ports of the pods that a selector selects.
  package struct DeclaredPorts: Sendable {
    package let selector: EndpointSelector
    package let ports: [ContainerPort]

    package init(_ selector: EndpointSelector, ports: [ContainerPort]) {
      self.selector = selector
      self.ports = ports
    }
  }

  package let world: World
  /// How many kinds of pods there are, by labels alone.
  package let kindCount: Int
  /// What was taken for true of the cluster, in words.
  package let assumptions: [String]
  /// Addresses outside that no pod and no node has.
  let outside: AddressSet
  /// By namespace of ``world``, the name that it stands for.
  let namespaceNames: [String]

  /// - Parameter policies: everything that is asked of the world.
  package init(_ policies: [Policy], _ conditions: Conditions) throws(TooManyDistinctions) {
    var selectors = Self.selectors(of: policies)
    let firstWorkload = selectors.count
    selectors += conditions.workloads.map { Self.expression(of: $0.selector) }
    let found = try DistinguishableKinds(
      of: selectors, namespaces: conditions.namespaces, limit: conditions.limit)
    let addresses = SymbolicAddresses(policies, conditions)
    var builder = SymbolicPods(
      addresses: addresses, portNames: SymbolicPortNames(policies), firstWorkload: firstWorkload,
      workloads: conditions.workloads)
    for kind in found.kinds { builder.add(kind) }
    if builder.manifests.workloads.count > conditions.limit {
      throw TooManyDistinctions(limit: conditions.limit)
    }
    let nodes = try SymbolicNodes(policies, addresses, limit: conditions.limit)
    builder.add(nodes)
    world = World(
      builder.manifests, policies: policies, policyNamespaces: [], facts: Self.facts(conditions))
    kindCount = found.kinds.count
    outside = AddressSet.all.subtracting(AddressSet(conditions.podBlocks + conditions.nodeBlocks))
    namespaceNames = world.namespaces.map { $0.labels[Namespace.nameLabel] ?? $0.name }
    assumptions = addresses.assumptions + builder.assumptions
  }

  private static func facts(_ conditions: Conditions) -> ClusterFacts {
    var facts = ClusterFacts()
    facts.podBlocks = conditions.podBlocks
    facts.nodeBlocks = conditions.nodeBlocks
    // Nothing outside the cluster has an address of these, names included.
    facts.serviceBlocks = conditions.nodeBlocks
    facts.apiServerAddresses = conditions.apiServerAddresses
    return facts
  }

  /// Everything that policies ask of pods, each once.
  private static func selectors(of policies: [Policy]) -> [LabelExpression] {
    var selectors: [LabelExpression] = []
    var seen: Set<String> = []
    func add(_ selector: EndpointSelector) {
      let expression = expression(of: selector)
      if seen.insert("\(expression)").inserted { selectors.append(expression) }
    }
    for policy in policies {
      if let subject = policy.subject.endpoints { add(subject) }
      for rule in policy.rules {
        rule.forEachCondition { if case .endpoints(let selector) = $0 { add(selector) } }
      }
    }
    return selectors
  }

  private static func expression(of selector: EndpointSelector) -> LabelExpression {
    switch selector.namespaces {
    case .named(let name):
      .all([.attribute(.namespaceLabel(Namespace.nameLabel), .isIn([name])), selector.pods])
    case .matching(let expression): .all([expression, selector.pods])
    }
  }

  /// Whether two pods may be in one cluster: no cluster has two namespaces of one name.
  func mayMeet(_ a: Int, _ b: Int) -> Bool { a == b || namespaceNames[a] != namespaceNames[b] }
}

extension Tier {
  /// The same tier without names of namespaces: by their label instead, which worlds may give to several.
  func namingNamespacesByLabel() -> Tier {
    Tier(
      name: name, combination: combination, policies: policies.map { $0.namingNamespacesByLabel() },
      isStrict: isStrict)
  }
}

extension Policy {
  fileprivate func namingNamespacesByLabel() -> Policy {
    let subject: PolicySubject =
      switch subject {
      case .endpoints(let selector): .endpoints(selector.namingNamespacesByLabel())
      case .nodes: subject
      case .endpointsAndNodes(let selector, let nodes):
        .endpointsAndNodes(selector.namingNamespacesByLabel(), nodes)
      }
    return with(
      subject: subject,
      rules: rules.map { rule in
        rule.mapConditions {
          if case .endpoints(let selector) = $0 { .endpoints(selector.namingNamespacesByLabel()) } else { $0 }
        }
      })
  }
}

extension EndpointSelector {
  fileprivate func namingNamespacesByLabel() -> EndpointSelector {
    guard case .named(let name) = namespaces else { return self }
    return EndpointSelector(
      namespaces: .matching(.attribute(.namespaceLabel(Namespace.nameLabel), .isIn([name]))), pods: pods)
  }
}
