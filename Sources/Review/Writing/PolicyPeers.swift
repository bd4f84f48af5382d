internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// How the rules of written policies name the ends of connections.
struct PolicyPeers {
  /// The peers of an end, and what they open besides it.
  struct Named {
    var peers: [PlannedPolicy.Peer]
    var comments: [String] = []
  }

  private let world: World
  private let facts: ClusterFacts
  private let profile: EngineProfile
  private var selectors: WorkloadSelector

  init(_ cluster: Cluster) {
    world = cluster.world
    facts = cluster.facts
    profile = cluster.profile
    selectors = WorkloadSelector(cluster.world)
  }

  func name(_ group: Int) -> String { world.qualifiedName(world.workloads[group]) }

  /// By what policies of its namespace select a workload.
  mutating func selection(of group: Int) -> WorkloadSelection { selectors.selection(of: group) }

  /// - Parameter direction: that of the rule.
  mutating func workload(
    _ group: Int, _ direction: Direction, _ port: PlannedPolicy.Port
  ) -> Named {
    let isHost = world.workloads[group].endpoints.contains { world.endpoints[$0].hostNetwork }
    if isHost {
      if !facts.nodeBlocks.isEmpty { return Named(peers: nodeBlocks) }
      return anyone(direction, port, "\(name(group)) uses its node's network, and \(Self.unknownNodes)")
    }
    var selection = selectors.selection(of: group)
    let place = world.namespaces[world.workloads[group].namespace].name
    let others = selection.alsoSelected
    // Selections of workloads that no label tells apart are one peer.
    selection.alsoSelected = []
    if selection.labels.isEmpty {
      return Named(
        peers: [.pods(namespace: place, selection)],
        comments: [
          "A rule for \(name(group)) matches every pod of namespace \(place): it has no labels."
        ])
    }
    return Named(
      peers: [.pods(namespace: place, selection)],
      comments: others.map {
        "A rule for \(name(group)) matches \(name($0)) too: no label tells them apart."
      })
  }

  /// A NetworkPolicy cannot name the API server: its addresses, else everything but pods, else everything.
  var apiServer: Named {
    // Cilium knows an API server of the cluster by its identity, which no block matches.
    if profile.enforcer == .cilium { return Named(peers: [.anyone]) }
    if !facts.apiServerAddresses.isEmpty { return Named(peers: facts.apiServerAddresses.map(Self.block)) }
    return Named(peers: facts.podBlocks.isEmpty ? [.anyone] : everythingButPods)
  }

  /// Everything outside: everything but pods, else everything, which is said.
  func world(_ direction: Direction, _ port: PlannedPolicy.Port) -> Named {
    facts.podBlocks.isEmpty
      ? anyone(
        direction, port,
        "the log does not say which addresses it was, nor cluster.podCIDRs in merlon.yaml where pods are")
      : Named(peers: everythingButPods)
  }

  private var everythingButPods: [PlannedPolicy.Peer] {
    AddressFamily.allCases.compactMap { family in
      let pods = facts.podBlocks.filter { $0.family == family }
      return pods.isEmpty
        ? nil : .block(family == .ipv4 ? "0.0.0.0/0" : "::/0", except: pods.map(\.description))
    }
  }

  /// A node: the blocks of all nodes, because pods and their clients move, else its own addresses, else everything.
  func node(_ number: Int, _ direction: Direction, _ port: PlannedPolicy.Port) -> Named {
    let node = world.nodes[number]
    let areInBlocks = node.addresses.allSatisfy { address in
      facts.nodeBlocks.contains { $0.contains(address) }
    }
    // Blocks match no nodes under Cilium.
    if profile.addressBlocksMatch.contains(.nodes) {
      if !facts.nodeBlocks.isEmpty, areInBlocks { return Named(peers: nodeBlocks) }
      if !node.addresses.isEmpty { return Named(peers: node.addresses.map(Self.block)) }
    }
    return anyone(
      direction, port,
      profile.addressBlocksMatch.contains(.nodes)
        ? "\(Self.unknownNodes) (node/\(node.name))"
        : "node/\(node.name) is nothing that a NetworkPolicy can name under \(profile.name)")
  }

  /// The pods that answer for names let everybody ask: what uses its node's network has no labels that rules could name.
  var namesClients: Named {
    facts.nodeBlocks.isEmpty || !profile.addressBlocksMatch.contains(.nodes)
      ? Named(peers: [.anyone]) : Named(peers: [.everyPod] + nodeBlocks)
  }

  static func block(_ address: IPAddress) -> PlannedPolicy.Peer {
    .block("\(address)/\(address.family.bitWidth)", except: [])
  }

  func anyone(_ direction: Direction, _ port: PlannedPolicy.Port, _ reason: String) -> Named {
    let what = direction == .ingress ? "open to everyone" : "open towards everyone"
    return Named(
      peers: [.anyone], comments: ["\(port.transport.name) \(port.number) is \(what): \(reason)."])
  }

  private var nodeBlocks: [PlannedPolicy.Peer] {
    facts.nodeBlocks.map { .block("\($0)", except: []) }
  }

  private static let unknownNodes = "cluster.nodeCIDRs in merlon.yaml does not say where nodes are"
}
