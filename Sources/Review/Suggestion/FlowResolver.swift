internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// A connection of a log in the terms of the engine.
struct ResolvedFlow: Sendable, Hashable {
  let flow: Flow
  /// The same by the name of its destination, where policies speak of names.
  var named: Flow?
}

/// Finds out what connections of a log are in a cluster, and what its policies say of them.
///
/// More willing than ``ObservedEnds``: where an end is none of the cluster's objects, its address speaks for it.
struct FlowResolver {
  /// What an entry of a log is.
  enum Resolution {
    case flow(ResolvedFlow, source: String, destination: String)
    /// A connection to a pod from the node that it runs on, which NetworkPolicies never cut.
    case fromOwnNode
  }

  let cluster: Cluster
  let compiled: CompiledPolicies
  let evaluator: FlowEvaluator
  private let table: VerdictTable
  private let ends: ObservedEnds
  private let parser: FlowParser

  init(_ cluster: Cluster) {
    self.cluster = cluster
    compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    table = VerdictTable(compiled)
    evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    ends = ObservedEnds(cluster)
    parser = FlowParser(cluster.world)
  }

  func resolve(_ entry: FlowLog.Entry) throws(FlowLineError) -> Resolution {
    if entry.source.entity == "host", entry.destination.namespace != nil {
      _ = try find(entry.destination)
      return .fromOwnNode
    }
    let (source, destination) = (try find(entry.source), try find(entry.destination))
    let traffic = try FlowParser.traffic(entry.traffic)
    if case .domain = destination.end, let address = entry.destination.address {
      let plain = try parser.flow(from: source.end, to: parser.end("\(address)"), traffic)
      let named = try parser.flow(from: source.end, to: destination.end, traffic)
      return .flow(
        ResolvedFlow(flow: plain, named: named), source: source.name, destination: "\(address)")
    }
    let flow = try parser.flow(from: source.end, to: destination.end, traffic)
    return .flow(ResolvedFlow(flow: flow), source: source.name, destination: destination.name)
  }

  /// The end, and what it is called.
  func find(_ end: ObservedFlow.End) throws(FlowLineError) -> (end: FlowEnd, name: String) {
    if let server = assumedNameServer(end) {
      return (.workload(server), cluster.world.qualifiedName(cluster.world.workloads[server]))
    }
    guard let address = end.address, end.namespace == nil else { return try ends.find(end) }
    switch end.entity {
    case "kube-apiserver":
      // Where nobody says its addresses, the one that was seen is one of them.
      if cluster.world.apiServerAddresses.isEmpty, cluster.profile.enforcer != .cilium {
        return (try parser.end("\(address)"), "\(address)")
      }
    case "host", "remote-node":
      // A node that is not in the input is known by its address, where blocks match nodes.
      if cluster.profile.addressBlocksMatch.contains(.nodes) {
        if let found = try? ends.find(end) { return found }
        return (try parser.end("\(address)"), "\(address)")
      }
    default: break
    }
    return try ends.find(end)
  }

  /// The pods of cluster DNS that are assumed where the input has none, by the names under which clusters have them.
  private func assumedNameServer(_ end: ObservedFlow.End) -> Int? {
    guard let namespace = end.namespace, let name = end.workload?.name ?? end.pod,
      name.hasPrefix("kube-dns")
    else { return nil }
    return cluster.world.workloads.firstIndex {
      AssumedPods.contains($0.location) && cluster.world.namespaces[$0.namespace].name == namespace
    }
  }

  /// What the policies say of a direction, or of the whole connection.
  func outcome(_ resolved: ResolvedFlow, _ direction: Direction? = nil) -> Outcome {
    let outcome = outcome(resolved.flow, direction)
    guard outcome != .allowed, let named = resolved.named else { return outcome }
    return self.outcome(named, direction) == .allowed ? .allowed : outcome
  }

  func outcome(_ flow: Flow, _ direction: Direction? = nil) -> Outcome {
    guard let verdict = table.verdict(flow) else { return evaluator.verdict(flow).outcome(direction) }
    switch direction {
    case .egress: return verdict.egress.outcome
    case .ingress: return verdict.ingress.outcome
    case nil: return verdict.outcome
    }
  }
}
