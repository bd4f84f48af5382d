internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Collects the NetworkPolicies of a plan.
struct PlanWriter {
  private let world: World
  /// How many workloads a namespace has.
  private let workloadCounts: [Int: Int]
  private var ends: PolicyPeers
  private var names: PolicyNames
  /// By namespace; closes what is not closed yet.
  private var denials: [Int: PlannedPolicy] = [:]
  /// By workload.
  private var allowing: [Int: PlannedPolicy] = [:]
  /// By namespace, the workloads that look up names, each with where.
  private var lookups: [Int: [Int: Set<Need.Target>]] = [:]

  /// - Parameter places: namespaces that get a default deny, where they have none.
  init(_ input: ClusterInput, _ cluster: Cluster, _ units: [ConnectivityUnit], _ places: Set<Int>) {
    world = cluster.world
    ends = PolicyPeers(cluster)
    workloadCounts = Dictionary(
      grouping: Set(units.map(\.workload)), by: { cluster.world.workloads[$0].namespace }
    ).mapValues(\.count)
    names = PolicyNames(input)
    let index = PolicyIndex(cluster.tiers, in: cluster.world)
    for place in places.sorted() {
      let open = Direction.allCases.filter { direction in
        !index.byNamespace[place].contains { number in
          let policy = index.policies[number]
          return policy.identity.kind == "NetworkPolicy" && policy.isolates.contains(direction)
            && (policy.subject.endpoints?.labels.isEverything ?? false)
        }
      }
      if open.isEmpty { continue }
      let namespace = cluster.world.namespaces[place].name
      denials[place] = PlannedPolicy(
        namespace: namespace, name: names.name("default-deny", in: namespace), subject: WorkloadSelection(),
        closes: Set(open))
    }
  }

  /// Lets a connection of a workload through that a default deny cuts.
  mutating func keep(
    _ direction: Direction, _ need: Need, _ target: Need.Target, of group: Int
  ) -> DefaultDenyPlan.Connection {
    let other: Int?
    switch direction {
    case .egress: if case .workload(let server) = target.end { other = server } else { other = nil }
    case .ingress: if case .workload(let client) = need.source { other = client } else { other = nil }
    }
    let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
    let place = world.workloads[group].namespace
    if need.kind == .dns, direction == .egress {
      lookups[place, default: [:]][group, default: []].insert(target)
    } else if need.kind == .dns {
      allow(direction, PolicyPeers.Named(peers: [.everyPod]), port, of: group)
    } else {
      allow(direction, other.map { ends.workload($0, direction, port) } ?? ends.apiServer, port, of: group)
    }
    return DefaultDenyPlan.Connection(
      need: need, direction: direction, port: "\(target.transport.name) \(target.port)",
      other: other.map(name) ?? "the API server",
      workload: name(group))
  }

  /// The policies of a namespace: the default deny, DNS, then one for each workload, by name.
  func policies(in place: Int) -> [PlannedPolicy] {
    var writer = self
    let dns = writer.lookupPolicies(in: place)
    let own = writer.allowing.filter {
      world.workloads[$0.key].namespace == place && !$0.value.allows.isEmpty
    }
    .map(\.value).sorted { $0.name < $1.name }
    return [denials[place], dns].compactMap(\.self) + own
  }

  /// All policies so far.
  var text: ManifestText {
    let places = Set(denials.keys).union(allowing.keys.map { world.workloads[$0].namespace }).union(
      lookups.keys)
    let documents = places.sorted().flatMap { policies(in: $0) }.map(\.yaml)
    return ManifestText(path: "plan.yaml", documents.joined(separator: "---\n"))
  }

  // MARK: - Parts

  private func name(_ group: Int) -> String { world.qualifiedName(world.workloads[group]) }

  /// Pods that look up names: one policy when all workloads of the namespace do, else one rule for each.
  private mutating func lookupPolicies(in place: Int) -> PlannedPolicy? {
    guard let groups = lookups[place], let first = groups.values.first else { return nil }
    if groups.count == workloadCounts[place], groups.values.allSatisfy({ $0 == first }) {
      let namespace = world.namespaces[place].name
      var policy = PlannedPolicy(
        namespace: namespace, name: names.name("allow-dns", in: namespace), subject: WorkloadSelection(),
        closes: []
      )
      for target in first {
        guard case .workload(let server) = target.end else { continue }
        let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
        policy.allow(.egress, ends.workload(server, .egress, port), port)
      }
      return policy
    }
    for group in groups.keys.sorted() {
      for target in groups[group] ?? [] {
        guard case .workload(let server) = target.end else { continue }
        let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
        allow(.egress, ends.workload(server, .egress, port), port, of: group)
      }
    }
    return nil
  }

  private mutating func allow(
    _ direction: Direction, _ peers: PolicyPeers.Named, _ port: PlannedPolicy.Port, of group: Int
  ) {
    let selection = ends.selection(of: group)
    // Without labels nothing but every pod of the namespace could be selected.
    if selection.labels.isEmpty { return }
    let namespace = world.namespaces[world.workloads[group].namespace].name
    if allowing[group] == nil {
      allowing[group] = PlannedPolicy(
        namespace: namespace, name: names.name("allow-\(world.workloads[group].name)", in: namespace),
        subject: selection, closes: [])
      for other in selection.alsoSelected {
        let comment = "It selects \(name(other)) too: no label tells it from \(name(group))."
        allowing[group]?.comment(comment)
      }
    }
    allowing[group]?.allow(direction, peers, port)
  }
}

extension PlannedPolicy {
  mutating func allow(_ direction: Direction, _ named: PolicyPeers.Named, _ port: Port) {
    for peer in named.peers { allow(direction, peer, port) }
    for comment in named.comments { self.comment(comment) }
  }
}
