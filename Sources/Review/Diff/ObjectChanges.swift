internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Which workloads policies see differently than before, and what that alone brings about.
struct ObjectChanges {
  private let comparison: ConnectivityComparison
  private let tiersBefore: [Tier]
  /// By unit after: whether some pair with it has changed.
  private var isChangedAfter: [Bool]
  private var counterfactual: Counterfactual?

  /// O(units).
  init(_ comparison: ConnectivityComparison, tiersBefore: [Tier]) {
    self.comparison = comparison
    self.tiersBefore = tiersBefore
    isChangedAfter = [Bool](repeating: false, count: comparison.after.units.count)
    for pair in comparison.matching.pairs where !isChangedAfter[pair.after] {
      isChangedAfter[pair.after] = Self.areDifferent(pair, comparison)
    }
  }

  func isChanged(_ end: ConnectivityComparison.End) -> Bool {
    if case .unit(_, let unit?) = end { isChangedAfter[unit] } else { false }
  }

  /// Whether a change of rows whose ends have changed comes from that, from policies, or from both.
  mutating func effect(_ change: ConnectivityComparison.Change) -> DiffReport.Effect {
    let counterfactual = counterfactual ?? Counterfactual(comparison, tiersBefore: tiersBefore)
    self.counterfactual = counterfactual
    let between = counterfactual.connection(change)
    if between == comparison.after.connection(change.after) { return .objects }
    return between == comparison.before.connection(change.before) ? .policies : .policiesAndObjects
  }

  /// Compares what policies can see of one pod of each side.
  private static func areDifferent(_ pair: UnitMatching.Pair, _ comparison: ConnectivityComparison) -> Bool {
    let (before, after) = (comparison.before, comparison.after)
    let (old, new) = (before.compiled.world, after.compiled.world)
    let own = old.endpoints[before.units[pair.before].endpoints[0]]
    let other = new.endpoints[after.units[pair.after].endpoints[0]]
    return own.labels != other.labels || own.ports != other.ports
      || own.serviceAccount != other.serviceAccount
      || own.hostNetwork != other.hostNetwork || own.addresses != other.addresses
      || old.namespaces[own.namespace].labels != new.namespaces[other.namespace].labels
  }
}
