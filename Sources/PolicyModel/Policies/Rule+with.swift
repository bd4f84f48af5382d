extension Rule {
  /// The same rule with every simple condition on its peers and its subject replaced, however deep it stands.
  package func mapConditions(_ transform: (PeerCondition) -> PeerCondition) -> Rule {
    Rule(
      direction: direction, action: action, path: path, subject: subject.map(transform),
      peers: peers.map(transform), traffic: traffic, sourcePorts: sourcePorts,
      applicationRules: applicationRules, step: step, location: location)
  }

  /// The same rule about other peers.
  package func with(peers: Peers) -> Rule {
    Rule(
      direction: direction, action: action, path: path, subject: subject, peers: peers, traffic: traffic,
      sourcePorts: sourcePorts, applicationRules: applicationRules, step: step, location: location)
  }

  /// The same rule with another action.
  package func with(action: RuleAction) -> Rule {
    Rule(
      direction: direction, action: action, path: path, subject: subject, peers: peers, traffic: traffic,
      sourcePorts: sourcePorts, applicationRules: applicationRules, step: step, location: location)
  }

  /// The same rule for other traffic, from any port.
  package func with(traffic: Traffic) -> Rule {
    Rule(
      direction: direction, action: action, path: path, subject: subject, peers: peers, traffic: traffic,
      applicationRules: applicationRules, step: step, location: location)
  }
}

extension Peers {
  fileprivate func map(_ transform: (PeerCondition) -> PeerCondition) -> Peers {
    switch self {
    case .anyone: .anyone
    case .anyOf(let peers): .anyOf(peers.map { Peer($0.kind.mapSimple(transform), location: $0.location) })
    }
  }
}

extension PeerCondition {
  /// The same condition with every part that is not made of others replaced.
  package func mapSimple(_ transform: (PeerCondition) -> PeerCondition) -> PeerCondition {
    switch self {
    case .all(let parts): .all(parts.map { $0.mapSimple(transform) })
    case .any(let parts): .any(parts.map { $0.mapSimple(transform) })
    case .not(let part): .not(part.mapSimple(transform))
    case .endpoints, .nodes, .addresses, .family, .domain, .outside, .apiServer, .special: transform(self)
    }
  }
}
