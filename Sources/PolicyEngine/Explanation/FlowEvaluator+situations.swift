internal import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// Every concrete situation that a flow may stand for, without those that policies cannot tell apart.
  ///
  /// Empty when the flow has no end: a Service without backends. O(endpoints of both ends) plus one situation
  /// for each distinction that policies make.
  func situations(of flow: Flow) -> [Situation] {
    let ends = FlowEnds(flow, self)
    let involvesHostNetwork = ends.all.contains { world.endpoints[$0].hostNetwork }
    let readings = profile.hostNetworkReadings.prefix(involvesHostNetwork ? Int.max : 1)
    return readings.flatMap { reading in
      pairs(flow, ends, reading).flatMap { pair in
        situations(flow, pair).flatMap { situation in
          var situation = situation
          if involvesHostNetwork, readings.count > 1 { situation.assumptions.append(.hostNetwork(reading)) }
          return withReadings(situation, flow, ends)
        }
      }
    }
  }

  /// The cases of both ends, one pair of each kind that matters.
  private func pairs(
    _ flow: Flow, _ ends: FlowEnds, _ reading: EngineProfile.HostNetworkReading
  ) -> [CasePair] {
    let sources = groups(sourceCases(flow, ends, reading), by: ends.sourceAtoms, ends)
    if case .itself = flow.destination {
      return sources.map { CasePair(source: $0.first, destination: $0.first, isSamePod: true) }
    }
    let destinations = groups(destinationCases(flow, ends, reading), by: ends.destinationAtoms, ends)
    let pairs = sources.flatMap { source in destinations.flatMap { source.pairs(with: $0) } }
    if case .service = flow.destination { return pairs }
    // Who asks about two ends means two pods, unless both ends are one.
    let others = pairs.filter { !$0.isSamePod }
    return others.isEmpty ? pairs : others
  }

  /// Addresses that may meet: those of one family, or all when that cannot be said. Behind an address of a Service
  /// are addresses of its family.
  private func situations(_ flow: Flow, _ pair: CasePair) -> [Situation] {
    let sources = pair.source.addresses.isEmpty ? [nil] : pair.source.addresses.map(Optional.some)
    let destinations =
      pair.destination.addresses.isEmpty ? [nil] : pair.destination.addresses.map(Optional.some)
    let all = sources.flatMap { source in destinations.map { (source: source, destination: $0) } }
    var sameFamily = all.filter { $0.source?.family == $0.destination?.family }
    if case .service(_, let named?) = flow.destination {
      sameFamily = sameFamily.filter { $0.destination?.family == named.family }
    }
    let lacksCommonFamily =
      sameFamily.isEmpty && pair.source.isPodWithAddress && pair.destination.isPodWithAddress
    // Without a connection it does not matter which addresses do not meet.
    let meeting = lacksCommonFamily ? Array(all.prefix(1)) : sameFamily.isEmpty ? all : sameFamily
    let hasSourceChoice = Set(meeting.map(\.source)).count > 1
    let hasDestinationChoice = Set(meeting.map(\.destination)).count > 1
    return meeting.map { source, destination in
      var situation = Situation(
        source: pair.source.party, destination: pair.destination.party, traffic: flow.traffic)
      situation.source.address = source
      situation.destination.address = destination
      if case .itself = flow.destination { situation.destination.address = source }
      if case .port(let transport, _) = flow.traffic, let port = pair.destination.translatedPort {
        situation.traffic = .port(transport, port)
      }
      situation.assumptions += pair.source.assumptions
      if hasSourceChoice, let source { situation.assumptions.append(.sourceAddress(source)) }
      situation.assumptions += pair.destination.assumptions
      if hasDestinationChoice, let destination {
        situation.assumptions.append(.destinationAddress(destination))
      }
      situation.lacksCommonFamily = lacksCommonFamily
      if case .service = flow.destination { return situation }
      situation.isSamePod = pair.isSamePod
      return situation
    }
  }
}
