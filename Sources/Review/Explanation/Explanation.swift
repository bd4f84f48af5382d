internal import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// Why two ends may or may not talk, in full.
package struct Explanation: Sendable {
  /// The ends in the words of the question.
  package let source: String
  package let destination: String
  /// Sets of ports with one outcome each, with the verdict of one port that stands for them. One element when
  /// a port was asked for.
  package let cases: [Case]

  /// Ports with one outcome.
  package struct Case: Sendable {
    /// `TCP 5432`, `all other ports`.
    package let ports: String
    /// The flow that the verdict is about: the lowest of the ports.
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
  /// Asks once per class of ports that the rules of either end do not tell apart; of a Service, once per port that
  /// it answers on.
  package init(
    from sourceEnd: FlowEnd, to destinationEnd: FlowEnd, source: String, destination: String,
    evaluator: FlowEvaluator
  ) {
    self.source = source
    self.destination = destination
    var found: [Answer] = []
    for (transport, ports) in Self.questions(evaluator, from: sourceEnd, to: destinationEnd) {
      guard let port = ports.ranges.first?.lowerBound else { continue }
      let flow = Flow(from: sourceEnd, to: destinationEnd, .port(transport, port))
      let verdict = evaluator.verdict(flow)
      let outcomes = Outcomes(overall: verdict.outcome, egress: verdict.egress, ingress: verdict.ingress)
      let known = found.firstIndex { $0.outcomes == outcomes }
      let place = known ?? found.count
      if known == nil { found.append(Answer(outcomes: outcomes, flow: flow, verdict: verdict)) }
      found[place].ranges += ports.ranges.map { (transport, $0) }
    }
    // Every other port than the named ones is in the case that most ports are in.
    let answers = found.map { ($0, traffic: TrafficSet(unsorted: $0.ranges)) }
    let isEverything = answers.reduce(TrafficSet.none) { $0.union($1.traffic) } == .all
    let most = answers.map { $0.traffic.portCount }.max() ?? 0
    cases = answers.sorted {
      ($0.0.outcomes.rank, $0.traffic.portCount) < ($1.0.outcomes.rank, $1.traffic.portCount)
    }.map { answer, traffic in
      let isRest = isEverything && traffic.portCount == most
      let ports = traffic == .all ? "all ports" : isRest ? "all other ports" : traffic.description
      return Case(ports: ports, flow: answer.flow, verdict: answer.verdict)
    }
  }

  /// An outcome with the ports that have it, and the flow and verdict of the first of them.
  private struct Answer {
    let outcomes: Outcomes
    let flow: Flow
    let verdict: Verdict
    var ranges: [(TransportProtocol, ClosedRange<UInt16>)] = []
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

  /// Sets of ports that have one answer each.
  static func questions(
    _ evaluator: FlowEvaluator, from source: FlowEnd, to destination: FlowEnd
  ) -> [(TransportProtocol, PortSet)] {
    if case .service(let number, _) = destination {
      let parser = FlowParser(evaluator.world)
      return evaluator.world.services[number].ports.compactMap { port in
        let traffic = FlowTraffic.port(port.transport, port.number)
        let isAnswered = (try? parser.flow(from: source, to: destination, traffic)) != nil
        return isAnswered ? (port.transport, PortSet(port.number)) : nil
      }
    }
    let endpoints = [source, destination].flatMap(evaluator.world.endpoints)
    var policies = endpoints.reduce(into: Set<Int>()) {
      $0.formUnion(evaluator.index.selecting(evaluator.world.endpoints[$1], in: evaluator.world))
    }
    policies.formUnion(evaluator.index.ofNodes)
    let rules = policies.sorted().flatMap { evaluator.index.policies[$0].rules.map(\.traffic) }
    return TransportProtocol.allCases.flatMap { transport in
      let named = endpoints.flatMap { evaluator.world.endpoints[$0].ports }.filter {
        $0.transport == transport && $0.name != nil
      }
      let classes = PortClasses(of: transport, rules: rules, named: Set(named.map(\.number))).classes
      return classes.map { (transport, $0) }
    }
  }
}
