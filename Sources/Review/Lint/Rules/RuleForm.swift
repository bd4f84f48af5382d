internal import Kubernetes
internal import PolicyModel

/// A rule as it is written, for comparisons that hold whatever pods there are.
struct RuleForm {
  let policy: Policy
  let rule: Rule

  init(_ value: (policy: Policy, rule: Rule)) {
    policy = value.policy
    rule = value.rule
  }

  /// The one namespace that a policy looks into; nil when there may be several.
  static func namespace(of policy: Policy) -> String? {
    if case .named(let name)? = policy.subject.endpoints?.namespaces { name } else { nil }
  }

  /// Whether it matches everything that another rule matches, in every world.
  func covers(_ other: RuleForm) -> Bool {
    // What is cheap to compare goes first: a rule is compared with all others.
    rule.direction == other.rule.direction && Self.covers(rule.traffic, other.rule.traffic)
      && rule.subject.isAnyone && !rule.sourcePorts.isRestricted && rule.applicationRules.isEmpty
      && Self.covers(rule.peers, other.rule.peers) && Self.covers(policy.subject, other.policy.subject)
  }

  static func covers(_ wide: PolicySubject, _ narrow: PolicySubject) -> Bool {
    guard case .endpoints(let own) = wide, case .endpoints(let other) = narrow else {
      return wide.description == narrow.description
    }
    return covers(own, other)
  }

  private static func covers(_ wide: Peers, _ narrow: Peers) -> Bool {
    guard case .anyOf(let wide) = wide else { return true }
    guard case .anyOf(let narrow) = narrow else { return false }
    return narrow.allSatisfy { peer in wide.contains { covers($0.kind, peer.kind) } }
  }

  private static func covers(_ wide: PeerCondition, _ narrow: PeerCondition) -> Bool {
    switch (wide, narrow) {
    case (.endpoints(let own), .endpoints(let other)): covers(own, other)
    case (.addresses(let own), .addresses(let other)): other.addresses.isSubset(of: own.addresses)
    default: wide.description == narrow.description
    }
  }

  private static func covers(_ wide: EndpointSelector, _ narrow: EndpointSelector) -> Bool {
    covers(wide.namespaces, narrow.namespaces) && covers(wide.pods, narrow.pods)
  }

  private static func covers(_ wide: NamespaceScope, _ narrow: NamespaceScope) -> Bool {
    switch (wide, narrow) {
    case (.named(let own), .named(let other)): own == other
    case (.matching(let own), .matching(let other)): covers(own, other)
    case (.matching(let own), .named(let name)):
      own.conjunction.map {
        $0.allSatisfy { wanted in
          wanted.attribute == .namespaceLabel(Namespace.nameLabel) && wanted.matches(name)
        }
      } ?? false
    case (.named, .matching): false
    }
  }

  /// Fewer conditions match more.
  private static func covers(_ wide: LabelExpression, _ narrow: LabelExpression) -> Bool {
    guard let own = wide.conjunction, let other = narrow.conjunction else {
      return wide.description == narrow.description
    }
    return Set(own).isSubset(of: Set(other))
  }

  private static func covers(_ wide: Traffic, _ narrow: Traffic) -> Bool {
    guard case .anyOf(let wide) = wide else { return true }
    guard case .anyOf(let narrow) = narrow else { return false }
    return narrow.allSatisfy { match in wide.contains { covers($0, match) } }
  }

  private static func covers(_ wide: TrafficMatch, _ narrow: TrafficMatch) -> Bool {
    guard case .ports(let own) = wide, case .ports(let other) = narrow else {
      return wide.description == narrow.description
    }
    guard own.transport == other.transport, own.exceptions.isEmpty else { return false }
    switch (own.ports, other.ports) {
    case (.all, _): return true
    case (.range(let own), .range(let other)):
      return own.lowerBound <= other.lowerBound && other.upperBound <= own.upperBound
    default: return own.ports == other.ports
    }
  }
}
