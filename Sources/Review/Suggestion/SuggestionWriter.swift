internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Collects the NetworkPolicies that allow what was observed.
struct SuggestionWriter {
  /// A policy with what was seen of each of its peers.
  private struct Draft {
    var policy: PlannedPolicy
    /// By direction and peer: what the ends are called, and what was seen on their ports.
    var seen: [Direction: [PlannedPolicy.Peer: [String: [PlannedPolicy.Port: Sighting]]]] = [:]
    /// Remarks about peers.
    var remarks: [Direction: [PlannedPolicy.Peer: Set<String>]] = [:]
  }

  /// Policies of equal subjects are one.
  private struct Subject: Hashable {
    let namespace: String
    let selection: WorkloadSelection
  }

  private let world: World
  private let profile: EngineProfile
  private let knowsPodBlocks: Bool
  private(set) var ends: PolicyPeers
  private var names: PolicyNames
  private var drafts: [Subject: Draft] = [:]

  init(_ input: ClusterInput, _ cluster: Cluster) {
    world = cluster.world
    profile = cluster.profile
    knowsPodBlocks = cluster.world.assumedAddresses.isKnown(.pod)
    ends = PolicyPeers(cluster)
    names = PolicyNames(input)
  }

  // MARK: - What is written

  /// Closes a workload, but for what rules allow.
  ///
  /// - Parameter remark: what to say about a direction.
  mutating func close(_ group: Int, _ direction: Direction, remark: String? = nil) {
    let subject = subject(group)
    drafts[subject]?.policy.closes.insert(direction)
    if let remark { drafts[subject]?.policy.comment(remark) }
  }

  /// Lets a workload's side of a connection through; false where no rule can name the other end or the port.
  mutating func allow(
    _ connection: ObservedConnection, _ direction: Direction, of group: Int,
    _ options: PolicySuggestion.Options
  ) -> Bool {
    guard let port = connection.port else { return false }
    let other = direction == .egress ? connection.destination : connection.source
    let named: PolicyPeers.Named
    switch other {
    case .workload(let peer): named = ends.workload(peer, direction, port)
    case .node(let number): named = ends.node(number, direction, port)
    case .address(let address): named = PolicyPeers.Named(peers: [PolicyPeers.block(address)])
    case .apiServer: named = apiServer(direction, port)
    case .world where options.opensToWorld: named = ends.world(direction, port)
    case .world, .unnameable: return false
    }
    let subject = subject(group)
    allow(named, direction, port, in: subject)
    let name = name(other, of: connection, direction)
    for peer in named.peers {
      if drafts[subject]?.seen[direction]?[peer]?[name]?[port] == nil {
        drafts[subject]?.seen[direction, default: [:]][peer, default: [:]][name, default: [:]][port] =
          connection.sighting
      } else {
        drafts[subject]?.seen[direction]?[peer]?[name]?[port]?.merge(connection.sighting)
      }
    }
    if case .address(let address) = other, !knowsPodBlocks, world.assumedAddresses[.pod].contains(address) {
      remark(
        "\(address) is a private address: if it is a pod's, it will change (cluster.podCIDRs in merlon.yaml says where pods are)",
        on: named.peers, direction, in: subject)
    }
    return true
  }

  /// Lets a workload look up names, whether that was seen or not.
  mutating func allowLookups(_ group: Int, at target: Need.Target) {
    guard case .workload(let server) = target.end else { return }
    let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
    let named = ends.workload(server, .egress, port)
    let subject = subject(group)
    allow(named, .egress, port, in: subject)
    remark(
      "Cluster DNS at \(ends.name(server)): never blocked, whether lookups were seen or not.",
      on: named.peers, .egress, in: subject)
  }

  /// Lets everybody look up names at the pods that answer for them.
  mutating func allowClients(of group: Int, at target: Need.Target) {
    let port = PlannedPolicy.Port(transport: target.transport, number: target.port)
    let named = ends.namesClients
    let subject = subject(group)
    allow(named, .ingress, port, in: subject)
    remark(
      "Cluster DNS answers everybody, whether lookups were seen or not.", on: named.peers, .ingress,
      in: subject)
  }

