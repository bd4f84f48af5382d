internal import PolicyModel

/// What tiers decide about one kind of peers, for all ports at once.
///
/// The set algebra of ``FlowEvaluator``: instead of asking whether a port matches, it carries the ports that are
/// still undecided from rule to rule.
struct RowDecision {
  /// What of a rule's traffic the peers have.
  struct Match {
    let rule: Int32
    let traffic: TrafficSet
  }

  private(set) var allowed = TrafficSet.none
  /// What each rule lets through, in the order of evaluation.
  private(set) var allows: [Match] = []
  private(set) var denials: [Match] = []
  private var undecided = TrafficSet.all
  private let rules: [CompiledRule]

  /// - Parameters:
  ///   - winners: by tier, which policy of one rank goes first.
  ///   - matches: the rules whose peers these are, ascending. O(matches) set operations.
  init(_ tiers: [RowTier], winners: [Int], rules: [CompiledRule], _ matches: [Match]) {
    self.rules = rules
    var rest = matches[...]
    for (number, tier) in tiers.enumerated() {
      if undecided.isEmpty { return }
      let own = rest.prefix { rules[Int($0.rule)].tier == tier.tier }
      rest = rest.dropFirst(own.count)
      var passed = TrafficSet.none
      switch tier.combination {
      case .additive: allow(own, closes: tier.isolates)
      case .denyOverrides:
        deny(own)
        allow(own, closes: tier.isolates)
      case .firstMatch(let sameRank):
        ordered(own, sameRank, winner: winners.isEmpty ? 0 : winners[number], &passed)
      }
      undecided = tier.isolates ? passed : passed.union(undecided)
    }
    allowed = allowed.union(undecided)
  }

  // MARK: - Unordered tiers

  /// The union of what rules let through.
  ///
  /// - Parameter closes: whether nothing is left for later tiers anyway.
  private mutating func allow(_ matches: ArraySlice<Match>, closes: Bool) {
    var open = TrafficSet.none
    let isWhole = undecided == .all
    for match in matches where action(match) == .allow {
      let part = isWhole ? match.traffic : undecided.intersection(match.traffic)
      if part.isEmpty { continue }
      allows.append(Match(rule: match.rule, traffic: part))
      open = open.union(part)
    }
    if open.isEmpty { return }
    allowed = allowed.union(open)
    if !closes { undecided = undecided.subtracting(open) }
  }

  private mutating func deny(_ matches: ArraySlice<Match>) {
    var denied = TrafficSet.none
    for match in matches where action(match) == .deny {
      let part = undecided.intersection(match.traffic)
      if part.isEmpty { continue }
      denials.append(Match(rule: match.rule, traffic: part))
      denied = denied.union(part)
    }
    if !denied.isEmpty { undecided = undecided.subtracting(denied) }
  }

  // MARK: - Ordered tiers

  private mutating func ordered(
    _ matches: ArraySlice<Match>, _ sameRank: Tier.SameRank, winner: Int, _ passed: inout TrafficSet
  ) {
    var rest = matches
    while let first = rest.first {
      let rank = rest.prefix { rules[Int($0.rule)].rank == rules[Int(first.rule)].rank }
      rest = rest.dropFirst(rank.count)
      var policies: [ArraySlice<Match>] = []
      var ofRank = rank
      while let first = ofRank.first {
        policies.append(ofRank.prefix { rules[Int($0.rule)].policy == rules[Int(first.rule)].policy })
        ofRank = ofRank.dropFirst(policies[policies.count - 1].count)
      }
      if policies.count > 1, sameRank == .denyWins {
        together(policies, &passed)
        continue
      }
      let first = winner % policies.count
      inOrder(policies[first], &passed)
      for (place, policy) in policies.enumerated() where place != first { inOrder(policy, &passed) }
    }
  }

  /// The rules of one policy, each for what those before it left.
  private mutating func inOrder(_ policy: ArraySlice<Match>, _ passed: inout TrafficSet) {
    for match in policy {
      if undecided.isEmpty { return }
      if action(match) == .log { continue }
      let part = undecided.intersection(match.traffic)
      if part.isEmpty { continue }
      take(Match(rule: match.rule, traffic: part), &passed)
    }
  }

  /// Policies of one rank side by side: at each step what a rule denies is denied, then what one allows is allowed.
  private mutating func together(_ policies: [ArraySlice<Match>], _ passed: inout TrafficSet) {
    let found = policies.joined().filter { action($0) != .log }
    for step in Set(found.map { rules[Int($0.rule)].rule.step }).sorted() {
      let here = found.filter { rules[Int($0.rule)].rule.step == step }
      for wanted in [RuleAction.deny, .allow, .pass] {
        for match in here where action(match) == wanted {
          let part = undecided.intersection(match.traffic)
          if !part.isEmpty { take(Match(rule: match.rule, traffic: part), &passed) }
        }
      }
    }
  }

  private mutating func take(_ match: Match, _ passed: inout TrafficSet) {
    switch action(match) {
    case .log: return
    case .pass: passed = passed.union(match.traffic)
    case .allow:
      allows.append(match)
      allowed = allowed.union(match.traffic)
    case .deny: denials.append(match)
    }
    undecided = undecided.subtracting(match.traffic)
  }

  private func action(_ match: Match) -> RuleAction { rules[Int(match.rule)].rule.action }
}
