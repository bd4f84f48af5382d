internal import PolicyModel

extension Policy {
  /// The same policy with other parts.
  func with(
    identity: PolicyIdentity? = nil, isolates: Set<Direction>? = nil, rules: [Rule]? = nil, rank: Int? = nil
  ) -> Policy {
    Policy(
      identity: identity ?? self.identity, location: location, subject: subject,
      subjectLocation: subjectLocation, isolates: isolates ?? self.isolates, rules: rules ?? self.rules,
      rank: rank ?? self.rank)
  }
}
