internal import PolicyModel

/// Pods that are not in the input: whether a rule is about one is a matter of its labels, and of what its ports are
/// called.
extension RowBuilder {
  /// - Parameter holding: the cases in which the rule counts for its subject's sake; nil for all.
  mutating func contributeDoubts(
    _ number: Int32, _ question: Question, _ holding: BitSet?, _ cases: [RowCase],
    _ contributions: inout [Contribution]
  ) {
    let compiled = rules[Int(number)]
    let rule = compiled.rule
    let matches = rule.traffic.portMatches
    let isAny = if case .any = rule.traffic { true } else { false }
    let ports = question.direction == .ingress ? question.ports : 0
    let numbers = isAny ? .all : sets.number(of: portNames.traffic(matches, ports: ports))
    if let doubtful = compiled.doubtfulPeers, !numbers.isEmpty {
      contribute(number, question, numbers, doubtful, holding, cases, &contributions, isCertain: false)
    }
    // Names are the destination's.
    guard question.direction == .egress, !isAny else { return }
    var named = TrafficSet.none
    for match in matches {
      named[match.transport] = named[match.transport].union(match.numbersOfUnknownName)
    }
    if named.isEmpty { return }
    var pods = peers.unlistedPods(in: compiled.peers)
    if let doubtful = compiled.doubtfulPeers { pods.formUnion(doubtful) }
    if pods.isEmpty { return }
    contribute(
      number, question, sets.number(of: named), pods, holding, cases, &contributions, isCertain: false)
  }
}
