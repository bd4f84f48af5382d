internal import Kubernetes
internal import PolicyModel

extension CiliumPeers {
  /// The other ends in the neutral model; nil when the rule says nothing at all.
  ///
  /// - Parameters:
  ///   - action: what the rule does with them.
  ///   - hasTraffic: whether the rule says what may pass; then nobody written is everybody (SEMANTICS.md §4.3).
  func lower(
    _ scope: CiliumPolicy.Scope, namespace: String, _ action: RuleAction, hasTraffic: Bool,
    _ lowering: inout CiliumLowering
  ) -> Peers? {
    let unwritten: Peers? = hasTraffic ? .anyone : nil
    switch self {
    case .unwritten: return unwritten
    case .nobody: return .anyOf([])
    case .endpoints(let selectors):
      return .anyOf(
        selectors.map {
          Peer($0.lowerPeer(scope, namespace: namespace, &lowering), location: $0.location)
        })
    case .entities(let entities):
      if entities.contains(where: { $0.value == .all }) { return .anyone }
      return .anyOf(entities.map { Peer($0.value.lower(), location: $0.location) })
    case .cidr(let blocks):
      return .anyOf(blocks.map { Peer(.addresses(AddressBlock(cidr: $0.value)), location: $0.location) })
    case .cidrSet(let rules): return .anyOf(rules.flatMap { lowering.lower($0) })
    case .nodes(let selectors):
      // Cilium asks for the identity of remote nodes, which the own node does not have (`getNodeSelector`).
      return .anyOf(
        selectors.map {
          Peer(
            .nodes($0.lowerNodes(as: .remoteNode, in: lowering.clusterName), .other), location: $0.location)
        })
    case .groups(let groups):
      for group in groups {
        lowering.warn(
          .unresolvedReference,
          "which addresses a cloud's group has is known to the cloud only; the group is taken to be empty",
          at: group.location)
      }
      return .anyOf([])
    case .services(let services):
      guard action == .deny else { return .anyOf(services.flatMap { lowering.lower($0) }) }
      // `processRule` in `pkg/policy/k8s/service.go` looks at `egress` only, and leaves a rule without peers here.
      if let first = services.first {
        lowering.warn(
          .emptyRule,
          "Cilium finds the pods of `toServices` in `egress` only: here the rule \(hasTraffic ? "denies its ports to every destination" : "denies nothing")",
          at: first.location, fix: "write toEndpoints")
      }
      return unwritten
    case .fqdns(let patterns):
      return .anyOf(patterns.map { Peer(.domain($0.value.domains), location: $0.location) })
    }
  }
}

extension CiliumEntity {
  /// SEMANTICS.md §4.4.
  fileprivate func lower() -> PeerCondition {
    let allPods = PeerCondition.endpoints(EndpointSelector(namespaces: .all, pods: .everything))
    switch self {
    case .all: return .all([])
    case .world: return .outside
    case .cluster:
      return .any(
        [allPods, .nodes(.all, .anywhere)]
          + ReservedIdentity.allCases.filter { ![.host, .remoteNode, .world].contains($0) }.map(\.condition))
    case .host: return ReservedIdentity.host.condition
    case .remoteNode: return ReservedIdentity.remoteNode.condition
    case .kubeAPIServer: return .apiServer
    case .health, .ingress, .initializing, .unmanaged: return .special(rawValue)
    case .none: return .nothing
    }
  }
}

extension CiliumLowering {
  /// An element of a CIDR set, with the groups it names.
  fileprivate mutating func lower(_ rule: CiliumCIDRRule) -> [Peer] {
    let excepts = rule.except.map(\.value)
    func peers(_ blocks: [CIDR]) -> [Peer] {
      blocks.map { block in
        Peer(
          .addresses(AddressBlock(cidr: block, excepts: excepts.filter { $0.family == block.family })),
          location: rule.location)
      }
    }
    switch rule.kind {
    case .cidr(let block): return peers([block])
    case .cidrGroupRef(let name):
      let found = groups.filter { $0.meta.name == name }
      if found.isEmpty {
        warn(
          .unresolvedReference,
          "no CiliumCIDRGroup `\(name)` is in the input: it is taken to have no addresses",
          at: rule.location,
          fix: Suggestion.nearest(to: name, among: groups.map(\.meta.name)).map { "did you mean `\($0)`?" })
      }
      return peers(found.flatMap(\.externalCIDRs).map(\.value))
    case .cidrGroupSelector(let selector):
      let found = groups.filter { selector.matches($0.meta.labels) }
      if found.isEmpty {
        warn(
          .unresolvedReference, "the selector matches no CiliumCIDRGroup of the input", at: rule.location)
      }
      return peers(found.flatMap(\.externalCIDRs).map(\.value))
    }
  }

  /// The backends of Services: their selectors' pods; of Services without selector the addresses that are listed.
  ///
  /// Without a namespace, Services of every namespace are meant. Beside a selector the name does not count
  /// (`processRule` in `pkg/policy/k8s/service.go`).
  fileprivate mutating func lower(_ entry: CiliumService) -> [Peer] {
    func isThere(_ service: Service, _ namespace: String?) -> Bool {
      namespace.map { $0.isEmpty || $0 == service.meta.namespace } ?? true
    }
    let found = references.services.filter { service in
      if let selected = entry.k8sServiceSelector {
        return selected.selector.matches(service.meta.labels) && isThere(service, selected.namespace)
      }
      guard let named = entry.k8sService else { return false }
      return service.meta.name == named.serviceName && isThere(service, named.namespace)
    }
    if found.isEmpty {
      warn(
        .unresolvedReference, "no Service of the input is meant by this entry: it is taken to match nothing",
        at: entry.location)
    }
    return found.flatMap { references.backends(of: $0) }.map { Peer($0, location: entry.location) }
  }
}

extension PolicySet.References {
  /// The ends behind a Service, as conditions.
  func backends(of service: Service) -> [PeerCondition] {
    if let selector = service.selector {
      return [
        .endpoints(
          EndpointSelector(
            namespaces: .named(service.meta.namespace),
            pods: .all(selector.entries.map { .attribute(.label($0.key), .isIn([$0.value])) })))
      ]
    }
    return serviceEndpoints.filter {
      $0.meta.namespace == service.meta.namespace && $0.serviceName == service.meta.name
    }.flatMap(\.subsets).flatMap(\.addresses).map { backend in
      .addresses(
        AddressBlock(cidr: CIDR(backend.address, prefixLength: backend.address.family.bitWidth)))
    }
  }
}
