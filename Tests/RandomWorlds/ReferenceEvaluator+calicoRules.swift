/// What rules of Calico match, straight from the text of SEMANTICS §3.2 and §3.3.
extension ReferenceEvaluator {
  /// What selectors look at: a pod, or a network set.
  struct CalicoItem {
    /// Nil: it has none.
    var namespace: String?
    /// With everything that Calico adds.
    var labels: [String: String]
    var namespaceLabels: [String: String] = [:]
    /// Nil: it has none.
    var serviceAccount: String?
    var serviceAccountLabels: [String: String] = [:]
  }

  // MARK: - §3.2 Rules

  /// All criteria that are given.
  func matches(
    _ rule: ReferenceCalico.Rule, of policy: ReferenceCalico.Policy, _ connection: CalicoConnection
  ) -> Bool {
    isRendered(rule, for: connection)
      && rule.transport.map { $0.transport == connection.transport } != false
      && rule.notTransport.map { $0.transport == connection.transport } != true
      && rule.icmp.map { isMessage($0, connection) } != false
      && rule.notICMP.map { isMessage($0, connection) } != true
      && matches(rule.source, connection.source, connection.transport, policy)
      && matches(rule.destination, connection.destination, connection.transport, policy)
      && rule.source.service.map { backend(connection.source, of: $0, policy) != nil } != false
      && rule.destination.service.map { isService($0, connection, policy) } != false
  }

  /// A rule with blocks of one family, or an IP version, is not there for the other family.
  private func isRendered(_ rule: ReferenceCalico.Rule, for connection: CalicoConnection) -> Bool {
    guard let family = rule.family else { return true }
    return [connection.source.address, connection.destination.address].allSatisfy { $0?.family == family }
  }

  private func isMessage(_ message: ReferenceCalico.Message, _ connection: CalicoConnection) -> Bool {
    message.type == connection.destination.port && (message.code == nil || message.code == connection.code)
  }

  private func matches(
    _ entity: ReferenceCalico.Entity, _ end: CalicoEnd, _ transport: ReferenceProtocol,
    _ policy: ReferenceCalico.Policy
  ) -> Bool {
    isSelected(end, by: entity, policy)
      && (entity.nets.isEmpty || isInside(end, entity.nets))
      && (entity.notNets.isEmpty || !isInside(end, entity.notNets))
      && (entity.ports.isEmpty || entity.ports.contains { isPort($0, end, transport) })
      && !entity.notPorts.contains { isPort($0, end, transport) }
  }

  private func isInside(_ end: CalicoEnd, _ nets: [ReferenceBlock]) -> Bool {
    end.address.map { address in nets.contains { $0.contains(address) } } ?? false
  }

  /// A name stands for the ports that the pod at this end gives it, of the connection's protocol.
  private func isPort(_ port: ReferenceCalico.Port, _ end: CalicoEnd, _ transport: ReferenceProtocol) -> Bool
  {
    guard transport.hasPorts else { return false }
    switch port {
    case .numbers(let first, let last): return first <= end.port && end.port <= last
    case .name(let name): return end.names.numbers(name, transport).contains(end.port)
    }
  }

  // MARK: - §3.2 Services

  /// The Service that the pod at an end is behind. Its addresses are meant, whatever their ports.
  private func backend(
    _ end: CalicoEnd, of name: ReferenceCalico.ServiceName, _ policy: ReferenceCalico.Policy
  ) -> ReferenceWorld.Service? {
    guard end.party.role == .pod, let pod = end.party.facts, pod.mayBePeer else { return nil }
    return world.services.first { service in
      service.name == name.name && service.namespace == name.namespace ?? policy.namespace
        && service.namespace == pod.namespace
        && service.selector.allSatisfy { pod.labels[$0.key] == $0.value }
    }
  }

