extension ReferenceEvaluator {
  /// What a policy can see of a pod or of a replica of a template.
  struct PodFacts {
    var namespace: String
    var namespaceLabels: [String: String]
    var labels: [String: String]
    var containers: [ReferenceWorld.Container]
    var initContainers: [ReferenceWorld.InitContainer]
    /// False for a pod without an address yet: it matches nothing as a peer.
    var mayBePeer: Bool
    var isHostNetwork: Bool
    var serviceAccount: String
  }

  /// An end of a flow, with everything the world says about it.
  struct Subject {
    enum Nature {
      case pod(PodFacts)
      case hostNetworkPod(PodFacts)
      case finishedPod(PodFacts)
      case node
      case external
      case domain(String)
      case entity(String)
    }

    var nature: Nature
    /// `namespace/name` of one known pod; nil for templates, whose replicas are many.
    var podIdentity: String?
    /// `kind/namespace/name` of a template.
    var templateIdentity: String?
    /// The node it is, or runs on; nil if unknown.
    var nodeName: String?
    /// Its addresses as an ordinary pod, node or external party.
    var addresses: KnownAddresses
    /// Its addresses when a hostNetwork pod counts as its node.
    var addressesAsNode: KnownAddresses

    var isHostNetwork: Bool {
      if case .hostNetworkPod = nature { return true }
      return false
    }

    func party(hostNetworkCountsAsNode: Bool) -> Party {
      switch nature {
      case .pod(let facts): return Party(role: .pod, facts: facts)
      case .hostNetworkPod(let facts):
        return hostNetworkCountsAsNode ? Party(role: .node) : Party(role: .pod, facts: facts)
      case .finishedPod(let facts): return Party(role: .finishedPod, facts: facts)
      case .node: return Party(role: .node)
      case .external: return Party(role: .external)
      case .domain(let name): return Party(role: .external, domainName: name)
      case .entity: return Party(role: .external)
      }
    }

    func addresses(hostNetworkCountsAsNode: Bool) -> KnownAddresses {
      isHostNetwork && hostNetworkCountsAsNode ? addressesAsNode : addresses
    }
  }

  /// Looks an end up; nil if there is no such object.
  func subject(of end: ReferenceFlow.End) -> Subject? {
    switch end {
    case .pod(let namespace, let name):
      return world.pods.first { $0.namespace == namespace && $0.name == name }.map(subject(of:))
    case .workload(let kind, let namespace, let name):
      return world.workloads
        .first { $0.kind == kind && $0.namespace == namespace && $0.name == name }
        .map(subject(of:))
    case .node(let name):
      return world.nodes.first { $0.name == name }.map(subject(of:))
    case .address(let address): return subject(at: address)
    case .domain(let name):
      return Subject(nature: .domain(name), addresses: .anywhere, addressesAsNode: .anywhere)
    case .entity(let name):
      return Subject(nature: .entity(name), addresses: .anywhere, addressesAsNode: .anywhere)
    case .itself, .service: return nil
    }
  }

  /// Everything that a Service may pick.
  func backends(of service: ReferenceWorld.Service) -> [Subject] {
    world.pods.filter { world.isBackend($0, of: service) }.map(subject(of:))
      + world.workloads.filter { world.isBackend($0, of: service) }.map(subject(of:))
  }

  /// A literal address: the running pod or the node that has it, otherwise an external party.
  private func subject(at address: ReferenceAddress) -> Subject {
    var found = Subject(nature: .external, addresses: .none, addressesAsNode: .none)
    if let pod = world.pod(at: address) {
      found = subject(of: pod)
    } else if let node = world.node(at: address) {
      found = subject(of: node)
    }
    found.addresses = .oneOf([address])
    return found
  }

  private func subject(of node: ReferenceWorld.Node) -> Subject {
    let addresses = node.addresses.isEmpty ? KnownAddresses.unknown : .oneOf(node.addresses)
    return Subject(
      nature: .node, nodeName: node.name, addresses: addresses, addressesAsNode: addresses)
  }

