internal import Kubernetes
internal import PolicyModel

/// Backends of a Service that share their ports.
struct CalicoServiceEnd {
  let peers: Peers
  /// Nil when ports do not matter.
  let ports: [PortMatch]?
}

extension CalicoLowering {
  /// The ends behind the Service of a rule: as egress destination with the ports that they listen on, as ingress
  /// source without (SEMANTICS.md §3.2).
  ///
  /// Slices of the input say them, ready or not as Felix takes them, and else the Service's selector.
  mutating func backends(
    _ match: CalicoServiceMatch, _ direction: Direction, policyNamespace: String?, family: AddressFamily?
  ) -> [CalicoServiceEnd] {
    let namespace = match.namespace ?? policyNamespace ?? ""
    let listed = listedBackends(match, namespace, direction, family)
    if !listed.isEmpty { return listed }
    let service = references.services.first {
      $0.meta.name == match.name && $0.meta.namespace == namespace
    }
    if let service, let selector = service.selector {
      let pods = EndpointSelector(
        namespaces: .named(namespace),
        pods: .all(selector.entries.map { .attribute(.label($0.key), .isIn([$0.value])) }))
      return [end([.endpoints(pods)], service.targets(at: match.location), match, direction, family)]
    }
    if namespace == "default", match.name == "kubernetes" {
      report(
        .unresolvedReference,
        "the EndpointSlice of the Service default/kubernetes is not in the input: the rule is taken for any TCP port of the API server",
        at: match.location)
      return [
        end([.apiServer], [PortMatch(.tcp, .all, location: match.location)], match, direction, family)
      ]
    }
    report(
      .unresolvedReference,
      service == nil
        ? "no Service \(namespace)/\(match.name) is in the input: the rule matches nothing"
        : "the Service \(namespace)/\(match.name) has no selector, and no EndpointSlice of it is in the input: the rule matches nothing",
      at: match.location)
    return [end([], [], match, direction, family)]
  }

  private func listedBackends(
    _ match: CalicoServiceMatch, _ namespace: String, _ direction: Direction, _ family: AddressFamily?
  ) -> [CalicoServiceEnd] {
    let own = references.serviceEndpoints.filter {
      $0.serviceName == match.name && $0.meta.namespace == namespace
    }
    // A cluster mirrors Endpoints into slices, so one kind says it all.
    let slices = own.filter { $0.kind == .endpointSlice }
    return (slices.isEmpty ? own : slices).flatMap(\.subsets).map { subset in
      end(
        subset.addresses.map { Self.block($0.address) },
        subset.ports.map { PortMatch($0.transport, .range($0.number...$0.number), location: match.location) },
        match, direction, family)
    }
  }

  private func end(
    _ conditions: [PeerCondition], _ ports: [PortMatch], _ match: CalicoServiceMatch, _ direction: Direction,
    _ family: AddressFamily?
  ) -> CalicoServiceEnd {
    CalicoServiceEnd(
      peers: .anyOf(
        conditions.map { condition in
          Peer(family.map { .all([condition, .family($0)]) } ?? condition, location: match.location)
        }),
      ports: direction == .egress ? ports : nil)
  }
}

extension Service {
  /// The ports that backends listen on.
  fileprivate func targets(at location: SourceLocation) -> [PortMatch] {
    ports.map { port in
      switch port.target {
      case .number(let number): PortMatch(port.transport, .range(number...number), location: location)
      case .name(let name): PortMatch(port.transport, .named(name), location: location)
      }
    }
  }
}
