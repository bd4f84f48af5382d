internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// Multiplies a situation by the readings that can change its outcome.
  func withReadings(_ situation: Situation, _ flow: Flow, _ ends: FlowEnds) -> [Situation] {
    if situation.isSamePod || situation.lacksCommonFamily { return [situation] }
    var readings = Readings([situation])
    if case .service(let number, let named) = flow.destination {
      branchOnHairpin(situation, &readings)
      branchOnTranslation(situation, flow, service: number, named: named, ends, &readings)
    }
    branchOnNodes(situation, &readings)
    branchOnPorts(situation, ends, &readings)
    if case .other(let traffic) = situation.traffic { branchOnMessages(traffic, ends, &readings) }
    return readings.situations
  }

  /// What a port name stands for, and which port the source uses, where rules look at it.
  private func branchOnPorts(_ situation: Situation, _ ends: FlowEnds, _ readings: inout Readings) {
    let namesSourcePorts = ends.rules.contains { $0.sourcePorts.namesPorts }
    if hasAmbiguousPortNames(situation.destination)
      || (namesSourcePorts && hasAmbiguousPortNames(situation.source))
    {
      readings.choose(profile.portNameReadings) {
        $0.portNameReading = $1
      } assuming: {
        .portNames($0)
      }
    }
    guard case .port(let transport, _) = situation.traffic else { return }
    let sourcePorts = sourcePorts(transport, situation, ends)
    if sourcePorts.isEmpty { return }
    readings.choose(sourcePorts) {
      $0.sourcePort = $1
    } assuming: {
      .sourcePort($0)
    }
  }

  private func hasAmbiguousPortNames(_ party: Party) -> Bool {
    guard !party.isNode, let number = party.endpoint else { return false }
    return world.endpoints[number].hasAmbiguousPortNames()
  }

  /// One port of each kind that rules tell apart; empty when none looks at source ports.
  private func sourcePorts(
    _ transport: TransportProtocol, _ situation: Situation, _ ends: FlowEnds
  ) -> [UInt16] {
    let matches = ends.rules.flatMap(\.sourcePorts.portMatches).filter { $0.transport == transport }
    if matches.isEmpty { return ends.rules.contains { $0.sourcePorts.isRestricted } ? [1] : [] }
    let pod = situation.source.isNode ? nil : situation.source.endpoint
    var starts: Set<UInt16> = [1]
    for match in matches {
      let numbers = match.numbers { name in
        PortSet(pod.map { world.endpoints[$0].portNumbers(named: name, transport, .allWithInit) } ?? [])
      }
      for range in numbers.ranges {
        starts.insert(range.lowerBound)
        if range.upperBound < .max { starts.insert(range.upperBound + 1) }
      }
    }
    return starts.sorted()
  }

  /// Which message of ICMP is meant, where rules tell messages apart, and what the specification leaves open of
  /// protocols without ports.
  private func branchOnMessages(_ traffic: OtherTraffic, _ ends: FlowEnds, _ readings: inout Readings) {
    if let family = traffic.icmpFamily, traffic.message == nil {
      let mentioned = ends.rules.flatMap(\.traffic.icmpMatches).filter { $0.family == family }
      let messages = Set(
        mentioned.compactMap { match in
          match.type.map { OtherTraffic.Message(type: $0, code: match.code ?? 0) }
        }
      ).sorted { ($0.type, $0.code) < ($1.type, $1.code) }
      if !messages.isEmpty {
        // A code above all that is mentioned, and a type that nobody mentions.
        let others = messages.map { OtherTraffic.Message(type: $0.type, code: .max) }
        let types = Set(messages.map(\.type))
        let unmentioned = (0...UInt8.max).first { !types.contains($0) }.map {
          [OtherTraffic.Message(type: $0)]
        }
        readings.choose(messages + others + (unmentioned ?? [])) {
          $0.traffic = .other(OtherTraffic(traffic.text, number: traffic.number, message: $1))
        } assuming: {
          .message($0)
        }
      }
    }
    if tiers.contains(where: { $0.combination == .additive && !$0.policies.isEmpty }) {
      readings.choose([OtherProtocolReading.open, .closed]) {
        $0.otherProtocols = $1
      } assuming: {
        .otherProtocols($0)
      }
    }
  }

  /// A pod that a Service sends to itself; of a template's replicas, perhaps to another one.
  private func branchOnHairpin(_ situation: Situation, _ readings: inout Readings) {
    guard let number = situation.source.endpoint, number == situation.destination.endpoint else { return }
    let isOnePod = world.endpoints[number].kind == .pod
    let itself = profile.hairpinReadings.map(Optional.some)
    readings.choose(isOnePod ? itself : [nil] + itself) {
      $0.hairpin = $1
    } assuming: {
      .hairpin($0)
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
    if !profile.blocksMaySeeServices || service.isHeadless || !ends.comparesDestination
      || !situation.source.isPoliced
    {
      return
    }
    let family = situation.destination.address?.family
    let ownFamily = service.clusterIPs.filter { $0.family == family }
    var addresses = named.map { [$0] } ?? (ownFamily.isEmpty ? service.clusterIPs : ownFamily)
    // A manifest without `clusterIP` will get some address.
    if addresses.isEmpty {
      addresses = representatives(of: ends.destinationAtoms, within: world.assumedAddresses[.service])
        .filter { family == nil || $0.family == family }
    }
    let choices = [nil] + addresses.map { ServiceAddress(address: $0, port: servicePort) }
    readings.branch(choices) {
      $0.beforeTranslation = $1
      $0.assumptions.append(.blocksSeeServiceAddress($1 != nil))
    }
  }

  /// A node (or what counts as one) and a policed pod: are they on one node, and does egress to it count?
  private func branchOnNodes(_ situation: Situation, _ readings: inout Readings) {
    guard situation.source.meetsItsNode(in: situation.destination) || index.looksAtPlacement else { return }
    guard situation.source.isNode || situation.destination.isNode else { return }
    if situation.source.isOutside || situation.destination.isOutside { return }
    if situation.source.isUnlistedPod || situation.destination.isUnlistedPod { return }
    if let isSameNode = situation.source.sharesNode(with: situation.destination) {
      readings.apply { $0.isSameNode = isSameNode }
    } else {
      readings.branch([true, false]) {
        $0.isSameNode = $1
        $0.assumptions.append(.sameNode($1))
      }
    }
    guard situation.destination.isNode else { return }
    guard situation.source.isPoliced else { return }
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

  /// Replaces each situation by one for each choice, and notes the choice where there is one.
  mutating func choose<Choice>(
    _ choices: [Choice], _ apply: (inout Situation, Choice) -> Void,
    assuming assumption: (Choice) -> Assumption
  ) {
    branch(choices) {
      apply(&$0, $1)
      if choices.count > 1 { $0.assumptions.append(assumption($1)) }
    }
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
