/// All parties, cut into disjoint sets that the same contributions speak of.
struct Partition {
  /// What of a rule's traffic the parties of a part have, in some of the cases.
  struct Match {
    let rule: Int32
    let traffic: TrafficAlgebra.Number
    /// Nil for all cases.
    let cases: BitSet?
    let isCertain: Bool
  }

  struct Part {
    var parties: PartySet
    /// In the order of the contributions.
    var matches: [Match]
  }

  private(set) var parts: [Part] = []

  /// O(contributions × parts × words); parts are at most the distinct combinations that occur. The parties that
  /// nothing speaks of are the last part.
  init(_ contributions: [RowBuilder.Contribution], within everything: PartySet) {
    var rest = everything
    for contribution in contributions {
      let match = Match(
        rule: contribution.rule, traffic: contribution.traffic, cases: contribution.cases,
        isCertain: contribution.isCertain)
      for index in parts.indices where parts[index].parties.intersects(contribution.parties) {
        if !parts[index].parties.isSubset(of: contribution.parties) {
          let outside = parts[index].parties.subtracting(contribution.parties)
          parts.append(Part(parties: outside, matches: parts[index].matches))
          parts[index].parties.formIntersection(contribution.parties)
        }
        parts[index].matches.append(match)
      }
      if rest.intersects(contribution.parties) {
        parts.append(Part(parties: rest.intersection(contribution.parties), matches: [match]))
        rest.subtract(contribution.parties)
      }
    }
    if !rest.isEmpty { parts.append(Part(parties: rest, matches: [])) }
  }
}
