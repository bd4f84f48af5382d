internal import Kubernetes
internal import PolicyModel

/// What parties get over all cases.
extension RowBuilder {
  /// Traffic that certainly flows and traffic that possibly flows.
  struct Pair: Hashable {
    let certain: TrafficAlgebra.Number
    let possible: TrafficAlgebra.Number
  }

  /// What one part of the parties gets.
  struct Settled {
    var traffic: Pair
    /// What rules certainly deny.
    var denied: TrafficAlgebra.Number
    var allows: [RowDecision.Match]
    var denials: [RowDecision.Match]

    /// Nothing flows, and no rule says so.
    var isSilent: Bool { traffic.possible.isEmpty && denials.isEmpty }
  }

  mutating func settle(_ matches: [Partition.Match], _ tiers: [RowTier], _ cases: [RowCase]) -> Settled {
    let masks = cases.count == 1 ? [] : matches.compactMap(\.cases)
    var settled = decide(matches, tiers, 0)
    if masks.isEmpty { return settled }
    // What these parties can see is the same in many cases.
    for index in [Int32](0..<Int32(cases.count)).leastOfEachKind(in: masks).dropFirst() {
      let next = decide(matches, tiers, Int(index))
      settled.traffic = Pair(
        certain: sets.intersection(settled.traffic.certain, next.traffic.certain),
        possible: sets.union(settled.traffic.possible, next.traffic.possible))
      settled.denied = sets.intersection(settled.denied, next.denied)
      settled.allows += next.allows
      settled.denials += next.denials
    }
    settled.allows = byRule(settled.allows)
    settled.denials = byRule(settled.denials)
    return settled
  }

  /// - Parameter index: number of the case.
  private mutating func decide(_ matches: [Partition.Match], _ tiers: [RowTier], _ index: Int) -> Settled {
    var active: [RowDecision.Match] = []
    active.reserveCapacity(matches.count)
    for match in matches where match.cases?.contains(index) ?? true {
      if let last = active.last, last.rule == match.rule, last.isCertain == match.isCertain {
        active[active.count - 1].traffic = sets.union(last.traffic, match.traffic)
      } else {
        active.append(.init(rule: match.rule, traffic: match.traffic, isCertain: match.isCertain))
      }
    }
    let decision = RowDecision(tiers, rules: rules, active, &sets)
    return Settled(
      traffic: Pair(certain: decision.certain(&sets), possible: decision.possible),
      denied: decision.certainlyDenied(&sets), allows: decision.allows, denials: decision.denials)
  }

  /// Each rule once with all of its traffic, ascending.
  private mutating func byRule(_ matches: [RowDecision.Match]) -> [RowDecision.Match] {
    var whole: [RowDecision.Match] = []
    for match in matches.sorted(by: { $0.rule < $1.rule }) {
      if let last = whole.last, last.rule == match.rule {
        whole[whole.count - 1].traffic = sets.union(last.traffic, match.traffic)
      } else {
        whole.append(match)
      }
    }
    return whole
  }

  /// What all rules together certainly decide is certain of each that has a part in it.
  mutating func parts(
    _ matches: [RowDecision.Match], certain: TrafficAlgebra.Number, _ table: inout TrafficTable
  ) -> [Row.RuleTraffic] {
    matches.map { match in
      let pair = Pair(certain: sets.intersection(certain, match.traffic), possible: match.traffic)
      return Row.RuleTraffic(rule: match.rule, traffic: id(of: pair, &table))
    }
  }

  mutating func id(of pair: Pair, _ table: inout TrafficTable) -> TrafficTable.ID {
    if let known = pairs[pair] { return known }
    let id = table.id(of: TrafficPair(certain: sets[pair.certain], possible: sets[pair.possible]))
    pairs[pair] = id
    return id
  }
}
