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
        namespace: namespace, name: name("default-deny", in: namespace), subject: [:], closes: Set(open))
    }
  }

  /// Lets a connection of a workload through that a default deny cuts.
  mutating func keep(
    _ direction: Direction, _ need: Need, _ target: Need.Target, of group: Int
  ) -> DefaultDenyPlan.Connection {
    let other: PlannedPolicy.Peer?
    let words: String
    switch direction {
    case .egress:
      switch target.end {
      case .workload(let server): (other, words) = (peer(server), name(server))
      case .apiServer: (other, words) = (nil, "the API server")
      }
    case .ingress:
      switch need.source {
      case .workload(let client): (other, words) = (peer(client), name(client))
      case .apiServer, .ownNode: (other, words) = (nil, "the API server")
      }
    }
    let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
    let place = world.workloads[group].namespace
    if need.kind == .dns, direction == .egress {
      lookups[place, default: [:]][group, default: []].insert(target)
    } else if need.kind == .dns {
      allow(direction, [.everyPod], port, of: group)
    } else {
      allow(direction, other.map { [$0] } ?? apiServer, port, of: group)
    }
    return DefaultDenyPlan.Connection(
      need: need, direction: direction, port: "\(target.transport.name) \(target.port)", other: words,
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
        namespace: namespace, name: name("allow-dns", in: namespace), subject: [:], closes: [])
      for target in first {
        guard case .workload(let server) = target.end, let peer = peer(server) else { continue }
        policy.allow(.egress, peer, .init(transport: target.transport, number: target.port))
      }
      return policy
    }
    for group in groups.keys.sorted() {
      for target in groups[group] ?? [] {
        guard case .workload(let server) = target.end, let peer = peer(server) else { continue }
        allow(.egress, [peer], .init(transport: target.transport, number: target.port), of: group)
      }
    }
    return nil
  }

  private mutating func allow(
    _ direction: Direction, _ peers: [PlannedPolicy.Peer], _ port: PlannedPolicy.Port, of group: Int
  ) {
    let labels = selectors.labels(of: group)
    // Without labels nothing but every pod of the namespace could be selected.
    if labels.isEmpty { return }
    let namespace = world.namespaces[world.workloads[group].namespace].name
    if allowing[group] == nil {
      allowing[group] = PlannedPolicy(
        namespace: namespace, name: name("allow-\(world.workloads[group].name)", in: namespace),
        subject: labels, closes: [])
    }
    for peer in peers { allowing[group]?.allow(direction, peer, port) }
  }

  /// A name that no policy of the namespace has.
  private mutating func name(_ wanted: String, in namespace: String) -> String {
    var name = wanted
    var number = 2
    while !names.insert([namespace, name]).inserted {
      name = "\(wanted)-\(number)"
      number += 1
    }
    return name
  }

  /// How rules name a workload; nil when no selector can.
  private mutating func peer(_ group: Int) -> PlannedPolicy.Peer? {
    let labels = selectors.labels(of: group)
    let isHost = world.workloads[group].endpoints.contains { world.endpoints[$0].hostNetwork }
    if isHost { return facts.nodeBlocks.first.map { .block("\($0)", except: []) } ?? .anyone }
    return .pods(namespace: world.namespaces[world.workloads[group].namespace].name, labels: labels)
  }

  /// A NetworkPolicy cannot name the API server: its addresses, else everything but pods, else everything.
  private var apiServer: [PlannedPolicy.Peer] {
    // Cilium knows an API server of the cluster by its identity, which no block matches.
    if profile.enforcer == .cilium { return [.anyone] }
    if !facts.apiServerAddresses.isEmpty {
      return facts.apiServerAddresses.map { .block("\($0)/\($0.family.bitWidth)", except: []) }
    }
    if facts.podBlocks.isEmpty { return [.anyone] }
    return AddressFamily.allCases.compactMap { family in
      let pods = facts.podBlocks.filter { $0.family == family }
      return pods.isEmpty
        ? nil : .block(family == .ipv4 ? "0.0.0.0/0" : "::/0", except: pods.map(\.description))
    }
  }
}
