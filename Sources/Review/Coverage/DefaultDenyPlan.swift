package import Kubernetes
internal import PolicyEngine
package import PolicyModel

/// What a default deny would cut, and the policies that keep what is needed.
///
/// Every need that is met today is met with the policies of the plan; what nothing declares is cut.
package struct DefaultDenyPlan: Sendable {
  /// A connection that a default deny would cut.
  package struct Connection: Sendable {
    package let need: Need
    package let direction: Direction
    /// `TCP 7070`, or several where any may be the right one.
    package fileprivate(set) var port: String
    /// The other end, `shop/cart`.
    package let other: String
    /// The workload of the namespace.
    package let workload: String
  }

  /// The plan of one namespace.
  package struct Part: Sendable {
    package let namespace: String
    /// By workload, other end and port.
    package let connections: [Connection]
    /// NetworkPolicies, each one document; none when the namespace is closed already and needs nothing.
    package let policies: [String]
  }

  /// By namespace.
  package let parts: [Part]
  /// Needs that are met today and that no NetworkPolicy can keep.
  package let lost: [Need]
  /// Ways in through ports that the plan closes, and of which nobody says who takes them.
  package let undecided: [Entrance]
  /// What is open in the planned namespaces with the policies of the plan, as the engine finds it.
  package let open: [Opening]

  /// A workload that the policies of the plan do not close.
  package struct Opening: Sendable {
    /// `shop/db`
    package let workload: String
    package let direction: Direction
    /// The end of a sentence.
    package let reason: String
    package let location: SourceLocation
  }

  /// - Parameters:
  ///   - input: read with what its objects declare.
  ///   - namespace: the only one that is planned; nil for all that have workloads, but those of the system.
  package init(_ input: ClusterInput, _ cluster: Cluster, namespace: String? = nil) {
    let today = Evaluation(cluster)
    let needs = today.met(
      NeedCollector.needs(input, cluster, today.compiled).filter { $0.kind != .probe })
    let places = SystemNamespaces.places(today.units, in: cluster.world, only: namespace)
    var writer = PlanWriter(input, cluster, today.units, places)
    let closed = Evaluation(input.adding(writer.text).cluster(cluster.profile))
    var connections: [Int: [Connection]] = [:]
    for need in needs {
      for target in need.targets where today.isAllowed(need.source, target) {
        let outcome = closed.evaluator.directions(from: need.source, to: target)
        if outcome.egress != .allowed, case .workload(let source) = need.source {
          let place = cluster.world.workloads[source].namespace
          if places.contains(place) {
            connections[place, default: []].append(writer.keep(.egress, need, target, of: source))
          }
        }
        if outcome.ingress != .allowed, case .workload(let group) = target.end {
          let place = cluster.world.workloads[group].namespace
          if places.contains(place) {
            connections[place, default: []].append(writer.keep(.ingress, need, target, of: group))
          }
        }
      }
    }
    parts = places.sorted().map { place in
      Part(
        namespace: cluster.world.namespaces[place].name,
        connections: Self.merged(connections[place] ?? []),
        policies: writer.policies(in: place).map(\.yaml))
    }
    let planned = Evaluation(input.adding(writer.text).cluster(cluster.profile))
    let kept = Set(planned.met(needs).map(\.identity))
    lost = needs.filter { !kept.contains($0.identity) }
    let openToday = Set(today.units.filter { !$0.isIngressIsolated }.map(\.workload))
    undecided = NeedCollector.entrances(input, cluster, today.compiled).filter { entrance in
      entrance.targets.contains { target in
        guard case .workload(let group) = target.end else { return false }
        return openToday.contains(group) && places.contains(cluster.world.workloads[group].namespace)
      }
    }
    open = planned.openings(in: Set(places.map { cluster.world.namespaces[$0].name }))
  }

  /// By their order; those of one need between the same ends are one, with all its ports.
  private static func merged(_ connections: [Connection]) -> [Connection] {
    var merged: [Connection] = []
    // Sorting is stable, so ports stay in the order of the need.
    for next in connections.sorted(by: { $0.order.lexicographicallyPrecedes($1.order) }) {
      if let last = merged.last, last.order == next.order {
        merged[merged.count - 1].port += ", \(next.port)"
      } else {
        merged.append(next)
      }
    }
    return merged
  }

  /// A cluster with what answers questions about needs.
  private struct Evaluation {
    let cluster: Cluster
    let compiled: CompiledPolicies
    let units: [ConnectivityUnit]
    let evaluator: NeedEvaluator

    init(_ cluster: Cluster) {
      self.cluster = cluster
      compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
      units = compiled.units()
      evaluator = NeedEvaluator(cluster, compiled, units)
    }

    func met(_ needs: [Need]) -> [Need] {
      zip(needs, evaluator.outcomes(of: needs)).filter { if case .met = $1 { true } else { false } }.map(\.0)
    }

    /// Workloads of namespaces that are not closed, each with who keeps them open.
    func openings(in places: Set<String>) -> [Opening] {
      let world = cluster.world
      let index = PolicyIndex(cluster.tiers, in: world)
      let walk = ConnectivityWalk(compiled, units: units)
      var openings: [Opening] = []
      for (number, unit) in units.enumerated()
      where places.contains(world.namespaces[unit.namespace].name) && !AssumedPods.contains(unit.location) {
        let policies = index.selecting(world.endpoints[unit.endpoints[0]], in: world).map {
          index.policies[$0]
        }
        for direction in Direction.allCases {
          let isOpen = walk.outside(of: number, direction).contains { found in
            guard case .addresses = found.end else { return false }
            return walk.connection(found.connection).certain == .all
          }
          let isIsolated = direction == .ingress ? unit.isIngressIsolated : unit.isEgressIsolated
          guard isOpen || !isIsolated || unit.hostNetwork else { continue }
          openings.append(
            Opening(
              workload: world.qualifiedName(world.workloads[unit.workload]), direction: direction,
              reason: Self.reason(unit, direction, policies), location: unit.location))
        }
      }
      return openings
    }

    private static func reason(
      _ unit: ConnectivityUnit, _ direction: Direction, _ policies: [Policy]
    ) -> String {
      if unit.hostNetwork {
        return "it uses its node's network, which NetworkPolicies do not close everywhere"
      }
      let opening = policies.filter { policy in
        policy.rules.contains { rule in
          rule.direction == direction && (rule.action == .allow || rule.action == .pass)
            && !rule.traffic.isRestricted
        }
      }
      return opening.isEmpty
        ? "no NetworkPolicy can close it"
        : "\(opening.map(\.identity.description).joined(separator: ", ")) opens it"
    }

    func isAllowed(_ source: Need.Source, _ target: Need.Target) -> Bool {
      if case .met = evaluator.outcome(from: source, to: target) { true } else { false }
    }
  }
}

extension Need {
  /// No two needs have the same.
  fileprivate var identity: [String] { [kind.rawValue, summary, location.description] }
}

extension DefaultDenyPlan.Connection {
  fileprivate var order: [String] { [workload, direction.name, other, need.summary] }
}
