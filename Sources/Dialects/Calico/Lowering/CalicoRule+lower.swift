internal import Kubernetes
internal import PolicyModel

extension CalicoRule {
  /// The rule in the neutral model: mostly one, several where protocols or a Service's backends need their own.
  ///
  /// - Parameter namespace: that of the policy; nil for a global one.
  func lower(
    _ direction: Direction, _ index: Int, namespace: String?, _ lowering: inout CalicoLowering
  ) -> [Rule] {
    for port in source.ports + source.notPorts + destination.ports + destination.notPorts {
      lowering.warnOfHostPort(port)
    }
    let (own, other) = direction == .ingress ? (destination, source) : (source, destination)
    let isFamilyWritten = !source.nets.isEmpty || !destination.nets.isEmpty
    let family = isFamilyWritten ? nil : addressFamily
    let subject = own.lower(namespace: namespace, family: nil, &lowering)
    let ends: [CalicoServiceEnd] =
      switch other.peer {
      case .endpoints:
        [.init(peers: other.lower(namespace: namespace, family: family, &lowering), ports: nil)]
      case .service(let service):
        lowering.backends(service, direction, policyNamespace: namespace, family: family)
      }
    return ends.flatMap { end in
      lowerTraffic().compactMap { part in
        guard let traffic = part.traffic.limited(to: end.ports, matchedTransports) else { return nil }
        return Rule(
          direction: direction, action: action.lowered, path: "\(direction.name)[\(index)]",
          subject: subject, peers: end.peers, traffic: traffic, sourcePorts: part.sourcePorts,
          applicationRules: http.map { [$0.description] } ?? [], location: location)
      }
    }
  }
}

extension Traffic {
  /// The ports of a Service's backends as far as their protocols are matched; nil for a part that is about
  /// protocols without ports.
  fileprivate func limited(to ports: [PortMatch]?, _ transports: [TransportProtocol]) -> Traffic? {
    guard let ports else { return self }
    if isRestricted, portMatches.isEmpty { return nil }
    return .anyOf(ports.filter { transports.contains($0.transport) }.map { .ports($0) })
  }
}

extension CalicoRule.Action {
  fileprivate var lowered: RuleAction {
    switch self {
    case .allow: .allow
    case .deny: .deny
    case .log: .log
    case .pass: .pass
    }
  }
}

extension CalicoHTTPMatch: CustomStringConvertible {
  /// `HTTP GET or HEAD /health or /api*`.
  package var description: String {
    let paths = paths.map { path in
      switch path {
      case .exact(let text): text
      case .prefix(let text): "\(text)*"
      }
    }
    return (["HTTP"] + [methods, paths].filter { !$0.isEmpty }.map { $0.joined(separator: " or ") })
      .joined(separator: " ")
  }
}
