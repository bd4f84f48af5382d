package import Kubernetes

/// What names a policy, in the words of its dialect.
package struct PolicyIdentity: Sendable, Hashable {
  /// `NetworkPolicy`.
  package let kind: String
  /// Empty for kinds that live in no namespace.
  package let namespace: String
  package let name: String

  package init(kind: String, namespace: String = "", name: String) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }
}

extension PolicyIdentity: Comparable {
  /// By namespace, name and kind.
  package static func < (left: PolicyIdentity, right: PolicyIdentity) -> Bool {
    if left.namespace != right.namespace { return left.namespace < right.namespace }
    return left.name == right.name ? left.kind < right.kind : left.name < right.name
  }
}

extension PolicyIdentity: CustomStringConvertible {
  /// `NetworkPolicy shop/web`, `ClusterNetworkPolicy base`.
  package var description: String { namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)" }
}

/// Whom a policy is about.
package enum PolicySubject: Sendable {
  case endpoints(EndpointSelector)
  case nodes(NodeSelector)
  /// Pods and nodes that go by the same selector.
  case endpointsAndNodes(EndpointSelector, NodeSelector)

  package var endpoints: EndpointSelector? {
    switch self {
    case .endpoints(let selector), .endpointsAndNodes(let selector, _): selector
    case .nodes: nil
    }
  }

  package var nodes: NodeSelector? {
    switch self {
    case .nodes(let selector), .endpointsAndNodes(_, let selector): selector
    case .endpoints: nil
    }
  }
}

extension PolicySubject {
  /// Whether it asks for a label that the engine leaves out of what it knows.
  package var asksForUnseenLabels: Bool {
    let ofNodes = if case .matching(let expression)? = nodes { expression.asksForUnseenLabels } else { false }
    return ofNodes || (endpoints?.asksForUnseenLabels ?? false)
  }
}

extension PolicySubject: CustomStringConvertible {
  package var description: String {
    switch self {
    case .endpoints(let selector): selector.description
    case .nodes(let selector): selector.description
    case .endpointsAndNodes(let endpoints, let nodes): "\(endpoints) and \(nodes)"
    }
  }
}

/// Rules for a subject, at a place in its ``Tier``.
package struct Policy: Sendable {
  package let identity: PolicyIdentity
  package let location: SourceLocation
  package let subject: PolicySubject
  /// Ends without an object that it is about, too, in the engine's words: `init`.
  package let entities: Set<String>
  /// Where the subject is written; the policy's own place when it is left out.
  package let subjectLocation: SourceLocation
  /// The directions in which the subject is closed, at the tier's end, for what nothing decided before.
  package let isolates: Set<Direction>
  /// In the order of the text; in an ordered tier the first that matches decides.
  package let rules: [Rule]
  /// The place in an ordered tier, ascending. Policies of one rank have no order among them.
  package let rank: Int

  package init(
    identity: PolicyIdentity, location: SourceLocation, subject: PolicySubject,
    entities: Set<String> = [], subjectLocation: SourceLocation, isolates: Set<Direction>, rules: [Rule],
    rank: Int = 0
  ) {
    self.identity = identity
    self.location = location
    self.subject = subject
    self.entities = entities
    self.subjectLocation = subjectLocation
    self.isolates = isolates
    self.rules = rules
    self.rank = rank
  }

  /// Whether it can change anything for its subject in a direction.
  package func concerns(_ direction: Direction) -> Bool {
    isolates.contains(direction) || rules.contains { $0.direction == direction }
  }
}

extension [Policy] {
  /// By identity. Sorts numbers, as policies are large.
  package func sortedByIdentity() -> [Policy] {
    indices.sorted { self[$0].identity < self[$1].identity }.map { self[$0] }
  }
}
