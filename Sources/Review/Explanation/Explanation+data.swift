package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension Explanation {
  /// The same tree as data.
  package func data(_ wording: Wording) -> DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Explanation"), ("source", .string(source)),
      ("destination", .string(destination)),
      (
        "cases",
        .list(
          cases.map { part in
            .members(
              ("ports", .string(part.ports)), ("example", .string(Wording.text(part.flow.traffic))),
              ("verdict", .string(part.verdict.outcome.rawValue)),
              ("egress", .string(part.verdict.egress.rawValue)),
              ("ingress", .string(part.verdict.ingress.rawValue)),
              ("reason", .string(wording.reason(part.verdict))),
              ("traces", .list(part.verdict.traces.map(wording.data))))
          })
      ))
  }
}

extension Wording {
  func data(_ trace: Trace) -> DataValue {
    .members(
      ("allowed", .bool(trace.isAllowed)),
      ("assuming", .list(trace.situation.assumptions.map { .string(text($0, in: trace.situation)) })),
      ("egress", data(trace.egress, trace.situation)), ("ingress", data(trace.ingress, trace.situation)),
      ("conclusion", conclusion(trace).map { .string($0) }))
  }

  private func data(_ trace: DirectionTrace, _ situation: Situation) -> DataValue {
    let subject = trace.direction == .egress ? situation.source : situation.destination
    let other = trace.direction == .egress ? situation.destination : situation.source
    return .members(
      ("subject", .string(name(subject))), ("allowed", .bool(trace.isAllowed)),
      ("reason", .string(reason(trace))),
      (
        "policies",
        .list(
          trace.policies.map { policy in
            .members(
              ("policy", .string(policy.policy.identity.description)),
              ("location", policy.policy.location.data),
              ("isolates", .bool(policy.isolates)),
              ("rules", .list(policy.rules.map { data($0, situation, other) })))
          })
      ))
  }

  private func data(_ trace: RuleTrace, _ situation: Situation, _ other: Party) -> DataValue {
    .members(
      ("rule", .string(trace.rule.path)), ("location", trace.rule.location.data),
      ("action", .string(trace.rule.action.rawValue)),
      ("matches", .bool(trace.isMatch)),
      ("peersMatch", .bool(trace.peersMatch)), ("portsMatch", .bool(trace.portsMatch)),
      (
        "peers",
        .list(
          trace.peers.map { peer in
            .members(
              ("peer", .string(peer.peer.description)), ("location", peer.peer.location.data),
              ("matches", .bool(peer.mismatches.isEmpty)),
              ("mismatches", .list(peer.mismatches.map { .string(text($0, other: other)) })))
          })
      ),
      (
        "ports",
        .list(
          trace.ports.map { port in
            .members(
              ("port", .string(port.match.description)), ("location", port.match.location.data),
              ("matches", .bool(port.mismatch == nil)),
              ("mismatch", port.mismatch.map { .string(text($0, port.match, situation.traffic)) }))
          })
      ))
  }
}
