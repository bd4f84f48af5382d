/// What the policies that select a facet allow in one direction, to every facet and every outside address.
///
/// Facets that the same policies select share a row.
struct Row: Sendable {
  /// Indices of the isolating policies, ascending. Empty only for the open row.
  let policies: [Int32]
  /// Disjoint sets of facets with what may flow to or from them; facets in none get nothing.
  let groups: [Group]
  /// Disjoint sets of address atoms, likewise.
  let outside: [OutsideGroup]

  struct Group: Sendable {
    let facets: BitSet
    let traffic: TrafficTable.ID
    /// The rules that match these facets, in the order of the policies.
    let rules: [RuleTraffic]
  }

  struct OutsideGroup: Sendable {
    let atoms: BitSet
    let traffic: TrafficTable.ID
    let rules: [RuleTraffic]
  }

  /// What one rule lets through.
  struct RuleTraffic: Sendable, Hashable {
    /// Number of the rule, see ``CompiledPolicies/rules``.
    let rule: Int32
    let traffic: TrafficTable.ID
  }

  /// The group of a facet; nil when nothing flows. O(groups), which are few.
  func group(of facet: Int) -> Group? {
    groups.first { $0.facets.contains(facet) }
  }

  func outsideGroup(of atom: Int) -> OutsideGroup? {
    outside.first { $0.atoms.contains(atom) }
  }
}