  private func subject(of pod: ReferenceWorld.Pod) -> Subject {
    let addresses: KnownAddresses
    if pod.isFinished {
      addresses = .none
    } else if let status = pod.status {
      addresses = status.addresses.isEmpty ? .none : .oneOf(status.addresses)
    } else {
      addresses = .unknown
    }
    var facts = PodFacts(
      namespace: pod.namespace, namespaceLabels: labels(ofNamespace: pod.namespace),
      labels: pod.labels, containers: pod.containers, initContainers: pod.initContainers,
      mayBePeer: true, isHostNetwork: pod.hostNetwork, serviceAccount: pod.serviceAccount ?? "default")
    if case .none = addresses { facts.mayBePeer = false }
    return Subject(
      nature: pod.isFinished ? .finishedPod(facts) : pod.hostNetwork ? .hostNetworkPod(facts) : .pod(facts),
      podIdentity: "\(pod.namespace)/\(pod.name)", nodeName: pod.nodeName, addresses: addresses,
      addressesAsNode: addressesAsNode(of: pod))
  }

  private func subject(of workload: ReferenceWorld.Workload) -> Subject {
    let facts = PodFacts(
      namespace: workload.namespace, namespaceLabels: labels(ofNamespace: workload.namespace),
      labels: workload.labels, containers: workload.containers,
      initContainers: workload.initContainers, mayBePeer: true, isHostNetwork: workload.hostNetwork,
      serviceAccount: workload.serviceAccount ?? "default")
    return Subject(
      nature: workload.hostNetwork ? .hostNetworkPod(facts) : .pod(facts),
      templateIdentity: "\(workload.kind)/\(workload.namespace)/\(workload.name)", addresses: .unknown,
      addressesAsNode: .unknown)
  }

  /// The addresses of its known node, otherwise its own ones, otherwise any.
  private func addressesAsNode(of pod: ReferenceWorld.Pod) -> KnownAddresses {
    let node = world.nodes.first { $0.name == pod.nodeName }
    if let node, !node.addresses.isEmpty { return .oneOf(node.addresses) }
    if let status = pod.status, !status.addresses.isEmpty { return .oneOf(status.addresses) }
    return .unknown
  }

  /// The written labels and the immutable name label.
  func labels(ofNamespace name: String) -> [String: String] {
    var labels = world.namespaces.first { $0.name == name }?.labels ?? [:]
    labels["kubernetes.io/metadata.name"] = name
    return labels
  }

  // MARK: - Named ports

  /// The numbers that each port name of one pod stands for, in one reading.
  struct NamedPorts: Equatable {
    private struct Entry: Equatable {
      var name: String
      var transport: ReferenceProtocol
      var number: Int
    }

    private var entries: [Entry] = []

    func numbers(_ name: String, _ transport: ReferenceProtocol) -> [Int] {
      entries.filter { $0.name == name && $0.transport == transport }.map(\.number)
    }

    /// With and without plain init containers, each with the first number only or with all numbers.
    /// Readings that come to the same are listed once; without a pod nothing has a name.
    static func readings(of pod: PodFacts?) -> [NamedPorts] {
      guard let pod else { return [NamedPorts()] }
      var readings: [NamedPorts] = []
      for includesInit in [false, true] {
        let all = allNumbers(of: pod, includesInit: includesInit).entries
        var first: [Entry] = []
        for entry in all
        where !first.contains(where: { $0.name == entry.name && $0.transport == entry.transport }) {
          first.append(entry)
        }
        for reading in [NamedPorts(entries: first), NamedPorts(entries: all)]
        where !readings.contains(reading) {
          readings.append(reading)
        }
      }
      return readings
    }

    /// Every number of a name, with or without plain init containers.
    static func allNumbers(of pod: PodFacts, includesInit: Bool) -> NamedPorts {
      let sidecars = pod.initContainers.filter(\.isSidecar).map(\.container)
      let plain = pod.initContainers.filter { !$0.isSidecar }.map(\.container)
      return NamedPorts(entries: entries(of: pod.containers + sidecars + (includesInit ? plain : [])))
    }

    private static func entries(of containers: [ReferenceWorld.Container]) -> [Entry] {
      var entries: [Entry] = []
      for port in containers.flatMap(\.ports) {
        guard let name = port.name else { continue }
        let entry = Entry(name: name, transport: port.transport ?? .tcp, number: port.number)
        if !entries.contains(entry) { entries.append(entry) }
      }
      return entries
    }
  }
}
