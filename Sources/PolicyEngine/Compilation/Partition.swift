internal import PolicyModel

/// All parties, cut into disjoint sets that the same contributions speak of.
struct Partition {
  /// What of a rule's traffic the parties of a part have, in some of the cases.
  struct Match {
    let rule: Int32
    let traffic: TrafficSet
    /// Nil for all cases.
    let cases: BitSet?
    /// The contribution it comes from.
    let place: Int32
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
    for (place, contribution) in contributions.enumerated() {
      let match = Match(
        rule: contribution.rule, traffic: contribution.traffic, cases: contribution.cases,
        place: Int32(place), isCertain: contribution.isCertain)
      for index in parts.indices where parts[index].parties.intersects(contribution.parties) {
        let outside = parts[index].parties.subtracting(contribution.parties)
        if !outside.isEmpty {
          let inside = parts[index].parties.intersection(contribution.parties)
          parts.append(Part(parties: outside, matches: parts[index].matches))
          parts[index].parties = inside
        }
        parts[index].matches.append(match)
      }
      let fresh = rest.intersection(contribution.parties)
      if !fresh.isEmpty {
        parts.append(Part(parties: fresh, matches: [match]))
        rest.subtract(contribution.parties)
      }
    }
    if !rest.isEmpty { parts.append(Part(parties: rest, matches: [])) }
  }
}
