internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// Multiplies a situation by the readings that can change its outcome.
  func withReadings(_ situation: Situation, _ flow: Flow, _ ends: FlowEnds) -> [Situation] {
    if situation.isSamePod { return [situation] }
    var readings = Readings([situation])
    if case .service(let number, let named) = flow.destination {
      branchOnHairpin(situation, &readings)
      branchOnTranslation(situation, flow, service: number, named: named, ends, &readings)
    }
    branchOnNodes(situation, &readings)
    if !situation.destination.isNode, let number = situation.destination.endpoint,
      world.endpoints[number].hasAmbiguousPortNames
    {
      readings.branch([PortNameReading.first, .all]) {
        $0.portNameReading = $1
        $0.assumptions.append(.portNames($1))
      }
    }
    if case .other = situation.traffic {
      readings.branch([OtherProtocolReading.open, .closed]) {
        $0.otherProtocols = $1
        $0.assumptions.append(.otherProtocols($1))
      }
    }
    return readings.situations
  }

  /// A pod that a Service sends to itself; of a template's replicas, perhaps to another one.
  private func branchOnHairpin(_ situation: Situation, _ readings: inout Readings) {
    guard let number = situation.source.endpoint, number == situation.destination.endpoint else { return }
    let isOnePod = world.endpoints[number].kind == .pod
    readings.branch(
      isOnePod ? [.bypassesPolicy, .isPoliced] : [HairpinReading.none, .bypassesPolicy, .isPoliced]
    ) {
      $0.hairpin = $1
      $0.assumptions.append(.hairpin($1))
    }
  }

  /// Whether blocks of addresses see the Service or the pod behind it; it matters where a policy has blocks.
  private func branchOnTranslation(
    _ situation: Situation, _ flow: Flow, service number: Int, named: IPAddress?, _ ends: FlowEnds,
    _ readings: inout Readings
  ) {
    guard case .port(_, let servicePort) = flow.traffic, case .port(_, let target) = situation.traffic else {
      return
    }
    if target != servicePort {
      readings.apply { $0.assumptions.append(.servicePort(service: number, from: servicePort, to: target)) }
    }
    let service = world.services[number]
    if service.isHeadless || ends.sourceBlocks.isEmpty || !situation.source.isPoliced { return }
    let family = situation.destination.address?.family
    let ownFamily = service.clusterIPs.filter { $0.family == family }
    var addresses = named.map { [$0] } ?? (ownFamily.isEmpty ? service.clusterIPs : ownFamily)
    // A manifest without `clusterIP` will get some address.
    if addresses.isEmpty { addresses = representatives(of: ends.sourceBlocks) }
    let choices = [nil] + addresses.map { ServiceAddress(address: $0, port: servicePort) }
    readings.branch(choices) {
      $0.beforeTranslation = $1
      $0.assumptions.append(.blocksSeeServiceAddress($1 != nil))
    }
  }

  /// A node (or what counts as one) and a policed pod: are they on one node, and does egress to it count?
  private func branchOnNodes(_ situation: Situation, _ readings: inout Readings) {
    guard situation.source.meetsItsNode(in: situation.destination) else { return }
    if let a = situation.source.node, let b = situation.destination.node {
      readings.apply { $0.isSameNode = a == b }
    } else {
      readings.branch([true, false]) {
        $0.isSameNode = $1
        $0.assumptions.append(.sameNode($1))
      }
    }
    guard situation.destination.isNode else { return }
    readings.branch(where: \.isSameNode, profile.egressToOwnNodeReadings) {
      $0.ownNodeReading = $1
      $0.assumptions.append(.ownNode($1))
    }
  }
}

/// Situations while readings multiply them.
private struct Readings {
  private(set) var situations: [Situation]

  init(_ situations: [Situation]) { self.situations = situations }

  mutating func apply(_ change: (inout Situation) -> Void) {
    for index in situations.indices { change(&situations[index]) }
  }

  /// Replaces each situation (that meets the condition) by one for each choice.
  mutating func branch<Choice>(
    where condition: (Situation) -> Bool = { _ in true }, _ choices: [Choice],
    _ apply: (inout Situation, Choice) -> Void
  ) {
    situations = situations.flatMap { base in
      if !condition(base) { return [base] }
      return choices.map { choice in
        var next = base
        apply(&next, choice)
        return next
      }
    }
  }
}
