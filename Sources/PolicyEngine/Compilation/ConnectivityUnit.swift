package import Kubernetes
internal import PolicyModel

/// One line's worth of endpoints in a report: a workload, or those of its pods that policies can tell apart.
package struct ConnectivityUnit: Sendable {
  /// Index of the workload group.
  package let workload: Int
  /// Index of its namespace; see ``World/namespaces``.
  package let namespace: Int
  /// The workload's name, or that of a pod or an owned workload when policies tell the workload's pods apart.
  package let name: String
  /// `Deployment`, `Pod`, …
  package let kind: String
  /// Endpoints of one class.
  package let endpoints: [Int]
  /// Where the name is written.
  package let location: SourceLocation
  /// Whether its pods use their node's network.
  package let hostNetwork: Bool
  /// Whether a policy isolates it for ingress in some case that it stands for.
  package let isIngressIsolated: Bool
  /// Whether a policy isolates it for egress in some case that it stands for.
  package let isEgressIsolated: Bool
  /// Whether a rule of its policies denies something.
  package let isDeniedSomething: Bool
  let endpointClass: Int32
  /// The nodes the endpoints run on; nil when any is unknown, and in worlds without host-network pods, where
  /// it does not matter.
  let nodes: Set<Int>?
}

extension CompiledPolicies {
  /// All units, sorted by namespace, name and kind. O(endpoints).
  package func units() -> [ConnectivityUnit] {
    var units: [ConnectivityUnit] = []
    let needsNodes = world.endpoints.contains(where: \.hostNetwork)
    let passing = policiesPassingEverything
    for (number, group) in world.workloads.enumerated() where !group.endpoints.isEmpty {
      let first = classOfEndpoint[group.endpoints[0]]
      if group.endpoints.allSatisfy({ classOfEndpoint[$0] == first }) {
        units.append(
          unit(
            number, group, group.endpoints, first, passing, isWhole: true,
            nodes: needsNodes ? nodes(of: group.endpoints) : nil))
        continue
      }
      var members: [Int32: [Int]] = [:]
      for endpoint in group.endpoints { members[classOfEndpoint[endpoint], default: []].append(endpoint) }
      for endpointClass in members.keys.sorted() {
        let endpoints = members[endpointClass] ?? []
        units.append(
          unit(
            number, group, endpoints, endpointClass, passing, isWhole: false,
            nodes: needsNodes ? nodes(of: endpoints) : nil))
      }
    }
    return units.sorted {
      ($0.namespace, $0.name, $0.kind, $0.endpoints[0]) < ($1.namespace, $1.name, $1.kind, $1.endpoints[0])
    }
  }

  private func unit(
    _ number: Int, _ group: WorkloadGroup, _ endpoints: [Int], _ endpointClass: Int32,
    _ passing: [Direction: [Int32: Int32]], isWhole: Bool, nodes: Set<Int>?
  ) -> ConnectivityUnit {
    let first = world.endpoints[endpoints[0]]
    // One pod that differs from its siblings goes by its own name, and so does the ReplicaSet of a canary; several
    // alike, or the workload's own template, by the workload's.
    let hasOwnName = !isWhole && endpoints.count == 1 && (first.kind == .pod || world.isOwned(first))
    let facets = classes[Int(endpointClass)].facets
    return ConnectivityUnit(
      workload: number, namespace: group.namespace, name: hasOwnName ? first.name : group.name,
      kind: hasOwnName ? first.kind.name : group.kind, endpoints: endpoints,
      location: hasOwnName ? first.location : group.location, hostNetwork: first.hostNetwork,
      isIngressIsolated: facets.contains { rows[Int(ingressRow[Int($0)])].isIsolated(passing[.ingress]) },
      isEgressIsolated: facets.contains { rows[Int(egressRow[Int($0)])].isIsolated(passing[.egress]) },
      isDeniedSomething: facets.contains {
        rows[Int(ingressRow[Int($0)])].deniesSomething || rows[Int(egressRow[Int($0)])].deniesSomething
      },
      endpointClass: endpointClass, nodes: nodes)
  }

  /// The policies with a rule that passes on whatever rules before it leave, each with its tier. O(rules).
  private var policiesPassingEverything: [Direction: [Int32: Int32]] {
    var passing: [Direction: [Int32: Int32]] = [:]
    for compiled in rules where compiled.rule.action == .pass {
      let rule = compiled.rule
      guard rule.peers.isAnyone, rule.subject.isAnyone, !rule.traffic.isRestricted,
        !rule.sourcePorts.isRestricted
      else { continue }
      passing[rule.direction, default: [:]][compiled.policy] = compiled.tier
    }
    return passing
  }

  private func nodes(of endpoints: [Int]) -> Set<Int>? {
    var nodes: Set<Int> = []
    for endpoint in endpoints {
      guard let node = world.endpoints[endpoint].node else { return nil }
      nodes.insert(node)
    }
    return nodes
  }

  /// Whether the unit can talk to another member of itself.
  package func hasPeersWithin(_ unit: ConnectivityUnit) -> Bool {
    unit.endpoints.count > 1 || world.endpoints[unit.endpoints[0]].kind != .pod
  }
}

extension Row {
  /// Whether some of its policies close the direction.
  ///
  /// - Parameter passing: the policies that pass on everything, with their tiers: the end of such a tier is not reached.
  fileprivate func isIsolated(_ passing: [Int32: Int32]?) -> Bool {
    let open = passing.map { passing in Set(policies.compactMap { passing[$0] }) } ?? []
    return tiers.contains { $0.isolates && !open.contains($0.tier) }
  }
}
