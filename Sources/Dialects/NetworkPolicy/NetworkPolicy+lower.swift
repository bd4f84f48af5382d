internal import Kubernetes
package import PolicyModel

extension NetworkPolicy {
  /// The policy in the neutral model (SEMANTICS.md §1). Rules of directions that are not policed are inert and
  /// left out.
  package func lower() -> Policy { lower(spec.effectiveTypes) { _ in [] } }

  /// The policy as an engine with its own ideas reads it.
  ///
  /// - Parameters:
  ///   - types: the directions that the policy closes, and whose rules count.
  ///   - extra: what a peer matches besides the pods that it selects.
  func lower(_ types: Set<Direction>, alsoMatching extra: (Peer) -> [PeerCondition]) -> Policy {
    var rules: [PolicyModel.Rule] = []
    for (direction, list) in [(Direction.ingress, spec.ingress), (.egress, spec.egress)]
    where types.contains(direction) {
      rules += list.enumerated().map { lower($1, direction, $0, extra) }
    }
    return Policy(
      identity: PolicyIdentity(kind: "NetworkPolicy", namespace: meta.namespace, name: meta.name),
      location: meta.location,
      subject: .endpoints(
        EndpointSelector(
          namespaces: .named(meta.namespace),
          pods: spec.podSelector.map { LabelExpression($0) } ?? .everything)),
      subjectLocation: spec.podSelector?.location ?? meta.location,
      isolates: types, rules: rules)
  }

  private func lower(
    _ rule: Rule, _ direction: Direction, _ index: Int, _ extra: (Peer) -> [PeerCondition]
  ) -> PolicyModel.Rule {
    PolicyModel.Rule(
      direction: direction, path: "\(direction.name)[\(index)]",
      peers: rule.peers.isEmpty
        ? .anyone
        : .anyOf(
          rule.peers.flatMap { peer in
            ([lower(peer)] + extra(peer)).map { PolicyModel.Peer($0, location: peer.location) }
          }),
      traffic: rule.ports.isEmpty
        ? .any : .anyOf(rule.ports.map { .ports(PortMatch($0.transport, $0.ports, location: $0.location)) }),
      location: rule.location)
  }

  private func lower(_ peer: Peer) -> PeerCondition {
    switch peer.kind {
    case .block(let block): .addresses(block)
    case .pods(let podSelector, let namespaceSelector):
      // Without a namespace selector a peer looks into the policy's own namespace.
      .endpoints(
        EndpointSelector(
          namespaces: namespaceSelector.map { .matching(LabelExpression($0, of: Attribute.namespaceLabel)) }
            ?? .named(meta.namespace),
          pods: podSelector.map { LabelExpression($0) } ?? .everything))
    }
  }
}
