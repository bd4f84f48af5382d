internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension Wording {
  /// The smallest change that would deny what a trace allows: narrowing the rule that lets it through, or a policy where
  /// there is none. The destination's side goes first: it protects against everybody who is like the source.
  func denial(_ trace: Trace) -> String? {
    let directions = [(trace.ingress, trace.situation.destination), (trace.egress, trace.situation.source)]
    for (direction, party) in directions {
      guard let endpoint = party.endpoint else { continue }
      switch direction.basis {
      case .noPolicy:
        return "To deny it: isolate \(name(endpoint)) for \(direction.direction.name) with a policy."
      case .tiers:
        if case .allowed(let reference)? = direction.tiers.last?.outcome, let tier = direction.tiers.last {
          let (policy, rule) = tier[reference]
          return
            "To deny it: narrow \(rule.path) (\(rule.location.fileAndLine)) of \(policy.identity), which lets it through."
        }
        return "To deny it: isolate \(name(endpoint)) for \(direction.direction.name) with a policy."
      case .samePod, .noCommonFamily, .hairpin, .notPoliced, .ownNode, .closedEntity: continue
      }
    }
    return nil
  }
}
