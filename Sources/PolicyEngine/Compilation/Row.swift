/// What the policies that select a facet allow in one direction, to every facet and everything outside.
///
/// Facets that the same policies select share a row.
struct Row: Sendable {
  /// Indices of the policies that say something, ascending. Empty only for the open row.
  let policies: [Int32]
  /// The tiers that they are in, as far as they concern the row.
  let tiers: [RowTier]
  /// Whether it rests on something unknown that the other direction may rest on too: the subject's own address, or
  /// the source's port. What both leave open may then be decided.
  let sharesUnknowns: Bool
  /// Disjoint sets of facets with what may flow to or from them. Nothing flows to facets in none, and no rule
  /// says so.
  let groups: [Group]
  /// Disjoint sets of address atoms and named parties, likewise.
  let outside: [Group]

  /// The policies that close the direction.
  var closing: [Int32] { tiers.flatMap(\.closing) }

  /// Whether a rule of the policies denies something to somebody.
  var deniesSomething: Bool {
    groups.contains { !$0.denials.isEmpty } || outside.contains { !$0.denials.isEmpty }
  }

  /// Whether some of the policies have one rank, and nobody says which of those goes first.
  var mayTie: Bool { tiers.contains(where: \.mayTie) }

  struct Group: Sendable {
    let members: BitSet
    let traffic: TrafficTable.ID
    /// The rules that let something through, in the order of evaluation.
    let allows: [RuleTraffic]
    /// The rules that deny something.
    let denials: [RuleTraffic]
  }

  /// What one rule decides.
  struct RuleTraffic: Sendable, Hashable {
    /// Number of the rule, see ``CompiledPolicies/rules``.
    let rule: Int32
    let traffic: TrafficTable.ID
  }

  /// The group of a facet; nil when nothing flows. O(groups), which are few.
  func group(of facet: Int) -> Group? {
    groups.first { $0.members.contains(facet) }
  }

  /// The group of an address atom or, counted after the atoms, a named party.
  func outsideGroup(of member: Int) -> Group? {
    outside.first { $0.members.contains(member) }
  }
}
