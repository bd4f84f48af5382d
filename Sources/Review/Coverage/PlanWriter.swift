internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Collects the NetworkPolicies of a plan.
struct PlanWriter {
  private let world: World
  private let facts: ClusterFacts
  private let profile: EngineProfile
  /// How many workloads a namespace has.
  private let workloadCounts: [Int: Int]
  private var selectors: WorkloadSelector
  private var names: Set<[String]>
  /// By namespace; closes what is not closed yet.
  private var denials: [Int: PlannedPolicy] = [:]
  /// By workload.
  private var allowing: [Int: PlannedPolicy] = [:]
  /// By namespace, the workloads that look up names, each with where.
  private var lookups: [Int: [Int: Set<Need.Target>]] = [:]

  /// - Parameter places: namespaces that get a default deny, where they have none.
  init(_ input: ClusterInput, _ cluster: Cluster, _ units: [ConnectivityUnit], _ places: Set<Int>) {
    world = cluster.world
    facts = cluster.facts
    profile = cluster.profile
    selectors = WorkloadSelector(cluster.world)
    workloadCounts = Dictionary(
      grouping: Set(units.map(\.workload)), by: { cluster.world.workloads[$0].namespace }
    ).mapValues(\.count)
    names = Set(input.policies.networkPolicies.map { [$0.meta.namespace, $0.meta.name] })
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
        namespace: namespace, name: name("default-deny", in: namespace), subject: WorkloadSelection(),
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
      allow(direction, Named(peers: [.everyPod]), port, of: group)
    } else {
      allow(direction, other.map { peers($0, direction, port) } ?? apiServer, port, of: group)
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
        namespace: namespace, name: name("allow-dns", in: namespace), subject: WorkloadSelection(), closes: []
      )
      for target in first {
        guard case .workload(let server) = target.end else { continue }
        let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
        policy.allow(.egress, peers(server, .egress, port), port)
      }
      return policy
    }
    for group in groups.keys.sorted() {
      for target in groups[group] ?? [] {
        guard case .workload(let server) = target.end else { continue }
        let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
        allow(.egress, peers(server, .egress, port), port, of: group)
      }
    }
    return nil
  }

  private mutating func allow(
    _ direction: Direction, _ peers: Named, _ port: PlannedPolicy.Port, of group: Int
  ) {
    let selection = selectors.selection(of: group)
    // Without labels nothing but every pod of the namespace could be selected.
    if selection.labels.isEmpty { return }
    let namespace = world.namespaces[world.workloads[group].namespace].name
    if allowing[group] == nil {
      allowing[group] = PlannedPolicy(
        namespace: namespace, name: name("allow-\(world.workloads[group].name)", in: namespace),
        subject: selection, closes: [])
      for other in selection.alsoSelected {
        let comment = "It selects \(name(other)) too: no label tells it from \(name(group))."
        allowing[group]?.comment(comment)
      }
    }
    allowing[group]?.allow(direction, peers, port)
  }

  /// A name that no policy of the namespace has, and that is not too long for one.
  private mutating func name(_ wanted: String, in namespace: String) -> String {
    var name = PolicyName.fitting(wanted)
    var number = 2
    while !names.insert([namespace, name]).inserted {
      name = PolicyName.fitting("\(wanted)-\(number)")
      number += 1
    }
    return name
  }

  /// How rules name an end of connections, and what they open besides it.
  fileprivate struct Named {
    var peers: [PlannedPolicy.Peer]
    var comments: [String] = []
  }

  /// How rules name a workload.
  private mutating func peers(
    _ group: Int, _ direction: Direction, _ port: PlannedPolicy.Port
  ) -> Named {
    let isHost = world.workloads[group].endpoints.contains { world.endpoints[$0].hostNetwork }
    if isHost {
      if !facts.nodeBlocks.isEmpty {
        return Named(peers: facts.nodeBlocks.map { .block("\($0)", except: []) })
      }
      let what = direction == .ingress ? "open to everyone" : "open towards everyone"
      return Named(
        peers: [.anyone],
        comments: [
          "\(port.transport.name) \(port.number) is \(what): \(name(group)) uses its node's network, and cluster.nodeCIDRs in merlon.yaml does not say where nodes are."
        ])
    }
    let selection = selectors.selection(of: group)
    let place = world.namespaces[world.workloads[group].namespace].name
    if selection.labels.isEmpty {
      return Named(
        peers: [.pods(namespace: place, selection)],
        comments: [
          "A rule for \(name(group)) matches every pod of namespace \(place): it has no labels."
        ])
    }
    return Named(
      peers: [.pods(namespace: place, selection)],
      comments: selection.alsoSelected.map {
        "A rule for \(name(group)) matches \(name($0)) too: no label tells them apart."
      })
  }

  /// A NetworkPolicy cannot name the API server: its addresses, else everything but pods, else everything.
  private var apiServer: Named {
    // Cilium knows an API server of the cluster by its identity, which no block matches.
    if profile.enforcer == .cilium { return Named(peers: [.anyone]) }
    if !facts.apiServerAddresses.isEmpty {
      return Named(
        peers: facts.apiServerAddresses.map { .block("\($0)/\($0.family.bitWidth)", except: []) })
    }
    if facts.podBlocks.isEmpty { return Named(peers: [.anyone]) }
    return Named(
      peers: AddressFamily.allCases.compactMap { family in
        let pods = facts.podBlocks.filter { $0.family == family }
        return pods.isEmpty
          ? nil : .block(family == .ipv4 ? "0.0.0.0/0" : "::/0", except: pods.map(\.description))
      })
  }
}

extension PlannedPolicy {
  fileprivate mutating func allow(_ direction: Direction, _ named: PlanWriter.Named, _ port: Port) {
    for peer in named.peers { allow(direction, peer, port) }
    for comment in named.comments { self.comment(comment) }
  }
}
