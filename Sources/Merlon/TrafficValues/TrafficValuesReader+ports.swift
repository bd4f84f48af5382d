internal import Kubernetes

extension TrafficValuesReader {
  /// A port that the workload answers on.
  struct ValuesPort {
    let name: String
    let transport: Transport
    let number: UInt16
    /// Whether the chart opens it: where something of the port's name has `enabled: false`, it does not.
    let isOpen: Bool
    let location: SourceLocation

    /// What only asks whether the workload lives: the kubelet of the pod's own node, which no policy keeps out.
    var isForProbes: Bool { Self.probeNames.contains(name) }

    /// As containers declare it; a name that is none for a port is left out.
    var declaration: ContainerPort {
      ContainerPort(
        name: NameRules.portNameProblem(name) == nil ? name : nil, transport: transport.model, number: number)
    }

    private static let probeNames: Set<String> = [
      "health", "healthz", "healthcheck", "liveness", "livez", "probe", "probes", "readiness", "readyz",
    ]
  }

  /// `ports: {metrics: 8080, dns: udp/53}` with the conditions `metrics.enabled` and such.
  mutating func readPorts() -> [ValuesPort] {
    guard let list = root["ports"] else { return [] }
    guard list.nodes.allSatisfy({ $0.isMapping("ports", &problems) }) else { return [] }
    return list.keys.compactMap { name in
      guard let value = list[name]?.last, let (transport, number) = portNumber(value, "ports.\(name)") else {
        return nil
      }
      return ValuesPort(
        name: name, transport: transport, number: number, isOpen: isOpen(name), location: value.location)
    }
  }

  private mutating func portNumber(_ node: Node, _ field: String) -> (Transport, UInt16)? {
    if node.content == .scalar, case .string = node.scalar,
      case .range(let transport, let first, let last)? = PortSet(text: node.text)?.entries.first, first > 0,
      first == last
    {
      return (transport, first)
    }
    return node.portNumber(field, &problems).map { (.tcp, $0) }
  }

  private mutating func isOpen(_ name: String) -> Bool {
    guard let section = root[name], section.last.content == .mapping, let condition = section["enabled"]
    else {
      return true
    }
    return condition.last.bool("\(name).enabled", &problems) ?? true
  }
}