  /// Addresses, ports and protocols of the pods behind a Service.
  private func isService(
    _ name: ReferenceCalico.ServiceName, _ connection: CalicoConnection, _ policy: ReferenceCalico.Policy
  ) -> Bool {
    guard let service = backend(connection.destination, of: name, policy) else { return false }
    return connection.transport == .tcp && connection.destination.port == service.targetPort
  }

  // MARK: - §3.3 Scope of selectors

  /// The selectors of an end stand for the addresses of pods and sets. Those that look for something look into the
  /// policy's namespace, unless it is global or a `namespaceSelector` says where.
  private func isSelected(
    _ end: CalicoEnd, by entity: ReferenceCalico.Entity, _ policy: ReferenceCalico.Policy
  ) -> Bool {
    let isAt = { (isMatch: (CalicoItem) -> Bool) in end.items.contains(where: isMatch) }
    if let notSelector = entity.notSelector, isAt({ notSelector.matches($0.labels) }) { return false }
    let looks = entity.selector != nil || entity.serviceAccounts != nil || entity.namespaceSelector != nil
    let isLimited =
      policy.namespace != nil && entity.namespaceSelector == nil && (looks || entity.notSelector != nil)
    if !looks, !isLimited { return true }
    return isAt { item in
      if isLimited, item.namespace != policy.namespace { return false }
      switch entity.namespaceSelector {
      case nil: break
      case .global: if item.namespace != nil { return false }
      case .matching(let selector): if !matches(selector, namespaceOf: item) { return false }
      }
      return entity.selector?.matches(item.labels) != false
        && entity.serviceAccounts.map { matches($0, item) } != false
    }
  }

  /// The pod that is this end, if it has an address, and the sets that its address lies in.
  func calicoItems(of party: Party, at address: ReferenceAddress?) -> [CalicoItem] {
    var items: [CalicoItem] = []
    if party.role == .pod, let pod = party.facts, pod.mayBePeer { items.append(calicoItem(of: pod)) }
    guard let address else { return items }
    return items + calicoSets.filter { $0.nets.contains { $0.contains(address) } }.map(\.item)
  }

  /// `all()` is: has a namespace.
  func matches(_ selector: ReferenceCalicoSelector, namespaceOf item: CalicoItem) -> Bool {
    selector.matches(item.namespaceLabels, all: item.namespace != nil)
  }

  /// By name and by labels.
  private func matches(_ accounts: ReferenceCalico.ServiceAccounts, _ item: CalicoItem) -> Bool {
    if let names = accounts.names, !names.contains(where: { $0 == item.serviceAccount }) { return false }
    return accounts.selector?.matches(item.serviceAccountLabels) != false
  }

  // MARK: - Labels

  func calicoItem(of pod: PodFacts) -> CalicoItem {
    let account = world.serviceAccounts.first {
      $0.namespace == pod.namespace && $0.name == pod.serviceAccount
    }
    var item = CalicoItem(
      namespace: pod.namespace, labels: pod.labels, namespaceLabels: pod.namespaceLabels,
      serviceAccount: pod.serviceAccount, serviceAccountLabels: account?.labels ?? [:])
    item.labels["projectcalico.org/orchestrator"] = "k8s"
    item.labels["projectcalico.org/serviceaccount"] = pod.serviceAccount
    addNamespace(&item)
    for (key, value) in item.serviceAccountLabels { item.labels["pcsa.\(key)"] = value }
    return item
  }

  func calicoItem(of set: ReferenceCalico.NetworkSet) -> CalicoItem {
    var item = CalicoItem(namespace: set.namespace, labels: set.labels)
    if let namespace = set.namespace { item.namespaceLabels = labels(ofNamespace: namespace) }
    addNamespace(&item)
    return item
  }

  private func addNamespace(_ item: inout CalicoItem) {
    guard let namespace = item.namespace else { return }
    item.namespaceLabels["projectcalico.org/name"] = namespace
    item.labels["projectcalico.org/namespace"] = namespace
    for (key, value) in item.namespaceLabels { item.labels["pcns.\(key)"] = value }
  }
}
