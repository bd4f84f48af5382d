internal import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// Why two ends may or may not talk, in full.
package struct Explanation: Sendable {
  package let source: String
  package let destination: String
  /// Sets of ports with one outcome each, with the verdict of one port that stands for them. One element when
  /// a port was asked for.
  package let cases: [Case]

  package struct Case: Sendable {
    /// `TCP 5432`, `all other ports`.
    package let ports: String
    package let flow: Flow
    package let verdict: Verdict
  }

  /// Explains one flow.
  package init(_ flow: Flow, source: String, destination: String, evaluator: FlowEvaluator) {
    self.source = source
    self.destination = destination
    cases = [Case(ports: Wording.text(flow.traffic), flow: flow, verdict: evaluator.verdict(flow))]
  }

  /// Explains everything that may pass between two ends: one case per outcome of both directions, so that a port
  /// which only one side closes stands by itself.
  ///
  /// Asks once per port that some policy of either end mentions, and once for all others of each protocol; of a
  /// Service, once per port that it answers on.
  package init(
    from sourceEnd: FlowEnd, to destinationEnd: FlowEnd, source: String, destination: String,
    evaluator: FlowEvaluator
  ) {
    self.source = source
    self.destination = destination
    var found: [(outcomes: Outcomes, traffic: TrafficSet, first: Case)] = []
    for transport in TransportProtocol.allCases {
      for ports in Self.atoms(of: transport, evaluator, from: sourceEnd, to: destinationEnd) {
        guard let port = ports.ranges.first?.lowerBound else { continue }
        let flow = Flow(from: sourceEnd, to: destinationEnd, .port(transport, port))
        let verdict = evaluator.verdict(flow)
        let outcomes = Outcomes(overall: verdict.outcome, egress: verdict.egress, ingress: verdict.ingress)
        let traffic = TrafficSet(transport, ports)
        if let known = found.firstIndex(where: { $0.outcomes == outcomes }) {
          found[known].traffic = found[known].traffic.union(traffic)
        } else {
          found.append((outcomes, traffic, Case(ports: "", flow: flow, verdict: verdict)))
        }
      }
    }
    // Every other port than the named ones is in the case that most ports are in.
    let isEverything = found.reduce(TrafficSet.none) { $0.union($1.traffic) } == .all
    let most = found.map { Self.size($0.traffic) }.max() ?? 0
    cases = found.sorted {
      ($0.outcomes.rank, Self.size($0.traffic)) < ($1.outcomes.rank, Self.size($1.traffic))
    }.map {
      let isRest = isEverything && Self.size($0.traffic) == most
      let ports = $0.traffic == .all ? "all ports" : isRest ? "all other ports" : $0.traffic.description
      return Case(ports: ports, flow: $0.first.flow, verdict: $0.first.verdict)
    }
  }

  private struct Outcomes: Equatable {
    let overall: Outcome
    let egress: Outcome
    let ingress: Outcome

    /// What is open first, then what only one side closes.
    var rank: Int {
      switch overall {
      case .allowed: 0
      case .undefined: 1
      case .denied: egress == .denied && ingress == .denied ? 3 : 2
      }
    }
  }

  private static func size(_ traffic: TrafficSet) -> Int {
    TransportProtocol.allCases.reduce(0) { sum, transport in
      sum + traffic[transport].ranges.reduce(0) { $0 + $1.count }
    }
  }

  private static func atoms(
    of transport: TransportProtocol, _ evaluator: FlowEvaluator, from source: FlowEnd, to destination: FlowEnd
  ) -> [PortSet] {
    guard case .service(let number, _) = destination else {
      return atoms(of: transport, evaluator, [source, destination])
    }
    let parser = FlowParser(evaluator.world)
    return evaluator.world.services[number].ports.compactMap { port in
      guard port.transport == transport,
        (try? parser.flow(from: source, to: destination, .port(transport, port.number))) != nil
      else { return nil }
      return PortSet(port.number)
    }
  }

  /// The ports of a protocol, cut at every number that a policy of the ends mentions or a port name stands for.
  private static func atoms(
    of transport: TransportProtocol, _ evaluator: FlowEvaluator, _ ends: [FlowEnd]
  ) -> [PortSet] {
    var starts: Set<Int> = [1]
    func cut(_ range: ClosedRange<UInt16>) {
      starts.insert(Int(range.lowerBound))
      if range.upperBound < .max { starts.insert(Int(range.upperBound) + 1) }
    }
    for endpoint in ends.flatMap(evaluator.world.endpoints) {
      for port in evaluator.world.endpoints[endpoint].ports
      where port.transport == transport && port.name != nil {
        cut(port.number...port.number)
      }
      for policy in evaluator.index.selecting(evaluator.world.endpoints[endpoint], in: evaluator.world) {
        for match in evaluator.index.policies[policy].rules.flatMap(\.traffic.portMatches)
        where match.transport == transport {
          for case .range(let range) in [match.ports] + match.exceptions { cut(range) }
        }
      }
    }
    let sorted = starts.sorted()
    return sorted.indices.compactMap { index in
      let end = index + 1 < sorted.count ? sorted[index + 1] - 1 : 65535
      guard let first = UInt16(exactly: sorted[index]), let last = UInt16(exactly: end) else { return nil }
      return PortSet(first...last)
    }
  }
}
