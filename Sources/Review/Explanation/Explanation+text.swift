internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension Explanation {
  /// The explanation for people.
  package func text(_ wording: Wording, _ style: TextStyle) -> String {
    var lines: [String] = []
    for part in cases {
      let shown = Wording.text(part.flow.traffic)
      let ports = part.ports == shown ? shown : "\(part.ports) (such as \(shown))"
      lines.append(
        "\(style.bold("\(source) -> \(destination)")) \(ports): \(Self.word(part.verdict.outcome, style))")
      lines += wording.lines(part.verdict, style).map { $0.isEmpty ? "" : "  \($0)" }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  private static func word(_ outcome: Outcome, _ style: TextStyle) -> String {
    switch outcome {
    case .allowed: style.green("allowed")
    case .denied: style.red("denied")
    case .undefined: style.yellow("undefined")
    }
  }
}

extension Wording {
  /// A verdict with its traces; two when situations disagree.
  func lines(_ verdict: Verdict, _ style: TextStyle) -> [String] {
    guard let first = verdict.traces.first else { return ["There is nothing behind one of the ends."] }
    guard verdict.outcome == .undefined, verdict.traces.count == 2 else {
      return assumptionLines(first) + lines(first, style) + [conclusion(first)].compactMap { $0 }
    }
    let second = verdict.traces[1]
    return ["It depends: the specification or the input leaves it open."]
      + [style.green("allowed") + " if \(differences(of: first, from: second)):"]
      + lines(first, style).map { "  \($0)" }
      + [style.red("denied") + " if \(differences(of: second, from: first)):"]
      + lines(second, style).map { "  \($0)" }
      + [conclusion(second)].compactMap { $0 }
  }

  private func assumptionLines(_ trace: Trace) -> [String] {
    let service = trace.situation.assumptions.filter { if case .servicePort = $0 { true } else { false } }
    return service.map { "note: \(text($0, in: trace.situation))" }
  }

  private func lines(_ trace: Trace, _ style: TextStyle) -> [String] {
    lines(trace.egress, "Egress from \(name(trace.situation.source))", trace.situation, style)
      + lines(trace.ingress, "Ingress to \(name(trace.situation.destination))", trace.situation, style)
  }

  private func lines(
    _ trace: DirectionTrace, _ title: String, _ situation: Situation, _ style: TextStyle
  ) -> [String] {
    let word = trace.isAllowed ? style.green("allowed") : style.red("denied")
    var lines = ["\(title): \(word)"]
    guard case .rules = trace.basis else { return lines + ["  \(reason(trace))"] }
    let other = trace.direction == .egress ? situation.destination : situation.source
    for policy in trace.policies {
      lines.append(
        "  \(policy.policy.identity) (\(policy.policy.location.fileAndLine)) isolates it for \(trace.direction.name)"
      )
      if policy.rules.isEmpty { lines.append("    no \(trace.direction.name) rule: it allows nothing") }
      for rule in policy.rules {
        let mark = rule.isMatch ? style.green("+") : style.red("-")
        lines.append(
          "    \(mark) \(rule.rule.path) (\(rule.rule.location.fileAndLine)) \(rule.isMatch ? "matches" : "does not match")"
        )
        lines += peerLines(rule, other).map { "        \($0)" }
        lines += portLines(rule, situation).map { "        \($0)" }
      }
    }
    return lines
  }

  private func peerLines(_ trace: RuleTrace, _ other: Party) -> [String] {
    if trace.peers.isEmpty { return ["any peer: matches"] }
    return trace.peers.map { peer in
      let reasons = peer.mismatches.map { text($0, peer.peer, other: other) }
      return "\(peer.peer) (\(peer.peer.location.fileAndLine)): "
        + (reasons.isEmpty ? "matches" : reasons.joined(separator: "; "))
    }
  }

  private func portLines(_ trace: RuleTrace, _ situation: Situation) -> [String] {
    if trace.ports.isEmpty { return ["any port: matches"] }
    return trace.ports.map { port in
      let reason = port.mismatch.map { text($0, port.match, situation.traffic) }
      return "port \(port.match) (\(port.match.location.fileAndLine)): \(reason ?? "matches")"
    }
  }

  /// Who could change what: the rule that is nearest to letting the flow through.
  func conclusion(_ trace: Trace) -> String? {
    let denied = [(trace.egress, trace.situation.source), (trace.ingress, trace.situation.destination)].filter
    {
      !$0.0.isAllowed
    }
    if denied.isEmpty { return nil }
    let isOpenQuestion = denied.contains { if case .rules = $0.0.basis { false } else { true } }
    if isOpenQuestion { return "No rule can decide it: the specification leaves it to the engine." }
    if let hopeless = denied.lazy.compactMap({ absentPeer($0.0, in: trace.situation) }).first {
      return hopeless
    }
    return "To allow it: " + denied.map { change(in: $0, at: $1) }.joined(separator: "; and ") + "."
  }

  /// What to say when the other end is a pod that no peer can match.
  private func absentPeer(_ trace: DirectionTrace, in situation: Situation) -> String? {
    if trace.policies.contains(where: { $0.rules.contains(where: \.peersMatch) }) { return nil }
    let other = trace.direction == .egress ? situation.destination : situation.source
    return absence(of: other).map {
      "No change of rules helps: \(name(other)) \($0), and no peer matches it."
    }
  }

  private func change(in trace: DirectionTrace, at party: Party) -> String {
    let namespace = party.endpoint.map { world.namespaces[world.endpoints[$0].namespace].name } ?? "?"
    let owner = "whoever owns namespace \(namespace)"
    let rules = trace.policies.flatMap { policy in policy.rules.map { (policy.policy, $0) } }
    guard let (policy, rule) = rules.min(by: { Self.distance($0.1) < Self.distance($1.1) }) else {
      let place =
        trace.policies.first.map { " to \($0.policy.identity) (\($0.policy.location.fileAndLine))" } ?? ""
      return "\(owner) can add a rule for \(trace.direction.name)\(place)"
    }
    let part = !rule.peersMatch && !rule.portsMatch ? "peers and ports" : rule.peersMatch ? "ports" : "peers"
    return
      "\(owner) can change the \(part) of \(policy.identity) \(rule.rule.path) (\(rule.rule.location.fileAndLine)), or add a rule"
  }

  /// How far a rule is from matching: mismatching parts count most, then the conditions of its nearest peer.
  private static func distance(_ rule: RuleTrace) -> Int {
    let peers = rule.peersMatch ? 0 : rule.peers.map(\.mismatches.count).min() ?? 0
    return (rule.peersMatch ? 0 : 100) + (rule.portsMatch ? 0 : 100) + peers
  }
}
