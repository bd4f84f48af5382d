extension RandomWorld {
  /// Ends and traffic that only Cilium's policies look at, where they do.
  mutating func varyForCilium(_ flow: inout ReferenceFlow) {
    let cilium = world.cilium
    if random.chance(10), let server = world.pods.first(where: { $0.labels["k8s-app"] != nil }) {
      flow.destination = .pod(namespace: server.namespace, name: server.name)
    }
    if cilium.has(.services), random.chance(35), let backend = anyBackend() {
      flow.source = policedEnd()
      flow.destination = backend
    }
    if random.chance(25) { useNamedPort(of: &flow) }
    if random.chance(8) { replaceOneEnd(of: &flow, by: .entity(random.pick(entities))) }
    if cilium.has(.cidrs) || cilium.has(.cidrSets), random.chance(40) {
      // The address of a Service would mean the Service.
      let edges = cilium.blocks.flatMap { [$0.first, $0.first, $0.last] }
        .filter { address in !world.services.contains { $0.address == address } }
      let addresses = Self.externalAddresses + edges
      replaceOneEnd(of: &flow, by: .address(random.pick(addresses)))
    }
    if cilium.has(.names), random.chance(40) {
      flow.source = policedEnd()
      flow.destination = .domain(random.pick(Self.domainNames))
    }
    if cilium.has(.nodes), let node = world.nodes.first, random.chance(25) {
      replaceOneEnd(of: &flow, by: .node(random.pick([node] + world.nodes).name))
    }
    if case .itself = flow.destination { return }
    if random.chance(cilium.has(.icmps) ? 60 : 6) {
      flow.transport = random.pick([.icmp, .icmpv6])
      flow.port = random.pick(flow.transport == .icmp ? [0, 3, 8] : [1, 3, 128])
    } else if random.chance(3) {
      flow.transport = random.pick([.gre, .udplite])
      flow.port = 0
    }
  }

  private mutating func anyBackend() -> ReferenceFlow.End? {
    guard let service = world.services.first else { return nil }
    let pods = world.pods.filter { world.isBackend($0, of: service) }.map {
      ReferenceFlow.End.pod(namespace: $0.namespace, name: $0.name)
    }
    let templates = world.workloads.filter { world.isBackend($0, of: service) }.map {
      ReferenceFlow.End.workload(kind: $0.kind, namespace: $0.namespace, name: $0.name)
    }
    let ends = pods + templates
    return ends.isEmpty ? nil : random.pick(ends)
  }

  /// A port that has a name at the destination.
  private mutating func useNamedPort(of flow: inout ReferenceFlow) {
    let containers: [ReferenceWorld.Container]
    switch flow.destination {
    case .pod(let namespace, let name):
      containers =
        world.pods.first { $0.namespace == namespace && $0.name == name }?.containers ?? []
    case .workload(let kind, let namespace, let name):
      containers =
        world.workloads.first { $0.kind == kind && $0.namespace == namespace && $0.name == name }?
        .containers ?? []
    case .node, .address, .domain, .entity, .service, .itself: return
    }
    let ports = containers.flatMap(\.ports).filter { $0.name != nil }
    if ports.isEmpty { return }
    let port = random.pick(ports)
    flow.transport = port.transport ?? .tcp
    flow.port = port.number
  }

  /// One end stays, so that somebody is policed.
  private mutating func replaceOneEnd(of flow: inout ReferenceFlow, by end: ReferenceFlow.End) {
    if random.chance(50) { swap(&flow.source, &flow.destination) }
    flow.destination = end
    if random.chance(50) { swap(&flow.source, &flow.destination) }
  }

  /// Ends that no object stands for.
  private var entities: [String] {
    ["world", "health", "ingress", "unmanaged", "init", "kube-apiserver", "kube-apiserver"]
  }
}
