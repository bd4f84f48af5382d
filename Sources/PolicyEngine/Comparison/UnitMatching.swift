internal import Kubernetes

/// Which units of one walk stand for the same pods as which units of another.
///
/// Pods are the same when they have one name, and else when they are what there is of one workload: its old pods and
/// the pods that replace them.
package struct UnitMatching: Sendable {
  /// Pods that are there before and after.
  package struct Pair: Sendable {
    /// Index into the units of the walk before.
    package let before: Int
    /// Index into the units of the walk after.
    package let after: Int
  }

  /// A pod that is there before and after.
  package struct Example: Sendable {
    /// Index into the endpoints of the world before.
    package let before: Int
    package let after: Int
  }

  private struct PairKey: Hashable {
    let before: Int
    let after: Int
  }

  private var examples: [PairKey: Example] = [:]

  /// A pod that both units of a pair have; where none has its name on both sides, the first of each.
  package func example(before: Int, after: Int, _ old: ConnectivityWalk, _ new: ConnectivityWalk) -> Example {
    examples[PairKey(before: before, after: after)]
      ?? Example(before: old.units[before].endpoints[0], after: new.units[after].endpoints[0])
  }

  /// Ascending. A unit is in several pairs when the other side tells its pods apart.
  package private(set) var pairs: [Pair] = []
  /// Units of the walk before that are gone, ascending.
  package private(set) var vanished: [Int] = []
  /// Units of the walk after that are new, ascending.
  package private(set) var appeared: [Int] = []

  /// O(endpoints).
  package init(_ before: ConnectivityWalk, _ after: ConnectivityWalk) {
    var workloads: [WorkloadKey: Sides] = [:]
    for (number, unit) in before.units.enumerated() {
      workloads[WorkloadKey(unit, before.compiled.world), default: Sides()].before.append(number)
    }
    for (number, unit) in after.units.enumerated() {
      workloads[WorkloadKey(unit, after.compiled.world), default: Sides()].after.append(number)
    }
    for sides in workloads.values {
      if sides.before.isEmpty || sides.after.isEmpty {
        vanished += sides.before
        appeared += sides.after
      } else if sides.before.count == 1, sides.after.count == 1 {
        pairs.append(Pair(before: sides.before[0], after: sides.after[0]))
        addExample(sides.before[0], sides.after[0], before, after)
      } else {
        match(sides, before, after)
      }
    }
    pairs.sort { ($0.before, $0.after) < ($1.before, $1.after) }
    vanished.sort()
    appeared.sort()
  }

  /// Matches the units of one workload.
  private mutating func match(_ sides: Sides, _ before: ConnectivityWalk, _ after: ConnectivityWalk) {
    let unitOfName = Self.unitsByName(sides.after, after)
    var found: [Set<Int>] = []
    for unit in sides.before {
      let names = Self.names(of: unit, before)
      found.append(Set(names.compactMap { unitOfName[$0] }))
    }
    let matched = found.reduce(into: Set<Int>()) { $0.formUnion($1) }
    let strangers = sides.after.filter { !matched.contains($0) }
    for (unit, others) in zip(sides.before, found) {
      let partners = others.isEmpty ? strangers : others.sorted()
      if partners.isEmpty { vanished.append(unit) }
      pairs += partners.map { Pair(before: unit, after: $0) }
      for partner in partners { addExample(unit, partner, before, after) }
    }
    if !found.contains(where: \.isEmpty) { appeared += strangers }
  }

  /// Where pods of one name are not the first of both.
  private mutating func addExample(
    _ unit: Int, _ partner: Int, _ before: ConnectivityWalk, _ after: ConnectivityWalk
  ) {
    let (own, others) = (before.units[unit].endpoints, after.units[partner].endpoints)
    if own.count == 1, others.count == 1 { return }
    let names = Self.names(of: partner, after)
    for (endpoint, name) in zip(own, Self.names(of: unit, before)) {
      guard let place = names.firstIndex(of: name) else { continue }
      examples[PairKey(before: unit, after: partner)] = Example(before: endpoint, after: others[place])
      return
    }
  }

  private static func unitsByName(_ units: [Int], _ walk: ConnectivityWalk) -> [EndpointKey: Int] {
    var unitOfName: [EndpointKey: Int] = [:]
    for unit in units {
      for name in names(of: unit, walk) { unitOfName[name] = unit }
    }
    return unitOfName
  }

  private static func names(of unit: Int, _ walk: ConnectivityWalk) -> [EndpointKey] {
    walk.units[unit].endpoints.map {
      let endpoint = walk.compiled.world.endpoints[$0]
      return EndpointKey(kind: endpoint.kind, name: endpoint.name)
    }
  }

  private struct WorkloadKey: Hashable {
    let namespace: String
    let kind: String
    let name: String

    init(_ unit: ConnectivityUnit, _ world: World) {
      let workload = world.workloads[unit.workload]
      namespace = world.namespaces[workload.namespace].name
      kind = workload.kind
      name = workload.name
    }
  }

  private struct Sides {
    var before: [Int] = []
    var after: [Int] = []
  }

  private struct EndpointKey: Hashable {
    let kind: Endpoint.Kind
    let name: String
  }
}
