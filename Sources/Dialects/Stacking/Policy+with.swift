internal import PolicyModel

extension Policy {
  /// The same policy with other parts.
  func with(
    identity: PolicyIdentity? = nil, subject: PolicySubject? = nil, isolates: Set<Direction>? = nil,
    rules: [Rule]? = nil, rank: Int? = nil
  ) -> Policy {
    Policy(
      identity: identity ?? self.identity, location: location, subject: subject ?? self.subject,
      entities: entities,
      subjectLocation: subjectLocation, isolates: isolates ?? self.isolates, rules: rules ?? self.rules,
      rank: rank ?? self.rank)
  }
}

extension Rule {
  /// The same rule about other peers.
  func with(peers: Peers) -> Rule {
    Rule(
      direction: direction, action: action, path: path, subject: subject, peers: peers, traffic: traffic,
      sourcePorts: sourcePorts, applicationRules: applicationRules, step: step, location: location)
  }
}
