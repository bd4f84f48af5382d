import Kubernetes
import PolicyEngine
import PolicyModel

/// Traces as a few lines of text, so that a test can say all of one.
extension DirectionTrace {
  var text: String {
    let lines = policies.flatMap { policy in
      ["\(policy.policy.identity) at \(policy.policy.location.fileAndLine)"]
        + policy.rules.map { "  \($0.text)" }
    }
    return (["\(direction.name) \(isAllowed ? "allowed" : "denied"): \(basisText)"] + lines).joined(
      separator: "\n")
  }
}

extension RuleTrace {
  fileprivate var text: String {
    let peers = peers.map { peer in
      "peer:\(peer.peer.location.line) "
        + (peer.mismatches.isEmpty ? "matches" : peer.mismatches.map(\.text).joined(separator: " and "))
    }
    let ports = ports.map { "port:\($0.match.location.line) \($0.mismatch.map { "\($0)" } ?? "matches")" }
    let parts = (peers + ports).joined(separator: ", ")
    return "\(rule.path):\(rule.location.line) \(isMatch ? "matches" : "fails")"
      + (parts.isEmpty ? "" : ": \(parts)")
  }
}

extension PeerMismatch {
  fileprivate var text: String {
    switch self {
    case .attribute(let wanted, let actual) where wanted.attribute.isOfNamespace:
      "\(wanted) wanted of the namespace, has \(actual ?? "none")"
    case .attribute(let wanted, let actual): "pod wants \(wanted), has \(actual ?? "none")"
    case .insideExcept(let hole): "insideExcept \(hole)"
    case .namespaceName(let wanted): "namespace wants name \(wanted)"
    default: "\(self)"
    }
  }
}

extension Attribute {
  fileprivate var isOfNamespace: Bool {
    if case .namespaceLabel = self { true } else { false }
  }
}

extension DirectionTrace {
  /// `rules` where rules decide, else what does.
  fileprivate var basisText: String {
    switch (basis, tiers.last?.outcome) {
    case (.tiers, .otherProtocol(let reading)?): "otherProtocol(\(reading))"
    case (.tiers, .isolatedHairpin?): "hairpin"
    case (.tiers, _): "rules"
    default: "\(basis)"
    }
  }

  /// Whether rules decide.
  var isDecidedByRules: Bool { basisText == "rules" }
}
