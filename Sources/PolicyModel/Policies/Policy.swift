package import Kubernetes

/// What names a policy, in the words of its dialect.
package struct PolicyIdentity: Sendable, Hashable {
  /// `NetworkPolicy`.
  package let kind: String
  package let namespace: String
  package let name: String

  package init(kind: String, namespace: String, name: String) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }
}

extension PolicyIdentity: CustomStringConvertible {
  /// `NetworkPolicy shop/web`.
  package var description: String { "\(kind) \(namespace)/\(name)" }
}

/// A policy of the ``Tier/Combination/additive`` kind: it isolates what it selects, and its rules allow.
package struct Policy: Sendable {
  package let identity: PolicyIdentity
  package let location: SourceLocation
  package let subject: EndpointSelector
  /// Where the subject is written; the policy's own place when it is left out.
  package let subjectLocation: SourceLocation
  /// The directions in which the subject is closed but for what rules allow.
  package let isolates: Set<Direction>
  /// Rules of the directions in ``isolates``, in the order of the text.
  package let rules: [Rule]

  package init(
    identity: PolicyIdentity, location: SourceLocation, subject: EndpointSelector,
    subjectLocation: SourceLocation,
    isolates: Set<Direction>, rules: [Rule]
  ) {
    self.identity = identity
    self.location = location
    self.subject = subject
    self.subjectLocation = subjectLocation
    self.isolates = isolates
    self.rules = rules
  }
}

/// What a policy allows: connections with these peers, of this traffic.
package struct Rule: Sendable {
  package let direction: Direction
  /// The rule's place in its list, from 0.
  package let index: Int
  package let peers: Peers
  package let traffic: Traffic
  package let location: SourceLocation

  package init(direction: Direction, index: Int, peers: Peers, traffic: Traffic, location: SourceLocation) {
    self.direction = direction
    self.index = index
    self.peers = peers
    self.traffic = traffic
    self.location = location
  }

  /// `ingress[0]`, the path in the manifest.
  package var path: String { "\(direction.name)[\(index)]" }
}
