/// The situations that a flow stands for under Calico.
///
/// Less is open than in the specification of Kubernetes: hostNetwork pods are their node, a name is all of its ports,
/// ties go by name. Open are the ports of init containers, a pod that reaches itself through a Service, and what the
/// manifests do not tell: addresses, nodes, source ports.
extension ReferenceEvaluator {
  /// What a flow comes to.
  struct CalicoAnswer {
    private var tally = Tally()
    /// Of either direction, in any situation.
    private(set) var endings: Set<CalicoEnding> = []
    /// That decided in any situation.
    private(set) var rules: Set<RulePlace> = []

    /// Allowed iff allowed in all situations, denied iff denied in all, else undefined.
    var verdict: ReferenceVerdict { tally.verdict }

    mutating func add(egress: CalicoOutcome, ingress: CalicoOutcome) {
      tally.add(egress: egress.ending.isAllowed, ingress: ingress.ending.isAllowed)
      endings.formUnion([egress.ending, ingress.ending])
      rules.formUnion([egress.rule, ingress.rule].compactMap { $0 })
    }
  }

  /// Nil if the flow names an object that is not there.
  func calicoAnswer(_ flow: ReferenceFlow) -> CalicoAnswer? {
    guard let from = subject(of: flow.source) else { return nil }
    var answer = CalicoAnswer()
    if flow.destination == .itself {
      answer.add(egress: .isNotPoliced, ingress: .isNotPoliced)
      return answer
    }
    if case .service(let namespace, let name) = flow.destination {
      let service = world.services.first { $0.namespace == namespace && $0.name == name }
      guard let service, service.port == flow.port, flow.transport == .tcp else { return nil }
      let backends = backends(of: service)
      if backends.isEmpty { return nil }
      var translated = flow
      translated.port = service.targetPort
      for backend in backends {
        for hairpin in hairpinReadings(from, backend) {
          // Either the packets of such a connection meet no policy, or they meet them like any others.
          if hairpin == true {
            answer.add(egress: .isNotPoliced, ingress: .isNotPoliced)
          } else {
            count(from, backend, translated, in: &answer)
          }
        }
      }
      return answer
    }
    guard let to = subject(of: flow.destination) else { return nil }
    if let pod = from.podIdentity, pod == to.podIdentity {
      answer.add(egress: .isNotPoliced, ingress: .isNotPoliced)
    } else {
      count(from, to, flow, in: &answer)
    }
    return answer
  }

  private func count(_ from: Subject, _ to: Subject, _ flow: ReferenceFlow, in answer: inout CalicoAnswer) {
    let from = calicoEnd(from)
    let to = calicoEnd(to)
    let ends = addressReadings(from.addresses, to.addresses).flatMap { group in
      let destinations = group.destinations.map { calicoEnd(to.party, $0, port: flow.port) }
      return group.sources.map { calicoEnd(from.party, $0, port: 1) }.flatMap { source in
        destinations.map { (source: source, destination: $0) }
      }
    }
    let egress = from.party.role == .pod ? from.party.facts : nil
    let ingress = to.party.role == .pod ? to.party.facts : nil
    let egressTiers = egress.map { calicoTiers(of: $0, .egress) } ?? []
    let ingressTiers = ingress.map { calicoTiers(of: $0, .ingress) } ?? []
    let sameNodes = sameNodeReadings(from, to)
    for names in portNames(from.party, to.party) {
      for sourcePort in sourcePorts(flow.transport, names.source) {
        for (source, destination) in ends {
          var connection = CalicoConnection(
            source: source, destination: destination, code: flow.code,
            reading: Reading(
              source: from.party, destination: to.party, sameNode: false, exemptsOwnNode: false,
              namedPorts: names.destination, allowsICMP: false, transport: flow.transport, port: flow.port))
          connection.source.port = sourcePort
          connection.source.names = names.source
          connection.destination.names = names.destination
          let out = egress.map { calicoOutcome(connection, .egress, $0, egressTiers) }
          let into = ingress.map { calicoOutcome(connection, .ingress, $0, ingressTiers) }
          for sameNode in sameNodes {
            // A host reaches its own pods.
            let isOwnPod = sameNode && from.party.role == .node
            answer.add(
              egress: out ?? .isNotPoliced, ingress: isOwnPod ? .isNotPoliced : into ?? .isNotPoliced)
          }
        }
      }
    }
  }

  /// HostNetwork pods are their node.
  private func calicoEnd(_ subject: Subject) -> End {
    let node = subject.nodeName.map { Self.facts(ofNode: $0, in: world) }
    return End(subject, node, hostNetworkCountsAsNode: true)
  }

  private func calicoEnd(_ party: Party, _ address: ReferenceAddress?, port: Int) -> CalicoEnd {
    CalicoEnd(
      party: party, address: address, port: port, names: NamedPorts(),
      items: calicoItems(of: party, at: address))
  }

  /// With and without the ports of init containers, for both ends.
  private func portNames(
    _ from: Party, _ to: Party
  ) -> [(source: NamedPorts, destination: NamedPorts)] {
    let readings = [false, true].map { includesInit in
      [from, to].map { party in
        party.facts.map { NamedPorts.allNumbers(of: $0, includesInit: includesInit) } ?? NamedPorts()
      }
    }
    return (readings[0] == readings[1] ? [readings[0]] : readings).map { ($0[0], $0[1]) }
  }

  /// Whether addresses of both ends can meet.
  ///
  /// - Parameter needsAddresses: whether an end without one meets nobody.
  func haveCommonFamily(_ flow: ReferenceFlow, needsAddresses: Bool) -> Bool {
    guard let from = subject(of: flow.source).map(calicoEnd) else { return false }
    var destinations: [Subject] = []
    switch flow.destination {
    case .itself: return true
    case .service(let namespace, let name):
      let service = world.services.first { $0.namespace == namespace && $0.name == name }
      destinations = service.map(backends(of:)) ?? []
    default: destinations = subject(of: flow.destination).map { [$0] } ?? []
    }
    return destinations.allSatisfy { destination in
      addressReadings(from.addresses, calicoEnd(destination).addresses).allSatisfy { group in
        let addresses = group.sources + group.destinations
        if needsAddresses, addresses.contains(nil) { return false }
        return Set(addresses.compactMap { $0?.family }).count <= 1
      }
    }
  }

  /// One port of each kind that rules tell apart.
  private func sourcePorts(_ transport: ReferenceProtocol, _ names: NamedPorts) -> [Int] {
    if !transport.hasPorts { return [0] }
    var starts: Set<Int> = [1]
    for port in world.calico.sourcePorts {
      switch port {
      case .numbers(let start, let end): starts.formUnion([start, end + 1])
      case .name(let name):
        for number in names.numbers(name, transport) { starts.formUnion([number, number + 1]) }
      }
    }
    return starts.filter { $0 <= 65535 }.sorted()
  }
}

extension ReferenceWorld {
  /// Whether there are packets of such a connection, which have one family at both ends. Ends that have no address are
  /// asked about all the same, where no rule asks for a family.
  func hasPackets(_ flow: ReferenceFlow) -> Bool {
    // Families do not depend on policies.
    var bare = self
    bare.policies = []
    bare.clusterPolicies = []
    bare.calico = ReferenceCalico()
    return ReferenceEvaluator(bare).haveCommonFamily(
      flow, needsAddresses: calico.rules.contains { $0.family != nil })
  }
}
