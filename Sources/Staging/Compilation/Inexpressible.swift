package import Kubernetes
package import PolicyModel

/// Something of a policy that a staging network does not show: what is compared says nothing about it.
package struct Inexpressible: Sendable, Hashable {
  package let policy: PolicyIdentity
  /// The rule's path in the manifest, `egress[0]`; nil when it is about the whole policy.
  package let path: String?
  package let location: SourceLocation
  package let reason: Reason

  package enum Reason: Sendable, Hashable {
    /// The policy polices nodes.
    case policesNodes
    /// A condition on ends that the network has none of, in its own words.
    case noSuchEnd(String)
    /// Policies of one rank are read side by side, and one of them does several things at one step, or goes back to an
    /// earlier one: which of its rules counts depends on the others.
    case hasNoOrder
    /// What an engine checks inside of a connection that the rule lets through.
    case looksInsideConnections([String])
  }
}

extension Inexpressible.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .policesNodes: "it polices nodes, and the staging network has pods only"
    case .noSuchEnd(let condition): "the staging network has pods only, so nothing in it is \(condition)"
    case .hasNoOrder: "its rules have no order beside those of another policy of its rank"
    case .looksInsideConnections(let rules):
      "what is inside a connection is not looked at: \(rules.joined(separator: ", "))"
    }
  }
}

extension [Inexpressible] {
  /// By place, each once.
  var inOrder: [Inexpressible] {
    Array(Set(self)).sorted {
      if $0.location != $1.location { return $0.location < $1.location }
      if $0.policy != $1.policy { return $0.policy < $1.policy }
      return $0.reason.description < $1.reason.description
    }
  }
}

extension Tier {
  /// What a staging network does not show of it.
  var inexpressible: [Inexpressible] {
    policies.flatMap(\.inexpressible)
      + policies.filter(hasNoOrder).map {
        Inexpressible(policy: $0.identity, path: nil, location: $0.location, reason: .hasNoOrder)
      }
  }

  private func hasNoOrder(_ policy: Policy) -> Bool {
    guard combination == .firstMatch(.denyWins), policies.count(where: { $0.rank == policy.rank }) > 1
    else { return false }
    return Direction.allCases.contains { direction in
      let rules = policy.rules.filter { $0.direction == direction && $0.action != .log }
      return zip(rules, rules.dropFirst()).contains { first, second in
        second.step < first.step || second.step == first.step && second.action != first.action
      }
    }
  }
}

extension PeerCondition {
  /// The simple conditions in it that no pod of a staging network can meet.
  var unstagedParts: [String] {
    var parts: [String] = []
    forEachSimple { condition in
      switch condition {
      case .nodes, .domain, .outside, .apiServer, .special: parts.append(condition.description)
      case .endpoints, .addresses, .family, .all, .any, .not: break
      }
    }
    return parts
  }
}

extension Policy {
  /// What a staging network does not show of it.
  var inexpressible: [Inexpressible] {
    var found: [Inexpressible] = []
    if subject.nodes != nil {
      found.append(
        Inexpressible(policy: identity, path: nil, location: subjectLocation, reason: .policesNodes))
    }
    for rule in rules {
      func report(_ reason: Inexpressible.Reason, at location: SourceLocation) {
        found.append(Inexpressible(policy: identity, path: rule.path, location: location, reason: reason))
      }
      for peers in [rule.peers, rule.subject] {
        guard case .anyOf(let list) = peers else { continue }
        for peer in list {
          for part in peer.kind.unstagedParts { report(.noSuchEnd(part), at: peer.location) }
        }
      }
      if !rule.applicationRules.isEmpty {
        report(.looksInsideConnections(rule.applicationRules), at: rule.location)
      }
    }
    return found
  }
}
