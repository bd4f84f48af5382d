// For dialects in which rules can deny.
extension SyntheticPolicy {
  /// The same with "all but these" as a denial of these before all are allowed.
  ///
  /// A denial also counts for what other policies allow, as people notice who write it this way.
  var withDenials: SyntheticPolicy {
    var policy = self
    policy.ingress = ingress?.flatMap(\.withDenial)
    policy.egress = egress?.flatMap(\.withDenial)
    return policy
  }
}

extension SyntheticPolicy.Rule {
  fileprivate var withDenial: [SyntheticPolicy.Rule] {
    guard peers.count == 1, case .pods(let pods) = peers[0], pods.labels.isEmpty, pods.expressions.count == 1,
      pods.expressions[0].operation == .isNotIn
    else { return [self] }
    let excluded = pods.expressions[0]
    var (denial, rest) = (self, self)
    denial.action = .deny
    denial.peers = [.pods(.where(excluded.key, .isIn, excluded.values))]
    rest.peers = [.pods(.everything)]
    return [denial, rest]
  }
}
