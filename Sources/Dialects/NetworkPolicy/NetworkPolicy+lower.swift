internal import Kubernetes
package import PolicyModel

extension NetworkPolicy {
  /// The policy in the neutral model (SEMANTICS.md §1). Rules of directions that are not policed are inert and
  /// left out.
  package func lower() -> Policy {
    let types = spec.effectiveTypes
    var rules: [PolicyModel.Rule] = []
    if types.contains(.ingress) { rules += spec.ingress.enumerated().map { lower($1, .ingress, $0) } }
    if types.contains(.egress) { rules += spec.egress.enumerated().map { lower($1, .egress, $0) } }
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

  private func lower(_ rule: Rule, _ direction: Direction, _ index: Int) -> PolicyModel.Rule {
    PolicyModel.Rule(
      direction: direction, path: "\(direction.name)[\(index)]",
      peers: rule.peers.isEmpty ? .anyone : .anyOf(rule.peers.map(lower)),
      traffic: rule.ports.isEmpty
        ? .any : .anyOf(rule.ports.map { .ports(PortMatch($0.transport, $0.ports, location: $0.location)) }),
      location: rule.location)
  }

  private func lower(_ peer: Peer) -> PolicyModel.Peer {
    switch peer.kind {
    case .block(let block): PolicyModel.Peer(.addresses(block), location: peer.location)
    case .pods(let podSelector, let namespaceSelector):
      // Without a namespace selector a peer looks into the policy's own namespace.
      PolicyModel.Peer(
        .endpoints(
          EndpointSelector(
            namespaces: namespaceSelector.map { .matching(LabelExpression($0, of: Attribute.namespaceLabel)) }
              ?? .named(meta.namespace),
            pods: podSelector.map { LabelExpression($0) } ?? .everything)),
        location: peer.location)
    }
  }
}
