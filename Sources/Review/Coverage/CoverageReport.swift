package import Kubernetes
internal import PolicyEngine
package import PolicyModel

/// Which pods are closed, in which direction, and by which policies.
package struct CoverageReport: Sendable {
  /// How a workload stands in one direction.
  package enum State: String, Sendable, Hashable {
    /// Policies close what no rule allows.
    case isolated
    /// Nothing closes it, and rules deny some of it.
    case denied = "partly denied"
    /// Nothing closes it, and no rule denies anything.
    case open
    /// It uses its node's network, which policies on pods do not police, or not everywhere.
    case hostNetwork = "host network"
  }

  /// A workload in one direction.
  package struct Row: Sendable {
    package let namespace: String
    /// `shop/web`, with the kind inside when two share the name.
    package let workload: String
    package let kind: String
    package let direction: Direction
    package let state: State
    /// Those that close it, else those whose rules deny something; in the order of evaluation.
    package let policies: [Policy]
    package let location: SourceLocation
  }

  /// A namespace with workloads.
  package struct NamespaceRow: Sendable {
    package let namespace: String
    /// Counts rows of `connectivity`, as `check` does.
    package let workloads: Int
    package let ingressIsolated: Int
    package let egressIsolated: Int
  }

  package let profile: String
  /// By namespace and name, ingress first.
  package let rows: [Row]
  /// By name.
  package let namespaces: [NamespaceRow]

  /// - Parameter namespace: the only one that is wanted; nil for all.
  package init(_ cluster: Cluster, namespace: String? = nil) {
    profile = cluster.profile.name
    let compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    let index = PolicyIndex(cluster.tiers, in: cluster.world)
    let report = ConnectivityReport(cluster, compiled)
    var rows: [Row] = []
    var namespaces: [NamespaceRow] = []
    for (number, unit) in report.units.enumerated() where !AssumedPods.contains(unit.location) {
      let place = cluster.world.namespaces[unit.namespace].name
      if let namespace, namespace != place { continue }
      let endpoint = cluster.world.endpoints[unit.endpoints[0]]
      let policies = index.selecting(endpoint, in: cluster.world).map { index.policies[$0] }
      let own = Direction.allCases.map { direction -> Row in
        let (state, responsible) = Self.state(unit, direction, policies)
        return Row(
          namespace: place, workload: report.names[number], kind: unit.kind, direction: direction,
          state: state, policies: responsible, location: unit.location)
      }
      rows += own
      let before = namespaces.last.flatMap { $0.namespace == place ? $0 : nil }
      if before != nil { namespaces.removeLast() }
      func isolated(_ direction: Direction) -> Int {
        own.contains { $0.direction == direction && $0.state == .isolated } ? 1 : 0
      }
      namespaces.append(
        NamespaceRow(
          namespace: place, workloads: (before?.workloads ?? 0) + 1,
          ingressIsolated: (before?.ingressIsolated ?? 0) + isolated(.ingress),
          egressIsolated: (before?.egressIsolated ?? 0) + isolated(.egress)))
    }
    self.rows = rows
    self.namespaces = namespaces
  }

  private static func state(
    _ unit: ConnectivityUnit, _ direction: Direction, _ policies: [Policy]
  ) -> (State, [Policy]) {
    if unit.hostNetwork { return (.hostNetwork, []) }
    let closing = policies.filter { $0.isolates.contains(direction) }
    if direction == .ingress ? unit.isIngressIsolated : unit.isEgressIsolated { return (.isolated, closing) }
    let denying = policies.filter { policy in
      policy.rules.contains { $0.direction == direction && $0.action == .deny }
    }
    return denying.isEmpty ? (.open, []) : (.denied, denying)
  }
}
