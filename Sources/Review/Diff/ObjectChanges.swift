internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Which workloads policies see differently than before, and what that alone brings about.
struct ObjectChanges {
  private let comparison: ConnectivityComparison
  private let tiersBefore: [Tier]
  private struct Pair: Hashable {
    let before: Int
    let after: Int
  }

  private var changed: Set<Pair> = []
  private var counterfactual: Counterfactual?

  /// O(units).
  init(_ comparison: ConnectivityComparison, tiersBefore: [Tier]) {
    self.comparison = comparison
    self.tiersBefore = tiersBefore
    for pair in comparison.matching.pairs where Self.areDifferent(pair, comparison) {
      changed.insert(Pair(before: pair.before, after: pair.after))
    }
  }

  func isChanged(_ end: ConnectivityComparison.End) -> Bool {
    if case .unit(let before?, let after?) = end {
      changed.contains(Pair(before: before, after: after))
    } else {
      false
    }
  }

  /// Whether a change of rows whose ends have changed comes from that, from policies, or from both.
  mutating func effect(_ change: ConnectivityComparison.Change) -> DiffReport.Effect {
    let counterfactual = counterfactual ?? Counterfactual(comparison, tiersBefore: tiersBefore)
    self.counterfactual = counterfactual
    let between = counterfactual.connection(change)
    if between == comparison.after.connection(change.after) { return .objects }
    return between == comparison.before.connection(change.before) ? .policies : .policiesAndObjects
  }

  /// Compares what policies can see of a pod on each side.
  private static func areDifferent(_ pair: UnitMatching.Pair, _ comparison: ConnectivityComparison) -> Bool {
    let (before, after) = (comparison.before, comparison.after)
    let (old, new) = (before.compiled.world, after.compiled.world)
    let example = comparison.matching.example(before: pair.before, after: pair.after, before, after)
    let (own, other) = (old.endpoints[example.before], new.endpoints[example.after])
    return own.labels != other.labels || own.ports != other.ports
      || own.serviceAccount != other.serviceAccount
      || own.hostNetwork != other.hostNetwork || own.addresses != other.addresses
      || old.namespaces[own.namespace].labels != new.namespaces[other.namespace].labels
  }
}
