/// One question: may the source open this connection to the destination?
struct ReferenceFlow: Equatable, Sendable {
  enum End: Equatable, Sendable {
    case pod(namespace: String, name: String)
    case workload(kind: ReferenceWorld.Workload.Kind, namespace: String, name: String)
    case node(String)
    /// A literal address; it stands for the pod or node that is known to have it.
    case address(ReferenceAddress)
    /// As a destination: outside, at an address that answers for the name gave.
    case domain(String)
    /// What only Cilium knows, by its name: `kube-apiserver`, `world`, `health`, …
    case entity(String)
    /// As a destination: whatever pod the Service picks.
    case service(namespace: String, name: String)
    /// As a destination: the very pod that is the source.
    case itself
  }

  var source: End
  var destination: End
  var transport: ReferenceProtocol
  /// The pod port; for a Service its own port, for ICMP the type.
  var port: Int
  /// The code of an ICMP message.
  var code = 0

  /// `shop/web -> shop/db tcp/5432`; the kind is added where two objects share namespace and name.
  func line(in world: ReferenceWorld) -> String {
    let from = Self.text(of: source, in: world)
    let to = Self.text(of: destination, in: world)
    return "\(from) -> \(to) \(traffic)"
  }

  /// `tcp/5432`, `icmp/3/4`, `gre`.
  private var traffic: String {
    guard transport.hasPorts || transport.hasMessages else { return transport.rawValue }
    return "\(transport.rawValue)/\(port)" + (code > 0 ? "/\(code)" : "")
  }

  private static func text(of end: End, in world: ReferenceWorld) -> String {
    switch end {
    case .pod(let namespace, let name):
      return text(kind: "pod", namespace: namespace, name: name, in: world)
    case .workload(let kind, let namespace, let name):
      return text(kind: kind.rawValue.lowercased(), namespace: namespace, name: name, in: world)
    case .node(let name): return "node/\(name)"
    case .address(let address): return "\(address)"
    case .domain(let name): return name
    case .entity(let name): return "entity/\(name)"
    case .service(let namespace, let name): return "service/\(namespace)/\(name)"
    case .itself: return "self"
    }
  }

  private static func text(
    kind: String, namespace: String, name: String, in world: ReferenceWorld
  ) -> String {
    let pods = world.pods.count { $0.namespace == namespace && $0.name == name }
    let workloads = world.workloads.count { $0.namespace == namespace && $0.name == name }
    return pods + workloads > 1 ? "\(namespace)/\(kind)/\(name)" : "\(namespace)/\(name)"
  }
}

/// The answer to a flow: each direction over all its readings, and both together.
struct ReferenceVerdict: Equatable, Sendable {
  enum Outcome: String, Sendable { case allowed, denied, undefined }

  var overall: Outcome
  var egress: Outcome
  var ingress: Outcome

  static let allowed = ReferenceVerdict(overall: .allowed, egress: .allowed, ingress: .allowed)
}

extension ReferenceWorld {
  /// The running pod that owns an address in its own network, if any.
  func pod(at address: ReferenceAddress) -> Pod? {
    pods.first { pod in
      guard let status = pod.status, !pod.hostNetwork, !pod.isFinished else { return false }
      return status.addresses.contains(address)
    }
  }

  private func hasBackend(_ service: Service) -> Bool {
    pods.contains { isBackend($0, of: service) } || workloads.contains { isBackend($0, of: service) }
  }

  /// Pods that have finished or have no address get no traffic.
  func isBackend(_ pod: Pod, of service: Service) -> Bool {
    pod.namespace == service.namespace && !pod.isFinished && pod.status?.addresses.isEmpty != true
      && service.selector.allSatisfy { pod.labels[$0.key] == $0.value }
  }

  func isBackend(_ workload: Workload, of service: Service) -> Bool {
    workload.namespace == service.namespace
      && service.selector.allSatisfy { workload.labels[$0.key] == $0.value }
  }

  func node(at address: ReferenceAddress) -> Node? {
    nodes.first { $0.addresses.contains(address) }
  }

  /// True iff the flow names existing objects, and no literal address that only a running
  /// hostNetwork pod is known to have (whether that is the pod or its unlisted node is nobody's call).
  func hasMeaning(_ flow: ReferenceFlow) -> Bool {
    switch flow.source {
    case .itself, .domain, .service: return false
    case .pod, .workload, .node, .address, .entity: break
    }
    if engine == .calico, !hasPackets(flow) { return false }
    return [flow.source, flow.destination].allSatisfy { end in
      switch end {
      case .pod(let namespace, let name):
        return pods.contains { $0.namespace == namespace && $0.name == name }
      case .workload(let kind, let namespace, let name):
        return workloads.contains { $0.kind == kind && $0.namespace == namespace && $0.name == name }
      case .node(let name): return nodes.contains { $0.name == name }
      case .address(let address):
        if pod(at: address) != nil || node(at: address) != nil { return true }
        return !pods.contains { pod in
          pod.hostNetwork && !pod.isFinished && (pod.status?.addresses ?? []).contains(address)
        }
      case .domain, .entity: return true
      case .service(let namespace, let name):
        return services.contains { service in
          service.namespace == namespace && service.name == name && hasBackend(service)
            && flow.transport == .tcp && flow.port == service.port
        }
      case .itself:
        switch flow.source {
        case .pod, .workload: return true
        case .node, .address, .domain, .entity, .service, .itself: return false
        }
      }
    }
  }
}
