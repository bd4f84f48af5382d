internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// The ends of a question, and the pods that must be there for it.
struct Question {
  /// What an end may be.
  enum End {
    /// Workloads by namespace, kind and name.
    case workload(namespace: String, kind: String, name: String)
    case addresses(AddressSet)
    case node(String)
    case end(FlowEnd, name: String)
  }

  /// An end in a world, with what the question calls it.
  typealias NamedEnd = (end: FlowEnd, name: String)

  private(set) var manifests: ManifestSet
  private let cluster: ClusterDescription
  private var added = 0

  init(_ manifests: ManifestSet, _ cluster: ClusterDescription) {
    self.manifests = manifests
    self.cluster = cluster
  }

  mutating func ends(of convertible: any PeerConvertible) -> [End] {
    if let workload = convertible as? Workload,
      let known = manifests.workloads.first(where: {
        $0.meta.namespace == workload.namespace && $0.meta.name == workload.name
      })
    {
      return [.workload(namespace: workload.namespace, kind: known.kind.rawValue, name: workload.name)]
    }
    return convertible.peers.flatMap { ends(of: $0) }
  }

  private mutating func ends(of peer: Peer) -> [End] {
    switch peer.kind {
    case .pods(let pods): return ends(of: pods)
    case .clusterDNS: return ends(of: cluster.dns.pods)
    case .block, .ownNode, .anyone:
      return peer.conditions(in: cluster).compactMap { condition in
        if case .addresses(let block) = condition { .addresses(block.addresses) } else { nil }
      }
    case .outside: return [.end(.entity(.world), name: "everything outside")]
    case .apiServer: return [.end(.entity(.apiServer), name: "the API server")]
    case .domain(let name): return [.end(.domain(name), name: name)]
    case .entity(let name): return [.end(.entity(.special(name)), name: name)]
    case .nodes(let selector):
      let name = "some-node"
      if !manifests.nodes.contains(where: { $0.name == name }) {
        manifests.nodes.append(
          ClusterNode(name: name, labels: Labels(selector.requiredLabels), addresses: []))
      }
      return [.node(name)]
    }
  }

  /// The workloads that are meant; where there is none, a pod as it is described.
  private mutating func ends(of pods: Pods) -> [End] {
    let known = manifests.workloads.filter { pods.endpoints.selects($0, in: manifests.namespaces) }
    if !known.isEmpty {
      return known.map {
        .workload(namespace: $0.meta.namespace, kind: $0.kind.rawValue, name: $0.meta.name)
      }
    }
    let namespace: String
    switch pods.namespaces {
    case .named(let names): namespace = names.min() ?? "default"
    case .all: namespace = "some-namespace"
    case .labelled(let selector):
      namespace = "some-namespace-\(added)"
      manifests.namespaces.append(
        Namespace(name: namespace, labels: Labels(selector.requiredLabels), location: nil))
    }
    added += 1
    let labels = pods.selector.requiredLabels
    let words = labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    let name = words.isEmpty ? "some-pod" : words.joined(separator: ",")
    manifests.workloads.append(
      Kubernetes.Workload(
        kind: .deployment, meta: ObjectMeta(name: name, namespace: namespace, location: pods.site.location),
        template: PodTemplate(labels: Labels(labels), serviceAccountName: pods.serviceAccount ?? "default")))
    return [.workload(namespace: namespace, kind: WorkloadKind.deployment.rawValue, name: name)]
  }
}

extension EndpointSelector {
  /// Whether it selects the pods of a workload's manifest.
  func selects(_ workload: Kubernetes.Workload, in namespaces: [Namespace]) -> Bool {
    let namespace =
      namespaces.first { $0.name == workload.meta.namespace }
      ?? Namespace(name: workload.meta.namespace, labels: .none, location: nil)
    return self.namespaces.contains(namespace)
      && pods.matches { attribute in
        switch attribute {
        case .label(let key): workload.template.labels[key]
        case .namespaceLabel: namespace.value(of: attribute)
        case .serviceAccountName: workload.template.serviceAccountName
        case .hostNetwork: workload.template.hostNetwork ? "true" : nil
        case .serviceAccountLabel, .unseenLabel: nil
        }
      }
  }
}

extension Question.End {
  /// The ends in a world; of addresses one of each kind that policies tell apart.
  func flowEnds(_ world: World, _ compiled: CompiledPolicies) -> [Question.NamedEnd] {
    switch self {
    case .end(let end, let name): return [(end, name)]
    case .addresses(let addresses):
      return compiled.examples(of: addresses).map { (.address($0), "\($0)") }
    case .node(let name):
      return world.nodes.firstIndex { $0.name == name }.map { [(.node($0), "node/\(name)")] } ?? []
    case .workload(let namespace, let kind, let name):
      guard let place = world.namespace(named: namespace),
        let group = world.workloads.firstIndex(where: {
          $0.namespace == place && $0.name == name && $0.kind == kind
        })
      else { return [] }
      return world.workloads[group].endpoints.map { (.endpoint($0), "\(namespace)/\(name)") }
    }
  }
}

extension PortSet {
  /// A flow's traffic for each kind that policies tell apart.
  ///
  /// - Parameter target: whose names of ports count.
  func flowTraffic(_ compiled: CompiledPolicies, to target: FlowEnd) -> [FlowTraffic] {
    if isAny {
      return TransportProtocol.allCases.flatMap { transport in
        compiled.portBorders(transport).map { .port(transport, $0) }
      } + [.other(OtherTraffic("icmp", number: 1))]
    }
    return entries.flatMap { entry -> [FlowTraffic] in
      switch entry {
      case .all(let transport):
        return compiled.portBorders(transport.model).map { .port(transport.model, $0) }
      case .range(let transport, let first, let last):
        if first == 0 || first > last { return [] }
        let inside = compiled.portBorders(transport.model).filter { $0 > first && $0 <= last }
        return ([first] + inside).map { .port(transport.model, $0) }
      case .icmp(let family, let type, let code):
        let name = family == .ipv4 ? "icmp" : "icmpv6"
        let number: UInt8 = family == .ipv4 ? 1 : 58
        guard let type else { return [.other(OtherTraffic(name, number: number))] }
        return [
          .other(
            OtherTraffic("\(name)/\(type)", number: number, message: .init(type: type, code: code ?? 0)))
        ]
      case .other(let number): return [.other(OtherTraffic("protocol/\(number)", number: number))]
      case .named(let name, let transport):
        guard case .endpoint(let number, _) = target else { return [] }
        return compiled.world.endpoints[number].ports
          .filter { $0.name == name && $0.transport == transport.model }
          .map { .port($0.transport, $0.number) }
      }
    }
  }
}