  /// The policies of a namespace, by name.
  func policies(in namespace: String) -> [PlannedPolicy] {
    drafts.filter { $0.key.namespace == namespace }.map { Self.finished($0.value) }.sorted {
      $0.name < $1.name
    }
  }

  var namespaces: [String] { Set(drafts.keys.map(\.namespace)).sorted() }

  /// What a policy is called that is about a workload; nil where there is none.
  mutating func policyName(of group: Int) -> String? {
    drafts[Subject(namespace: place(group), selection: ends.selection(of: group).withoutOthers)]?.policy.name
  }

  // MARK: - Parts

  private func place(_ group: Int) -> String { world.namespaces[world.workloads[group].namespace].name }

  private mutating func subject(_ group: Int) -> Subject {
    let selection = ends.selection(of: group)
    let subject = Subject(namespace: place(group), selection: selection.withoutOthers)
    if drafts[subject] == nil {
      let name = names.name("allow-\(world.workloads[group].name)", in: subject.namespace)
      drafts[subject] = Draft(
        policy: PlannedPolicy(
          namespace: subject.namespace, name: name, subject: selection.withoutOthers, closes: []))
      for other in selection.alsoSelected {
        drafts[subject]?.policy.comment(
          "It selects \(ends.name(other)) too: no label tells it from \(ends.name(group)).")
      }
    }
    return subject
  }

  private mutating func allow(
    _ named: PolicyPeers.Named, _ direction: Direction, _ port: PlannedPolicy.Port, in subject: Subject
  ) {
    drafts[subject]?.policy.allow(direction, named, port)
  }

  private mutating func remark(
    _ text: String, on peers: [PlannedPolicy.Peer], _ direction: Direction, in subject: Subject
  ) {
    for peer in peers {
      drafts[subject]?.remarks[direction, default: [:]][peer, default: []].insert(text)
    }
  }

  /// The addresses that are known, else everything, which is said.
  private func apiServer(_ direction: Direction, _ port: PlannedPolicy.Port) -> PolicyPeers.Named {
    let named = ends.apiServer
    guard named.peers.contains(.anyone) else { return named }
    return ends.anyone(
      direction, port,
      profile.enforcer == .cilium
        ? "no block matches the API server under cilium"
        : "cluster.apiServerAddresses in merlon.yaml does not say where the API server answers")
  }

  private func name(
    _ end: ObservedConnection.End, of connection: ObservedConnection, _ direction: Direction
  ) -> String {
    let name = direction == .egress ? connection.destinationName : connection.sourceName
    guard case .address = end, direction == .egress, !connection.domains.isEmpty else { return name }
    return "\(name) (\(connection.domains.sorted().joined(separator: ", ")))"
  }

  /// With what was seen as notes.
  private static func finished(_ draft: Draft) -> PlannedPolicy {
    var policy = draft.policy
    policy.removeRedundantPeers()
    // The order of the log is none of the policies'.
    policy.comments.sort()
    for direction in Direction.allCases {
      let (seen, remarks) = (draft.seen[direction] ?? [:], draft.remarks[direction] ?? [:])
      for peer in Set(seen.keys).union(remarks.keys) {
        let sightings = (seen[peer] ?? [:]).sorted { $0.key < $1.key }.map { name, ports in
          let parts = ports.sorted { $0.key < $1.key }.map { port, sighting in
            "\(port.transport.name) \(port.number) \(sighting.words)"
          }
          return "\(name): \(parts.joined(separator: "; "))"
        }
        policy.notes[direction, default: [:]][peer] = sightings + (remarks[peer] ?? []).sorted()
      }
    }
    return policy
  }
}

extension WorkloadSelection {
  /// What is written: whom it selects besides is no part of it.
  var withoutOthers: WorkloadSelection { WorkloadSelection(labels: labels, exclusions: exclusions) }
}
