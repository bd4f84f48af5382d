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

  /// Explains everything that may pass between two ends: one case per outcome.
  ///
  /// Asks once per port that some policy of either end mentions, and once for all others of each protocol.
  package init(
    from sourceEnd: FlowEnd, to destinationEnd: FlowEnd, source: String, destination: String,
    evaluator: FlowEvaluator
  ) {
    self.source = source
    self.destination = destination
    var byOutcome: [Outcome: (traffic: TrafficSet, first: Case)] = [:]
    for transport in TransportProtocol.allCases {
      for ports in Self.atoms(of: transport, evaluator, [sourceEnd, destinationEnd]) {
        guard let port = ports.ranges.first?.lowerBound else { continue }
        let flow = Flow(from: sourceEnd, to: destinationEnd, .port(transport, port))
        let verdict = evaluator.verdict(flow)
        let traffic = TrafficSet(transport, ports)
        let known = byOutcome[verdict.outcome]
        byOutcome[verdict.outcome] = (
          known?.traffic.union(traffic) ?? traffic,
          known?.first ?? Case(ports: "", flow: flow, verdict: verdict)
        )
      }
    }
    let widest = byOutcome.count > 1 ? byOutcome.max { Self.size($0.value.traffic) < Self.size($1.value.traffic) }?.key : nil
    cases = [Outcome.allowed, .undefined, .denied].compactMap { outcome in
      guard let (traffic, first) = byOutcome[outcome] else { return nil }
      let ports = traffic == .all ? "all ports" : outcome == widest ? "all other ports" : traffic.description
      return Case(ports: ports, flow: first.flow, verdict: first.verdict)
    }
  }

  private static func size(_ traffic: TrafficSet) -> Int {
    TransportProtocol.allCases.reduce(0) { sum, transport in
      sum + traffic[transport].ranges.reduce(0) { $0 + $1.count }
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
      for port in evaluator.world.endpoints[endpoint].ports where port.transport == transport && port.name != nil {
        cut(port.number...port.number)
      }
      for policy in evaluator.index.selecting(evaluator.world.endpoints[endpoint]) {
        for rule in evaluator.index.policies[policy].rules {
          guard case .anyOf(let matches) = rule.traffic else { continue }
          for match in matches where match.transport == transport {
            if case .range(let range) = match.ports { cut(range) }
          }
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
