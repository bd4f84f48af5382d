/// Slow and literal evaluation of one cluster as Cilium polices it, from the text of SEMANTICS §4, and of what else
/// it enforces, §2.4.
///
/// A flow stands for every concrete situation that the manifests do not determine: nodes, outside addresses, and
/// what a port name means. They are enumerated here, and each is answered with a yes or no.
struct ReferenceCiliumEvaluator: Sendable {
  /// Knows who ends are, and outside addresses.
  let ends: ReferenceEvaluator

  var world: ReferenceWorld { ends.world }

  /// An end of a connection in one situation.
  struct Party {
    enum Nature {
      /// An endpoint, if it has an address.
      case pod(ReferenceEvaluator.PodFacts, Identity)
      case finishedPod
      /// A node, or a hostNetwork pod on it, which has no identity of its own (§4.4).
      case node(labels: [String: String])
      case outside(ReferenceAddress, domain: String?)
      /// Something of Cilium itself, or an endpoint that it knows nothing of yet.
      case entity(String)
    }

    var nature: Nature
    /// The node that it is, or runs on.
    var node: String?
    var isAPIServer = false
  }

  /// One direction of a connection, in one situation.
  struct Half {
    var direction: ReferencePolicy.Direction
    var peer: Party
    var isOwnNode: Bool
    var transport: ReferenceProtocol
    var port: Int
    /// What the port names of the destination stand for.
    var names: ReferenceEvaluator.NamedPorts
  }

  /// What a direction was decided by, in one situation.
  enum Ground: Hashable {
    case notPoliced, open, closed, ownHost
    case admin(ReferenceClusterPolicy.Action)
    case baseline(ReferenceClusterPolicy.Action)
    case denied(by: ReferenceCiliumPolicy.Member)
    case allowed(by: ReferenceCiliumPolicy.Member)
    case networkPolicy

    var isAllowed: Bool {
      switch self {
      case .closed, .denied, .admin(.deny), .baseline(.deny): false
      case .notPoliced, .open, .ownHost, .admin, .baseline, .allowed, .networkPolicy: true
      }
    }
  }

  struct Answer {
    var egress: Ground
    var ingress: Ground

    static let notPoliced = Answer(egress: .notPoliced, ingress: .notPoliced)
  }

  /// Allowed iff allowed in all situations, denied iff denied in all, else undefined; for each direction and for
  /// both together. Nil if the flow names an object that is not there.
  func verdict(_ flow: ReferenceFlow) -> ReferenceVerdict? { answers(flow).flatMap(Self.verdict) }

  static func verdict(over answers: [Answer]) -> ReferenceVerdict? {
    if answers.isEmpty { return nil }
    var tally = ReferenceEvaluator.Tally()
    for answer in answers { tally.add(egress: answer.egress.isAllowed, ingress: answer.ingress.isAllowed) }
    return tally.verdict
  }

  /// One answer for each situation.
  func answers(_ flow: ReferenceFlow) -> [Answer]? {
    guard let from = ends.subject(of: flow.source) else { return nil }
    if flow.destination == .itself { return [.notPoliced] }
    if case .service(let namespace, let name) = flow.destination {
      let service = world.services.first { $0.namespace == namespace && $0.name == name }
      guard let service, service.port == flow.port, flow.transport == .tcp else { return nil }
      return ends.backends(of: service).flatMap { answers(from, behindService: $0, service.targetPort) }
    }
    guard let to = ends.subject(of: flow.destination) else { return nil }
    if let pod = from.podIdentity, pod == to.podIdentity { return [.notPoliced] }
    return answers(from, to, flow.transport, flow.port)
  }

  /// A pod that reaches itself through its own Service bypasses policy (§4.6).
  private func answers(
    _ from: ReferenceEvaluator.Subject, behindService to: ReferenceEvaluator.Subject, _ port: Int
  ) -> [Answer] {
    if let pod = from.podIdentity, pod == to.podIdentity { return [.notPoliced] }
    // The replica that answers may be the one that asks.
    let isTemplate = from.templateIdentity != nil && from.templateIdentity == to.templateIdentity
    return (isTemplate ? [.notPoliced] : []) + answers(from, to, .tcp, port)
  }

