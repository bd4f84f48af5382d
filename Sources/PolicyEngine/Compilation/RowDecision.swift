internal import PolicyModel

/// What tiers decide about one kind of peers, for all ports at once.
///
/// The set algebra of ``FlowEvaluator``: instead of asking whether a port matches, it carries the ports that are
/// still undecided from rule to rule. Where policies of one rank disagree and nobody says which goes first, a port
/// is in several of the sets.
struct RowDecision {
  /// What of a rule's traffic the peers have.
  struct Match {
    let rule: Int32
    var traffic: TrafficSet
    /// Whether the peers have it in every case; what is left in the others goes on to the next rule.
    var isCertain = true
  }

  /// What flows if ties end well.
  private(set) var possible = TrafficSet.none
  /// What each rule lets through if it goes first, in the order of evaluation.
  private(set) var allows: [Match] = []
  private(set) var denials: [Match] = []
  /// What some rule denies.
  private var denied = TrafficSet.none
  /// What no rule decides in a tier that closes the direction.
  private var closed = TrafficSet.none
  private var undecided = TrafficSet.all
  private let rules: [CompiledRule]

  /// What certainly flows, and what possibly does.
  var traffic: TrafficPair {
    TrafficPair(certain: possible.subtracting(denied).subtracting(closed), possible: possible)
  }

  /// What rules certainly deny.
  var certainlyDenied: TrafficSet { denied.subtracting(possible).subtracting(closed) }

  /// - Parameter matches: the rules whose peers these are, ascending. O(matches) set operations.
  init(_ tiers: [RowTier], rules: [CompiledRule], _ matches: [Match]) {
    self.rules = rules
    var rest = matches[...]
    for tier in tiers {
      if undecided.isEmpty { return }
      let own = rest.prefix { rules[Int($0.rule)].tier == tier.tier }
      rest = rest.dropFirst(own.count)
      if tier.isExempt {
        if tier.isolates { break }
        continue
      }
      var passed = TrafficSet.none
      switch tier.combination {
      case .additive: decide(own, .allow)
      case .denyOverrides:
        decide(own, .deny)
        decide(own, .allow)
      case .firstMatch(let sameRank): ordered(own, sameRank, &passed)
      }
      if tier.isolates {
        closed = closed.union(undecided)
        undecided = passed
      } else if !passed.isEmpty {
        undecided = passed.union(undecided)
      }
    }
    possible = possible.union(undecided)
  }

  private func action(_ match: Match) -> RuleAction { rules[Int(match.rule)].rule.action }

  /// Notes that a rule decides some traffic, which may be undecided still for other reasons.
  private mutating func note(_ match: Match, _ passed: inout TrafficSet) {
    switch action(match) {
    case .log: return
    case .pass: passed = passed.union(match.traffic)
    case .allow:
      allows.append(match)
      possible = possible.union(match.traffic)
    case .deny:
      denials.append(match)
      denied = denied.union(match.traffic)
    }
  }

  // MARK: - Unordered tiers

  /// The union of what rules with an action match.
  private mutating func decide(_ matches: ArraySlice<Match>, _ wanted: RuleAction) {
    let isWhole = undecided == .all
    var decided = TrafficSet.none
    var passed = TrafficSet.none
    for match in matches where action(match) == wanted {
      let part = isWhole ? match.traffic : undecided.intersection(match.traffic)
      if part.isEmpty { continue }
      note(Match(rule: match.rule, traffic: part), &passed)
      if match.isCertain { decided = decided.union(part) }
    }
    if !decided.isEmpty { undecided = undecided.subtracting(decided) }
  }

  // MARK: - Ordered tiers

  private mutating func ordered(
    _ matches: ArraySlice<Match>, _ sameRank: Tier.SameRank, _ passed: inout TrafficSet
  ) {
    var rest = matches
    while let first = rest.first, !undecided.isEmpty {
      let rank = rest.prefix { rules[Int($0.rule)].rank == rules[Int(first.rule)].rank }
      rest = rest.dropFirst(rank.count)
      switch sameRank {
      case .isUndefined:
        // Each policy of the rank may be the first.
        let found = found(rank)
        for match in found { note(match, &passed) }
        for match in found where match.isCertain { undecided = undecided.subtracting(match.traffic) }
      case .denyWins: sideBySide(rank, &passed)
      }
    }
  }

  /// Policies of one rank side by side: at each step what a rule denies is denied, then what one allows is allowed.
  private mutating func sideBySide(_ rank: ArraySlice<Match>, _ passed: inout TrafficSet) {
    guard let first = rank.first.map({ rules[Int($0.rule)] }) else { return }
    if rank.allSatisfy({ rules[Int($0.rule)].rule.step == first.rule.step }) {
      return sameStep(rank, &passed)
    }
    for step in Set(rank.map { rules[Int($0.rule)].rule.step }).sorted() {
      sameStep(rank.filter { rules[Int($0.rule)].rule.step == step }[...], &passed)
    }
  }

  private mutating func sameStep(_ matches: ArraySlice<Match>, _ passed: inout TrafficSet) {
    // Rules without steps are in the order of the text, all of one policy.
    let policy = matches.first.map { rules[Int($0.rule)].policy }
    if matches.allSatisfy({ rules[Int($0.rule)].policy == policy }) {
      for match in matches { settle(match, &passed) }
      return
    }
    for wanted in [RuleAction.deny, .allow, .pass] {
      for match in matches where action(match) == wanted { settle(match, &passed) }
    }
  }

  /// Lets a rule decide what is undecided of its traffic.
  private mutating func settle(_ match: Match, _ passed: inout TrafficSet) {
    if action(match) == .log { return }
    let part = undecided.intersection(match.traffic)
    if part.isEmpty { return }
    note(Match(rule: match.rule, traffic: part), &passed)
    if match.isCertain { undecided = undecided.subtracting(part) }
  }

  /// What each rule of a rank decides, as if its policy were alone in it.
  private func found(_ rank: ArraySlice<Match>) -> [Match] {
    var found: [Match] = []
    var left = undecided
    var policy = rank.first.map { rules[Int($0.rule)].policy }
    for match in rank where action(match) != .log {
      if rules[Int(match.rule)].policy != policy {
        policy = rules[Int(match.rule)].policy
        left = undecided
      }
      let part = left.intersection(match.traffic)
      if part.isEmpty { continue }
      found.append(Match(rule: match.rule, traffic: part, isCertain: match.isCertain))
      if match.isCertain { left = left.subtracting(part) }
    }
    return found
  }
}
