internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What a log says about the connections of a cluster.
struct Observations: Sendable {
  /// Entries that are nothing in the cluster.
  struct Unmapped: Sendable {
    let entry: FlowLog.Entry
    let reason: String
    /// The end that is known, as a workload, and the direction in which it takes part.
    let known: [(group: Int, direction: Direction)]
  }

  /// A connection that was denied, and is not to be allowed.
  struct Denied: Sendable {
    let flow: String
    /// The workloads among its ends.
    let groups: [Int]
    var count: Int
    let location: SourceLocation
  }

  /// Connections that were let through, in the order in which they were seen first.
  private(set) var connections: [ObservedConnection] = []
  /// The entries behind them.
  private(set) var entries: [FlowLog.Entry] = []
  /// By how often, the most frequent first.
  private(set) var denied: [Denied] = []
  private(set) var unmapped: [Unmapped] = []
  /// From the node of a pod to the pod.
  private(set) var ofOwnNodes = 0

  private struct Key: Hashable {
    let source: ObservedConnection.End
    let destination: ObservedConnection.End
    let traffic: FlowTraffic
  }

  private var numbers: [Key: Int] = [:]
  private var backends: ServiceBackends
  private let world: World

  init(_ log: FlowLog, _ resolver: FlowResolver) {
    world = resolver.cluster.world
    backends = ServiceBackends(world)
    let records = resolve(log, resolver)
    addDenied(records)
    let refused = Self.refused(records)
    for record in records where record.entry.verdict != .denied {
      // What the source let through and the destination denied was no connection.
      if record.entry.evidentDirection == .egress, refused.contains(record.resolved.flow) { continue }
      add(record.entry, record.resolved, record.source, record.destination)
    }
  }

  /// An entry between ends that are something in the cluster.
  private struct Record {
    let entry: FlowLog.Entry
    let resolved: ResolvedFlow
    /// What the ends are called.
    let source: String
    let destination: String
  }

  /// Notes what is nothing in the cluster, or needs no rule.
  private mutating func resolve(_ log: FlowLog, _ resolver: FlowResolver) -> [Record] {
    var records: [Record] = []
    for entry in log.entries {
      do throws(FlowLineError) {
        switch try resolver.resolve(entry) {
        case .flow(let resolved, let source, let destination):
          records.append(Record(entry: entry, resolved: resolved, source: source, destination: destination))
        case .fromOwnNode:
          if entry.verdict != .denied { ofOwnNodes = ofOwnNodes.addingWithoutOverflow(entry.count) }
        }
      } catch {
        // Of an end that is nothing here, nothing could be allowed.
        if entry.verdict == .denied { continue }
        unmapped.append(Unmapped(entry: entry, reason: error.message, known: known(entry, resolver)))
      }
    }
    return records
  }

  /// What the source let through and the destination denied, each time that it was seen. What was let through more often
  /// went through in the end.
  private static func refused(_ records: [Record]) -> Set<Flow> {
    var refusals: [Flow: Int] = [:]
    var sendings: [Flow: Int] = [:]
    for record in records {
      let (flow, count) = (record.resolved.flow, record.entry.count)
      switch (record.entry.verdict, record.entry.evidentDirection) {
      case (.denied, .egress): continue
      case (.denied, _): refusals[flow] = (refusals[flow] ?? 0).addingWithoutOverflow(count)
      case (_, .egress): sendings[flow] = (sendings[flow] ?? 0).addingWithoutOverflow(count)
      default: continue
      }
    }
    return Set(refusals.filter { flow, count in (sendings[flow] ?? 0) <= count }.keys)
  }

  private mutating func addDenied(_ records: [Record]) {
    var numbers: [Flow: Int] = [:]
    for record in records where record.entry.verdict == .denied {
      let (flow, entry) = (record.resolved.flow, record.entry)
      if let number = numbers[flow] {
        denied[number].count = denied[number].count.addingWithoutOverflow(entry.count)
      } else {
        numbers[flow] = denied.count
        denied.append(
          Denied(
            flow: "\(record.source) -> \(record.destination) \(entry.traffic)",
            groups: [flow.source, flow.destination].compactMap { end($0).workload },
            count: entry.count, location: entry.location))
      }
    }
    denied = denied.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .map(\.element)
  }