  private func answers(
    _ from: ReferenceEvaluator.Subject, _ to: ReferenceEvaluator.Subject, _ transport: ReferenceProtocol,
    _ port: Int
  ) -> [Answer] {
    let (source, destination) = (
      ReferenceEvaluator.End(from, nil, hostNetworkCountsAsNode: true),
      ReferenceEvaluator.End(to, nil, hostNetworkCountsAsNode: true)
    )
    if ends.isWithoutCommonFamily(source, destination) { return [Answer(egress: .closed, ingress: .closed)] }
    var answers: [Answer] = []
    let looksAtNodes = from.isNode || to.isNode
    for source in parties(from, looksAtNodes ? mentionedNodes + ["?a"] : [nil]) {
      for destination in parties(to, looksAtNodes ? mentionedNodes + ["?a", "?b"] : [nil]) {
        var facts: ReferenceEvaluator.PodFacts?
        if case .pod(let pod, _) = destination.nature { facts = pod }
        let isOwnNode = source.node != nil && source.node == destination.node
        for names in ReferenceEvaluator.NamedPorts.readings(of: facts) {
          var half = Half(
            direction: .egress, peer: destination, isOwnNode: isOwnNode, transport: transport, port: port,
            names: names)
          let egress = ground(half, of: source)
          half.direction = .ingress
          half.peer = source
          answers.append(Answer(egress: egress, ingress: ground(half, of: destination)))
        }
      }
    }
    return answers
  }

  // MARK: - Situations

  /// Everybody that an end may be.
  ///
  /// - Parameter others: the nodes that it may be on if nothing says which; where a pod runs only matters to nodes.
  private func parties(_ subject: ReferenceEvaluator.Subject, _ others: [String?]) -> [Party] {
    let nodes = subject.nodeName.map { [$0] } ?? others
    switch subject.nature {
    case .pod(let facts):
      let facts = Identity.visible(facts)
      let identity = Identity(facts)
      return nodes.map { Party(nature: .pod(facts, identity), node: $0) }
    case .node, .hostNetworkPod: return nodes.map(node(named:))
    case .finishedPod: return [Party(nature: .finishedPod)]
    case .external: return outside(subject.addresses, domain: nil)
    case .domain(let name): return outside(subject.addresses, domain: name)
    case .entity("world"): return outside(subject.addresses, domain: nil)
    case .entity("kube-apiserver"): return apiServers(on: nodes)
    // An endpoint runs on some node.
    case .entity("init"): return nodes.map { Party(nature: .entity("init"), node: $0) }
    case .entity(let name): return [Party(nature: .entity(name))]
    }
  }

  /// An API server is outside the cluster, or on one of its nodes (§4.4), which may have labels that nobody says.
  private func apiServers(on nodes: [String?]) -> [Party] {
    let labelled = RandomWorld.nodePools.map { Party(nature: .node(labels: ["pool": $0]), node: "?a") }
    return (outside(.anywhere, domain: nil) + nodes.map(node(named:)) + labelled).map { party in
      var party = party
      party.isAPIServer = true
      return party
    }
  }

  private func node(named name: String?) -> Party {
    let labels = world.nodes.first { $0.name == name }?.labels ?? [:]
    return Party(nature: .node(labels: labels), node: name)
  }

  private func outside(_ known: ReferenceEvaluator.KnownAddresses, domain: String?) -> [Party] {
    let addresses: [ReferenceAddress] =
      if case .oneOf(let listed) = known { listed } else { ends.everyOutsideAddress }
    return addresses.map { Party(nature: .outside($0, domain: domain)) }
  }

  private var mentionedNodes: [String] {
    Set(world.nodes.map(\.name) + world.pods.compactMap(\.nodeName)).sorted()
  }
}

extension ReferenceEvaluator.Subject {
  /// Whether it is a node, or counts as one; an API server may be.
  fileprivate var isNode: Bool {
    switch nature {
    case .node, .hostNetworkPod, .entity("kube-apiserver"): true
    case .pod, .finishedPod, .external, .domain, .entity: false
    }
  }
}
