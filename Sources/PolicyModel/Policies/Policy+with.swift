extension Policy {
  /// The same policy with other parts.
  package func with(
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
