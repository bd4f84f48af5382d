internal import Kubernetes
internal import PolicyEngine

extension NeedCollector {
  /// Services behind Ingresses, routes, webhooks and API services.
  ///
  /// Who sends is known only when there is one controller in the input that can be meant.
  mutating func addReferences() {
    if declarations.services.isEmpty { return }
    let controllers = groups(where: WellKnownPods.isIngressController)
    let gateways = groups(where: WellKnownPods.isGateway)
    for reference in declarations.services {
      guard let service = index.service(reference.namespace, reference.name),
        let port = port(of: world.services[service], reference.port)
      else { continue }
      let targets = backends.targets(of: service, port)
      let named = "Service \(reference.namespace)/\(reference.name) (\(reference.object))"
      guard let first = targets.first, case .workload(let group) = first.end else { continue }
      switch reference.sender {
      case .ingressController:
        addForwarding(controllers, targets, group, named, reference)
      case .gateway: addForwarding(gateways, targets, group, named, reference)
      case .webhook:
        add(
          .webhook, from: .apiServer, to: targets, "the API server calls the webhook of \(named)",
          about: object(group), at: reference.location)
      case .aggregator:
        add(
          .apiService, from: .apiServer, to: targets, "the API server hands on requests to \(named)",
          about: object(group), at: reference.location)
      }
    }
  }

  private mutating func addForwarding(
    _ senders: [Int], _ targets: [Need.Target], _ group: Int, _ named: String, _ reference: ServiceReference
  ) {
    guard senders.count == 1, isMeant(senders[0], reference) else {
      addEntrance(
        "\(reference.object) leads to Service \(reference.namespace)/\(reference.name)", to: targets,
        at: reference.location)
      return
    }
    add(
      .ingress, from: .workload(senders[0]), to: targets, "\(name(senders[0])) forwards to \(named)",
      about: object(group), at: reference.location)
  }

  /// Services that clients from outside the cluster use without an Ingress.
  mutating func addOutsideServices() {
    for (number, service) in world.services.enumerated() {
      guard let type = service.outsideType else { continue }
      let targets = service.ports.flatMap { backends.targets(of: number, $0) }
      addEntrance(
        "Service \(service.meta.namespace)/\(service.meta.name) is of type \(type)", to: targets,
        at: service.meta.location)
    }
  }

  /// Whether a controller can be the one that an object names, as far as labels tell.
  private func isMeant(_ sender: Int, _ reference: ServiceReference) -> Bool {
    guard !reference.senderNames.isEmpty, let first = world.workloads[sender].endpoints.first else {
      return true
    }
    let labels = world.endpoints[first].labels
    switch reference.sender {
    case .ingressController: return WellKnownPods.serves(labels, ingressClass: reference.senderNames)
    case .gateway:
      return WellKnownPods.gatewayName(labels).map(reference.senderNames.contains) ?? true
    case .webhook, .aggregator: return true
    }
  }

  private func port(of service: Service, _ wanted: Service.Port.Target?) -> Service.Port? {
    switch wanted {
    case .number(let number)?: service.ports.first { $0.number == number && $0.transport == .tcp }
    case .name(let name)?: service.ports.first { $0.name == name }
    case nil: service.ports.count == 1 ? service.ports.first : nil
    }
  }
}
