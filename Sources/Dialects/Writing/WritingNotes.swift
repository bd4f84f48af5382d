internal import Kubernetes
internal import PolicyModel

/// What a writer has to say beside its objects.
struct WritingNotes {
  private(set) var losses: [Loss] = []
  private(set) var assumptions: Set<String> = []

  mutating func assume(_ text: String) { assumptions.insert(text) }

  /// Notes that a policy is left out.
  ///
  /// - Parameter subject: the part of its subject for which it is; nil for all of it.
  mutating func leaveOut(
    _ policy: PlainPolicy, _ name: Loss.Name, _ message: String, fix: String? = nil,
    subject: PlainSelector? = nil
  ) {
    losses.append(
      Loss(
        name, .leavingOut(policy.lowered), message, fix: fix, policy: policy.identity, at: policy.location,
        subject: (subject ?? policy.subject).lowered))
  }

  /// Notes that a policy is written for more pods than it is meant for.
  mutating func overstate(
    _ policy: PlainPolicy, _ name: Loss.Name, _ message: String, fix: String? = nil, subject: PlainSelector
  ) {
    losses.append(
      Loss(
        name, .overstating(policy.lowered), message, fix: fix, policy: policy.identity, at: policy.location,
        subject: subject.lowered))
  }

  /// Notes a loss of a rule.
  ///
  /// - Parameters:
  ///   - peers: the only ones that it is about; nil for those of the rule.
  ///   - traffic: the only one that it is about; nil for that of the rule.
  mutating func lose(
    _ name: Loss.Name, _ effect: Loss.Effect, _ message: String, fix: String? = nil, of rule: PlainRule,
    in policy: PlainPolicy, peers: [PlainPeer]? = nil, traffic: PlainTraffic? = nil
  ) {
    let ends = peers.map { PlainRule.Peers.anyOf($0).lowered(at: rule.location) }
    losses.append(
      Loss(
        name, .init(effect, on: [rule.lowered(peers: ends, traffic: traffic)]), message, fix: fix,
        policy: policy.identity, at: rule.location, subject: policy.subject.lowered))
  }

  private static func text(_ rule: Rule) -> String {
    let peers = if case .anyOf(let peers) = rule.peers { "\(peers.map(\.description))" } else { "anyone" }
    return "\(rule.direction) \(rule.action) \(peers) \(rule.traffic);"
  }

  private struct Said: Hashable {
    let name: Loss.Name
    let message: String
    let policy: PolicyIdentity
    let location: SourceLocation
    let subject: String
    let widened: [String]
    let narrowed: [String]
  }

  /// Puts objects and notes together, in an order that does not depend on that of the policies.
  func written(_ objects: [WrittenObject]) -> WrittenPolicies {
    var written = WrittenPolicies()
    written.objects = objects.sorted { ($0.namespace, $0.kind, $0.name) < ($1.namespace, $1.kind, $1.name) }
    // Objects of several namespaces lose the same.
    var seen: Set<Said> = []
    written.losses = losses.sorted { $0.isBefore($1) }.filter {
      seen.insert(
        Said(
          name: $0.name, message: $0.message, policy: $0.policy, location: $0.location,
          subject: "\($0.subject)", widened: $0.reach.widened.map(Self.text),
          narrowed: $0.reach.narrowed.map(Self.text))
      ).inserted
    }
    written.assumptions = assumptions.sorted()
    return written
  }
}

extension Loss {
  fileprivate func isBefore(_ other: Loss) -> Bool {
    if location != other.location { return location < other.location }
    if policy != other.policy { return policy < other.policy }
    return (name.rawValue, message, "\(subject)") < (other.name.rawValue, other.message, "\(other.subject)")
  }
}
