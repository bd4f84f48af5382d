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
        "\(style.bold("\(source) -> \(destination)")) \(ports): \(style.word(part.verdict.outcome))")
      lines += wording.lines(part.verdict, style).map { $0.isEmpty ? "" : "  \($0)" }
      lines.append("")
    }
    return lines.joined(separator: "\n")
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
    guard let last = trace.tiers.last else { return lines + ["  \(reason(trace))"] }
    switch last.outcome {
    case .otherProtocol, .isolatedHairpin: return lines + ["  \(reason(trace))"]
    case .allowed, .denied, .passed, .isolated, .exempt, .undecided: break
    }
    let isOrdered = trace.tiers.contains { $0.combination != .additive }
    for tier in trace.tiers {
      if isOrdered { lines.append("  Tier \(tier.name):") }
      for policy in tier.policies {
        lines += self.lines(policy, trace, situation, style).map { isOrdered ? "  \($0)" : $0 }
      }
      if isOrdered { lines.append("    \(ending(of: tier, isLast: tier.tier == last.tier))") }
    }
    if case .ownNode = trace.basis { lines.append("  \(reason(trace))") }
    return lines
  }

  private func lines(
    _ policy: PolicyTrace, _ trace: DirectionTrace, _ situation: Situation, _ style: TextStyle
  ) -> [String] {
    let (subject, other) =
      trace.direction == .egress
      ? (situation.source, situation.destination) : (situation.destination, situation.source)
    let what = policy.isolates ? "isolates it for \(trace.direction.name)" : "selects it"
    var lines = ["  \(policy.policy.identity) (\(policy.policy.location.fileAndLine)) \(what)"]
    if policy.rules.isEmpty { lines.append("    no \(trace.direction.name) rule: it allows nothing") }
    for rule in policy.rules {
      let matched = rule.rule.action == .deny ? style.red("x") : style.green("+")
      let mark = rule.isMatch ? matched : style.red("-")
      let action = rule.rule.action == .allow ? "" : " \(rule.rule.action.rawValue)"
      lines.append(
        "    \(mark) \(rule.rule.path)\(action) (\(rule.rule.location.fileAndLine)) \(rule.isMatch ? "matches" : rule.mayMatch ? "may match" : "does not match")"
      )
      lines += rule.subjectMismatches.map { "        subject: \(text($0, other: subject))" }
      lines += peerLines(rule, other).map { "        \($0)" }
      lines += portLines(rule, situation).map { "        \($0)" }
      if !rule.sourcePortMatches { lines.append("        source port: not \(rule.rule.sourcePorts)") }
      if !rule.rule.applicationRules.isEmpty {
        lines.append("        narrowed to \(rule.rule.applicationRules.joined(separator: ", "))")
      }
    }
    return lines
  }

  /// How a tier ended, and what comes next.
  private func ending(of tier: TierTrace, isLast: Bool) -> String {
    let next = isLast ? "nothing else decides: open" : "the next tier decides"
    switch tier.outcome {
    case .allowed(let rule): return "allowed by \(tier[rule].rule.path) of \(tier[rule].policy.identity)"
    case .denied(let rule): return "denied by \(tier[rule].rule.path) of \(tier[rule].policy.identity)"
    case .passed(let rule):
      return "passed on by \(tier[rule].rule.path) of \(tier[rule].policy.identity); \(next)"
    case .isolated, .isolatedHairpin: return "no rule matches, and the direction is isolated: denied"
    case .otherProtocol: return "policies say nothing about this protocol"
    case .exempt(let basis): return Self.notPoliced(basis)
    case .undecided: return "no rule decides; \(next)"
    }
  }

  private func peerLines(_ trace: RuleTrace, _ other: Party) -> [String] {
    if trace.peers.isEmpty { return ["any peer: matches"] }
    return trace.peers.map { peer in
      let reasons = peer.mismatches.map { text($0, other: other) }
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
    if trace.situation.lacksCommonFamily {
      return "No policy can allow it: an IPv4 address and an IPv6 address do not reach each other."
    }
    let isOpenQuestion = denied.contains { trace, _ in
      switch trace.tiers.last?.outcome {
      case .otherProtocol, .isolatedHairpin, nil: true
      case .allowed, .denied, .passed, .isolated, .exempt, .undecided: false
      }
    }
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
    if let tier = trace.tiers.last, case .denied(let reference) = tier.outcome {
      let (policy, rule) = tier[reference]
      let owner =
        policy.identity.namespace.isEmpty
        ? "whoever owns \(policy.identity)" : "whoever owns namespace \(policy.identity.namespace)"
      return
        "\(owner) can narrow \(rule.path) (\(rule.location.fileAndLine)) of \(policy.identity)\(tier.combination == .denyOverrides ? "" : ", or allow it before")"
    }
    let rules = (trace.tiers.last?.policies ?? []).flatMap { policy in
      policy.rules.filter { $0.rule.action == .allow }.map { (policy.policy, $0) }
    }
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
