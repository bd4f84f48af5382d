internal import Kubernetes
package import PolicyModel

/// What the policies of before would let through among the objects of after: it tells what policies changed from what
/// objects changed.
package struct Counterfactual {
  private let walk: ConnectivityWalk
  private let comparison: ConnectivityComparison
  /// By endpoint of the world after.
  private let units: [Int]

  /// Compiles the policies of before anew.
  ///
  /// - Parameter tiers: those of ``ConnectivityComparison/before``.
  package init(_ comparison: ConnectivityComparison, tiersBefore tiers: [Tier]) {
    let after = comparison.after.compiled
    walk = ConnectivityWalk(
      CompiledPolicies(
        world: after.world, tiers: tiers, profile: after.profile, comparedWith: after.policies))
    self.comparison = comparison
    units = walk.unitsOfEndpoints
  }

  /// What would flow between the ends of a change.
  package func connection(_ change: ConnectivityComparison.Change) -> (
    certain: TrafficSet, possible: TrafficSet
  ) {
    switch (unit(change.source), unit(change.destination)) {
    case (let source?, let destination?):
      let pair = walk.compiled.connection(walk.units[source], walk.units[destination])
      return (pair.certain, pair.possible)
    case (let source?, nil): return outside(source, .egress, change.destination)
    case (nil, let destination?): return outside(destination, .ingress, change.source)
    case (nil, nil): return (.none, .none)
    }
  }

  private func unit(_ end: ConnectivityComparison.End) -> Int? {
    guard case .unit(let before?, let after?) = end else { return nil }
    let example = comparison.matching.example(
      before: before, after: after, comparison.before, comparison.after)
    return units[example.after]
  }

  private func outside(
    _ unit: Int, _ direction: Direction, _ end: ConnectivityComparison.End
  ) -> (certain: TrafficSet, possible: TrafficSet) {
    switch end {
    case .unit: return (.none, .none)
    case .addresses(let addresses):
      guard let first = addresses.intervals.first else { return (.none, .none) }
      let found = walk.outside(of: unit, direction).first {
        guard case .addresses(let number) = $0.end else { return false }
        return walk.addressSets[number].contains(IPAddress(first.family, bits: first.first))
      }
      return walk.connection(found?.connection ?? TrafficTable.none)
    case .name(let text):
      guard let name = walk.compiled.namedEnd(called: text) else {
        return (.none, .none)
      }
      return walk.connection(walk.connection(of: unit, direction, name: name))
    }
  }
}
