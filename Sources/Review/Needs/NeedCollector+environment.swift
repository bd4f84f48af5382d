internal import Kubernetes
internal import PolicyEngine

extension NeedCollector {
  /// Services that variables name, and what the kubelet probes.
  mutating func addEnvironment() {
    for pod in declarations.pods {
      guard let group = group(of: pod.object) else { continue }
      for variable in pod.environment {
        for address in EnvironmentAddress.all(in: variable.value) {
          addService(address, variable, pod, group)
        }
      }
      for probe in pod.probes {
        add(
          .probe, from: .ownNode, to: [Need.Target(.workload(group), .tcp, probe.port)],
          "the kubelet probes \(name(group)) on TCP \(probe.port) (\(probe.kind.rawValue))",
          about: object(group), at: probe.location)
      }
    }
  }

  private mutating func addService(
    _ address: EnvironmentAddress, _ variable: EnvironmentValue, _ pod: PodDeclarations, _ group: Int
  ) {
    guard let (namespace, name) = address.serviceName(from: pod.object.namespace),
      address.isEvident || Self.namesHost(variable.name),
      let service = index.service(namespace, name),
      let port = port(address, of: world.services[service], variable, pod)
    else { return }
    add(
      .service, from: .workload(group), to: backends.targets(of: service, port),
      "\(self.name(group)) uses Service \(namespace)/\(name) (\(variable.name)) on \(port.transport.name) \(port.number)",
      about: object(group), at: variable.location)
  }

  /// Whether a variable holds the name of a host: `REDIS_HOST`, `CART_SERVICE_ADDR`.
  private static func namesHost(_ name: String) -> Bool {
    let endings = ["HOST", "HOSTNAME", "ADDR", "ADDRESS", "SERVER", "ENDPOINT", "URL", "URI"]
    return name.uppercased().split(separator: "_").last.map { endings.contains(String($0)) } ?? false
  }

  /// The port of a Service that is meant: the one that the value names, else that of a variable beside it, else the
  /// only one. Nil when the Service has no such port.
  private func port(
    _ address: EnvironmentAddress, of service: Service, _ variable: EnvironmentValue, _ pod: PodDeclarations
  ) -> Service.Port? {
    var number = address.port
    if number == nil, let ending = variable.name.lastIndex(of: "_") {
      let sibling = variable.name[..<ending] + "_PORT"
      number = pod.environment.first { $0.name == sibling }.flatMap { UInt16($0.value) }
    }
    guard let number else { return service.ports.count == 1 ? service.ports.first : nil }
    return service.ports.first { $0.number == number && $0.transport == .tcp }
      ?? service.ports.first { $0.number == number }
  }
}
