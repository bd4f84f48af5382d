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
    var traffic: TrafficAlgebra.Number
    /// Whether the peers have it in every case; what is left in the others goes on to the next rule.
    var isCertain = true
  }

  /// What flows if ties end well.
  private(set) var possible = TrafficAlgebra.Number.none
  /// What each rule lets through if it goes first, in the order of evaluation.
  private(set) var allows: [Match] = []
  private(set) var denials: [Match] = []
  /// What some rule denies.
  private var denied = TrafficAlgebra.Number.none
  /// What no rule decides in a tier that closes the direction.
  private var closed = TrafficAlgebra.Number.none
  private var undecided = TrafficAlgebra.Number.all
  private let rules: [CompiledRule]

  /// What certainly flows; ``possible`` is what possibly does.
  func certain(_ sets: inout TrafficAlgebra) -> TrafficAlgebra.Number {
    sets.subtracting(sets.subtracting(possible, denied), closed)
  }

  /// What rules certainly deny.
  func certainlyDenied(_ sets: inout TrafficAlgebra) -> TrafficAlgebra.Number {
    sets.subtracting(sets.subtracting(denied, possible), closed)
  }

  /// - Parameter matches: the rules whose peers these are, ascending. O(matches) set operations.
  init(_ tiers: [RowTier], rules: [CompiledRule], _ matches: [Match], _ sets: inout TrafficAlgebra) {
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
      var passed = TrafficAlgebra.Number.none
      switch tier.combination {
      case .additive: decide(own, .allow, &sets)
      case .denyOverrides:
        decide(own, .deny, &sets)
        decide(own, .allow, &sets)
      case .firstMatch(let sameRank): ordered(own, sameRank, &passed, &sets)
      }
      if tier.isolates {
        closed = sets.union(closed, undecided)
        undecided = passed
      } else {
        undecided = sets.union(passed, undecided)
      }
    }
    possible = sets.union(possible, undecided)
  }

  private func action(_ match: Match) -> RuleAction { rules[Int(match.rule)].rule.action }

  /// Notes that a rule decides some traffic, which may be undecided still for other reasons.
  private mutating func note(
    _ match: Match, _ passed: inout TrafficAlgebra.Number, _ sets: inout TrafficAlgebra
  ) {
    switch action(match) {
    case .log: return
    case .pass: passed = sets.union(passed, match.traffic)
    case .allow:
      allows.append(match)
      possible = sets.union(possible, match.traffic)
    case .deny:
      denials.append(match)
      denied = sets.union(denied, match.traffic)
    }
  }

  // MARK: - Unordered tiers

  /// The union of what rules with an action match.
  private mutating func decide(
    _ matches: ArraySlice<Match>, _ wanted: RuleAction, _ sets: inout TrafficAlgebra
  ) {
    var decided = TrafficAlgebra.Number.none
    var passed = TrafficAlgebra.Number.none
    for match in matches where action(match) == wanted {
      let part = sets.intersection(undecided, match.traffic)
      if part.isEmpty { continue }
      note(Match(rule: match.rule, traffic: part), &passed, &sets)
      if match.isCertain { decided = sets.union(decided, part) }
    }
    undecided = sets.subtracting(undecided, decided)
  }

  // MARK: - Ordered tiers

  private mutating func ordered(
    _ matches: ArraySlice<Match>, _ sameRank: Tier.SameRank, _ passed: inout TrafficAlgebra.Number,
    _ sets: inout TrafficAlgebra
  ) {
    var rest = matches
    while let first = rest.first, !undecided.isEmpty {
      let number = rules[Int(first.rule)].rank
      let rank = rest.prefix { rules[Int($0.rule)].rank == number }
      rest = rest.dropFirst(rank.count)
      switch sameRank {
      case .isUndefined:
        // Each policy of the rank may be the first.
        let found = found(rank, &sets)
        for match in found { note(match, &passed, &sets) }
        for match in found where match.isCertain { undecided = sets.subtracting(undecided, match.traffic) }
      case .denyWins: sideBySide(rank, &passed, &sets)
      }
    }
  }

  /// Policies of one rank side by side: at each step what a rule denies is denied, then what one allows is allowed.
  private mutating func sideBySide(
    _ rank: ArraySlice<Match>, _ passed: inout TrafficAlgebra.Number, _ sets: inout TrafficAlgebra
  ) {
    let first = rank.first.map { rules[Int($0.rule)].rule.step }
    if rank.allSatisfy({ rules[Int($0.rule)].rule.step == first }) { return sameStep(rank, &passed, &sets) }
    for step in Set(rank.map { rules[Int($0.rule)].rule.step }).sorted() {
      sameStep(rank.filter { rules[Int($0.rule)].rule.step == step }[...], &passed, &sets)
    }
  }

  private mutating func sameStep(
    _ matches: ArraySlice<Match>, _ passed: inout TrafficAlgebra.Number, _ sets: inout TrafficAlgebra
  ) {
    // Rules without steps are in the order of the text, all of one policy.
    let policy = matches.first.map { rules[Int($0.rule)].policy }
    if matches.allSatisfy({ rules[Int($0.rule)].policy == policy }) {
      for match in matches { settle(match, &passed, &sets) }
      return
    }
    for wanted in [RuleAction.deny, .allow, .pass] {
      for match in matches where action(match) == wanted { settle(match, &passed, &sets) }
    }
  }

  /// Lets a rule decide what is undecided of its traffic.
  private mutating func settle(
    _ match: Match, _ passed: inout TrafficAlgebra.Number, _ sets: inout TrafficAlgebra
  ) {
    if action(match) == .log { return }
    let part = sets.intersection(undecided, match.traffic)
    if part.isEmpty { return }
    note(Match(rule: match.rule, traffic: part), &passed, &sets)
    if match.isCertain { undecided = sets.subtracting(undecided, part) }
  }

  /// What each rule of a rank decides, as if its policy were alone in it.
  private func found(_ rank: ArraySlice<Match>, _ sets: inout TrafficAlgebra) -> [Match] {
    var found: [Match] = []
    var left = undecided
    var policy = rank.first.map { rules[Int($0.rule)].policy }
    for match in rank where action(match) != .log {
      if rules[Int(match.rule)].policy != policy {
        policy = rules[Int(match.rule)].policy
        left = undecided
      }
      let part = sets.intersection(left, match.traffic)
      if part.isEmpty { continue }
      found.append(Match(rule: match.rule, traffic: part, isCertain: match.isCertain))
      if match.isCertain { left = sets.subtracting(left, part) }
    }
    return found
  }
}
