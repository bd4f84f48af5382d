internal import Kubernetes
package import PolicyModel

extension ClusterNetworkPolicy {
  /// The policy in the neutral model (SEMANTICS.md §2).
  ///
  /// It closes nothing: what no rule decides goes on to the next tier. Its rank is its priority; the one
  /// BaselineAdminNetworkPolicy, which has none, comes after every other of its tier.
  package func lower() -> Policy { lower { _, _, _ in [] } }

  /// What a peer matches besides the pods that it selects: by the selector of namespaces (nil for every
  /// namespace), the selector of pods (nil for all) and the peer's place.
  typealias ExtraPeers = (LabelSelector?, LabelSelector?, SourceLocation) -> [PeerCondition]

  /// The policy as an engine with its own ideas reads it.
  func lower(alsoMatching extra: ExtraPeers) -> Policy {
    Policy(
      identity: PolicyIdentity(kind: kind.rawValue, name: meta.name), location: meta.location,
      subject: .endpoints(subject.isUnreadable ? .nothing : subject.lower()),
      subjectLocation: subject.location, isolates: [],
      rules: lower(ingress, .ingress, extra) + lower(egress, .egress, extra),
      rank: priority?.value ?? Self.lastRank)
  }

  private static let lastRank = 1001

  private func lower(
    _ rules: [Rule], _ direction: Direction, _ extra: ExtraPeers
  ) -> [PolicyModel.Rule] {
    rules.enumerated().map { index, rule in
      let name = rule.name.flatMap { $0.isEmpty ? nil : " \"\($0)\"" } ?? ""
      let path = "\(direction.name)[\(index)]\(name)"
      if rule.failsClosed {
        return PolicyModel.Rule(
          direction: direction, action: .deny, path: path, peers: .anyone, traffic: .any, step: index,
          location: rule.location)
      }
      return PolicyModel.Rule(
        direction: direction, action: rule.action.lowered, path: path,
        peers: .anyOf(
          rule.peers.filter { !$0.isUnreadable }.flatMap { peer in
            (peer.kind.lower() + peer.extra(extra)).map { PolicyModel.Peer($0, location: peer.location) }
          }),
        traffic: rule.protocols.lower(), step: index, location: rule.location)
    }
  }
}

extension ClusterNetworkPolicy.Action {
  fileprivate var lowered: RuleAction {
    switch self {
    case .accept: .allow
    case .deny: .deny
    case .pass: .pass
    }
  }
}

extension ClusterNetworkPolicy.Subject {
  fileprivate func lower() -> EndpointSelector {
    switch kind {
    case .namespaces(let selector):
      .ordinaryPods(in: selector.lower(of: Attribute.namespaceLabel), .everything)
    case .pods(let pods): pods.lower()
    }
  }
}

extension ClusterNetworkPolicy.NamespacedPod {
  fileprivate func lower() -> EndpointSelector {
    let namespaces =
      switch namespaceSelector {
      case .everyNamespace: LabelExpression.everything
      case .matching(let selector): selector.lower(of: Attribute.namespaceLabel)
      }
    return .ordinaryPods(in: namespaces, podSelector.lower(of: Attribute.label))
  }
}

extension ClusterNetworkPolicy.Peer.Kind {
  /// One condition for each entry that the peer lists.
  fileprivate func lower() -> [PeerCondition] {
    switch self {
    case .namespaces(let selector):
      [.endpoints(.ordinaryPods(in: selector.lower(of: Attribute.namespaceLabel), .everything))]
    case .pods(let pods): [.endpoints(pods.lower())]
    case .networks(let networks): networks.map { .addresses(AddressBlock(cidr: $0.value)) }
    case .nodes(let selector): [.nodes(.matching(selector.lower(of: Attribute.label)), .anywhere)]
    case .domainNames(let names):
      names.map { name in DomainPattern(networkPolicyAPI: name.text).map { .domain($0) } ?? .nothing }
    }
  }
}

extension ClusterNetworkPolicy.Peer {
  fileprivate func extra(_ extra: ClusterNetworkPolicy.ExtraPeers) -> [PeerCondition] {
    switch kind {
    case .namespaces(.labels(let namespaces)): return extra(namespaces, nil, location)
    case .pods(let pods):
      guard case .labels(let podSelector) = pods.podSelector,
        case .matching(.labels(let namespaces)) = pods.namespaceSelector
      else { return [] }
      return extra(namespaces, podSelector, location)
    case .namespaces, .networks, .nodes, .domainNames: return []
    }
  }
}

extension UnvalidatedSelector {
  /// An unreadable selector matches nothing.
  fileprivate func lower(of attribute: (String) -> Attribute) -> LabelExpression {
    switch self {
    case .labels(let selector): LabelExpression(selector, of: attribute)
    case .unreadable: .nothing
    }
  }
}

extension ClusterNetworkPolicy.Protocols {
  fileprivate func lower() -> Traffic {
    switch self {
    case .any: .any
    case .anyOf(let matches): .anyOf(matches.flatMap { $0.lower() })
    }
  }
}

extension ClusterNetworkPolicy.ProtocolMatch {
  fileprivate func lower() -> [TrafficMatch] {
    switch kind {
    case .ports(let transport, let range): [.ports(PortMatch(transport, .range(range), location: location))]
    // The name carries no protocol, so it is every protocol that the container port declares.
    case .namedPort(let name):
      TransportProtocol.allCases.map { .ports(PortMatch($0, .named(name), location: location)) }
    case .unmatchable: []
    }
  }
}

extension EndpointSelector {
  /// Matches nothing.
  fileprivate static let nothing = EndpointSelector(namespaces: .all, pods: .nothing)
}