  private mutating func add(
    _ entry: FlowLog.Entry, _ resolved: ResolvedFlow, _ source: String, _ destination: String
  ) {
    entries.append(entry)
    let from = end(resolved.flow.source)
    guard case .service(let service, _) = resolved.flow.destination,
      case .port(let transport, let number) = resolved.flow.traffic
    else {
      let to = end(resolved.flow.destination)
      add(
        entry, resolved, Key(source: from, destination: to, traffic: resolved.flow.traffic),
        (name(from) ?? source, name(to) ?? destination))
      return
    }
    // Policies see the pods behind a Service, and their ports.
    for port in world.services[service].ports where port.transport == transport && port.number == number {
      for target in backends.targets(of: service, port) {
        guard case .workload(let group) = target.end else { continue }
        let to = ObservedConnection.End.workload(group)
        add(
          entry, resolved,
          Key(source: from, destination: to, traffic: .port(target.transport, target.port)),
          (name(from) ?? source, name(to) ?? destination))
      }
    }
  }

  private mutating func add(
    _ entry: FlowLog.Entry, _ resolved: ResolvedFlow, _ key: Key,
    _ names: (source: String, destination: String)
  ) {
    let number = numbers[key] ?? connections.count
    if number == connections.count {
      numbers[key] = number
      connections.append(
        ObservedConnection(
          source: key.source, destination: key.destination, traffic: key.traffic, sourceName: names.source,
          destinationName: names.destination, sighting: Sighting(entry), flows: [resolved]))
    } else {
      connections[number].sighting.merge(Sighting(entry))
      if !connections[number].flows.contains(resolved) { connections[number].flows.append(resolved) }
    }
    if let domain = entry.destination.domain { connections[number].domains.insert(domain) }
  }

  // MARK: - Ends

  private func end(_ end: FlowEnd) -> ObservedConnection.End {
    switch end {
    case .endpoint(let number, _): .workload(world.endpoints[number].workload)
    case .workload(let group): .workload(group)
    case .ownedWorkload(let number): .workload(world.ownedWorkloads[number].group)
    case .node(let number, _): .node(number)
    case .address(let address): self.end(address)
    case .entity(.apiServer): .apiServer
    case .entity(.world): .world
    case .entity(.special(let name)): .unnameable("no NetworkPolicy can name entity/\(name)")
    case .domain(let name): .unnameable("no NetworkPolicy can name \(name), and the log has no address of it")
    case .service(let number, _):
      .unnameable("nothing is behind service/\(world.services[number].meta.qualifiedName)")
    case .itself: .unnameable("a pod may always reach itself")
    }
  }

  private func end(_ address: IPAddress) -> ObservedConnection.End {
    if world.apiServerAddresses.contains(address) { return .apiServer }
    let holders: [(AssumedAddresses.Holder, String)] = [(.pod, "pod"), (.service, "Service")]
    for (holder, what) in holders
    where world.assumedAddresses.isKnown(holder) && world.assumedAddresses[holder].contains(address) {
      return .unnameable("\(address) is the address of a \(what) that is not in the input")
    }
    return .address(address)
  }

  /// The name of a workload, whatever its replicas are called.
  private func name(_ end: ObservedConnection.End) -> String? {
    end.workload.map { world.qualifiedName(world.workloads[$0]) }
  }

  private func known(
    _ entry: FlowLog.Entry, _ resolver: FlowResolver
  ) -> [(group: Int, direction: Direction)] {
    [(entry.source, Direction.egress), (entry.destination, .ingress)].compactMap { own, direction in
      guard let found = try? resolver.find(own).end, let group = end(found).workload else { return nil }
      return (group, direction)
    }
  }
}
