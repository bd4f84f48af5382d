package import Kubernetes
internal import PolicyModel

extension World {
  /// Endpoints that a Service's selector takes, in its own namespace. Pods that are finished or have no address
  /// yet get no traffic.
  /// O(endpoints).
  package func backends(of service: Service) -> [Int] {
    guard let selector = service.selector, let namespace = namespace(named: service.meta.namespace) else {
      return []
    }
    return endpoints.indices.filter { index in
      let endpoint = endpoints[index]
      return endpoint.namespace == namespace && !endpoint.isFinished && endpoint.addresses != .none
        && endpoint.labels.isSuperset(of: selector)
    }
  }
}

extension Service {
  /// Where a port of the Service leads; nil when it has no such port.
  package func target(_ transport: TransportProtocol, _ number: UInt16) -> Port.Target? {
    ports.first { $0.transport == transport && $0.number == number }?.target
  }
}

extension Endpoint {
  /// The number behind a Service's target port on this pod; nil when it has no port of that name.
  package func podPort(_ target: Service.Port.Target, _ transport: TransportProtocol) -> UInt16? {
    switch target {
    case .number(let number): number
    case .name(let name): portNumbers(named: name, transport, .first).first
    }
  }
}
