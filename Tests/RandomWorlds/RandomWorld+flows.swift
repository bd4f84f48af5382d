extension RandomWorld {
  /// The next flow of this world's sequence; it always names existing objects.
  mutating func nextFlow() -> ReferenceFlow {
    // A flow that no policy is about says little: most of them are drawn again.
    var candidate = anyFlow()
    for _ in 0..<3 where !isPoliced(candidate) && random.chance(80) { candidate = anyFlow() }
    if world.hasMeaning(candidate) { return candidate }
    return nextFlow()
  }

  /// The next flows of this world's sequence.
  mutating func nextFlows(_ count: Int) -> [ReferenceFlow] {
    (0..<count).map { _ in nextFlow() }
  }

  private func isPoliced(_ flow: ReferenceFlow) -> Bool {
    isSelected(flow.source, .egress) || isSelected(flow.destination, .ingress)
  }

  /// Whether some policy is about an end; namespace selectors of cluster policies are not looked at.
  private func isSelected(_ end: ReferenceFlow.End, _ direction: ReferencePolicy.Direction) -> Bool {
    let labels: [String: String]?
    let namespace: String
    switch end {
    case .pod(let itsNamespace, let name):
      namespace = itsNamespace
      labels = world.pods.first { $0.namespace == namespace && $0.name == name }?.labels
    case .workload(let kind, let itsNamespace, let name):
      namespace = itsNamespace
      labels =
        world.workloads
        .first { $0.kind == kind && $0.namespace == namespace && $0.name == name }?.labels
    case .node: return world.cilium.policesNodes
    case .address, .domain, .entity, .service, .itself: return false
    }
    return world.policies.contains { policy in
      policy.namespace == namespace
        && ReferenceEvaluator.effectiveTypes(of: policy).contains(direction)
        && ReferenceEvaluator.matches(policy.podSelector ?? ReferencePolicy.Selector(), labels ?? [:])
    }
      || world.cilium.selects(namespace: namespace, labels: labels ?? [:])
      || world.clusterPolicies.contains { policy in
        !policy.rules(direction).isEmpty
          && ReferenceEvaluator.matches(
            policy.subject.podSelector ?? ReferencePolicy.Selector(), labels ?? [:])
      }
      || calicoPolicies(selecting: labels ?? [:], in: namespace).contains {
        $0.effectiveTypes.contains(direction)
      }
  }

  private mutating func anyFlow() -> ReferenceFlow {
    let anchor = anchor()
    var other = end(podPercent: 60)
    if random.chance(3) { other = anchor }
    var flow = ReferenceFlow(source: anchor, destination: other, transport: .tcp, port: 80)
    if random.chance(45) { swap(&flow.source, &flow.destination) }
    if random.chance(3) {
      flow.source = anchor
      flow.destination = .itself
    }
    if let service = world.services.first, random.chance(10) {
      flow.source = anchor
      flow.destination = .service(namespace: service.namespace, name: service.name)
      flow.port = service.port
      return flow
    }
    switch random.int(1...20) {
    case 1...3: flow.transport = .udp
    case 4...5: flow.transport = .sctp
    case 6: flow.transport = .icmp
    default: break
    }
    flow.port = flow.transport == .icmp ? random.pick([0, 3, 8]) : port()
    if world.engine == .calico { varyForCalico(&flow) }
    if world.engine == .cilium { varyForCilium(&flow) }
    return flow
  }

  private mutating func anchor() -> ReferenceFlow.End {
    if world.cilium.policesNodes, !world.nodes.isEmpty, random.chance(30) {
      return .node(random.pick(world.nodes).name)
    }
    return end(podPercent: 100)
  }

  private mutating func end(podPercent: Int) -> ReferenceFlow.End {
    if random.chance(podPercent) { return policedEnd() }
    switch random.int(1...12) {
    case 1...3: if let node = world.nodes.first { return .node(random.pick([node] + world.nodes).name) }
    case 4...6: return .address(random.pick(knownAddresses))
    case 7...9: return .domain(random.pick(Self.domainNames))
    default: break
    }
    return .address(random.pick(Self.externalAddresses))
  }

  /// A pod or a template; those that policies select come up more often.
  mutating func policedEnd() -> ReferenceFlow.End {
    var ends: [ReferenceFlow.End] = []
    for pod in world.pods {
      let end = ReferenceFlow.End.pod(namespace: pod.namespace, name: pod.name)
      let weight = pod.isFinished ? 1 : weight(of: pod.labels, in: pod.namespace)
      ends += Array(repeating: end, count: weight)
    }
    for item in world.workloads {
      let end = ReferenceFlow.End.workload(kind: item.kind, namespace: item.namespace, name: item.name)
      ends += Array(repeating: end, count: weight(of: item.labels, in: item.namespace))
    }
    return random.pick(ends)
  }

  private func weight(of labels: [String: String], in namespace: String) -> Int {
    let selecting = world.policies.count { policy in
      policy.namespace == namespace
        && ReferenceEvaluator.matches(policy.podSelector ?? ReferencePolicy.Selector(), labels)
    }
    let ofEngine =
      calicoPolicies(selecting: labels, in: namespace).count
      + (world.cilium.selects(namespace: namespace, labels: labels) ? 1 : 0)
    return 1 + 6 * (selecting + ofEngine)
  }

  /// Addresses of pods (finished ones too) and nodes.
  private var knownAddresses: [ReferenceAddress] {
    let pods = world.pods.flatMap { $0.status?.addresses ?? [] }
    let nodes = world.nodes.flatMap(\.addresses)
    return pods.isEmpty && nodes.isEmpty ? Self.externalAddresses : pods + nodes
  }

  /// A port that the world mentions, or a neighbour of it.
  private mutating func port() -> Int {
    var mentioned: [Int] = []
    for policy in world.policies {
      for entry in ((policy.ingress ?? []) + (policy.egress ?? [])).flatMap({ $0.ports ?? [] }) {
        if case .number(let number) = entry.port { mentioned.append(number) }
        if let end = entry.endPort { mentioned.append(end) }
      }
    }
    mentioned += world.cilium.ports
    for rule in world.clusterPolicies.flatMap({ ($0.ingress ?? []) + ($0.egress ?? []) }) {
      for case .numbers(_, let start, let end) in rule.protocols ?? [] { mentioned += [start, end] }
    }
    mentioned += calicoPortNumbers + calicoPortNumbers
    for container in world.pods.flatMap(\.containers) + world.workloads.flatMap(\.containers) {
      mentioned += container.ports.map(\.number)
    }
    for item in world.pods.flatMap(\.initContainers) + world.workloads.flatMap(\.initContainers) {
      mentioned += item.container.ports.map(\.number)
    }
    let port = random.pick(mentioned.isEmpty ? Self.portNumbers : mentioned)
    return min(max(port + random.pick([0, 0, 0, 0, -1, 1]), 1), 65535)
  }
}
