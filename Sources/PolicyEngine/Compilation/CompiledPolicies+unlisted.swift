package import PolicyModel

extension CompiledPolicies {
  /// What a rule has to do with an end that is not in the world.
  package struct UnlistedMatch {
    package let rule: Int32
    /// What of its traffic the end has whatever else is true of it.
    package let certain: TrafficSet
    /// What it may have.
    package let possible: TrafficSet

    package init(rule: Int32, certain: TrafficSet, possible: TrafficSet) {
      self.rule = rule
      self.certain = certain
      self.possible = possible
    }
  }

  /// What may flow between a unit and an end that is not in the world: certainly, and possibly.
  ///
  /// - Parameter matches: the rules of the direction, ascending.
  package func traffic(
    of unit: ConnectivityUnit, _ direction: Direction, _ matches: [UnlistedMatch]
  ) -> (certain: TrafficSet, possible: TrafficSet) {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    let numbers = Set(classes[Int(unit.endpointClass)].facets.map { rowOfFacet[Int($0)] })
    var sets = TrafficAlgebra()
    var whole: TrafficPair?
    for number in numbers.sorted() {
      let row = rows[Int(number)]
      let own = Set(row.policies)
      let concerned = matches.filter { own.contains(rules[Int($0.rule)].policy) }.flatMap { match in
        [
          RowDecision.Match(rule: match.rule, traffic: sets.number(of: match.certain)),
          RowDecision.Match(
            rule: match.rule, traffic: sets.number(of: match.possible.subtracting(match.certain)),
            isCertain: false),
        ].filter { !$0.traffic.isEmpty }
      }
      let decision = RowDecision(row.tiers, rules: rules, concerned, &sets)
      let certain = decision.certain(&sets)
      let here = TrafficPair(certain: sets[certain], possible: sets[decision.possible])
      whole = whole?.either(here) ?? here
    }
    let traffic = whole ?? .all
    return (traffic.certain, traffic.possible)
  }
}
