package import Kubernetes

/// What a rule does with the connections it matches.
package enum RuleAction: String, Sendable, Hashable {
  case allow
  case deny
  /// Leaves the tier; the next one decides.
  case pass
  /// Notes the connection and goes on with the next rule.
  case log
}

/// What becomes of connections of the subject with these peers, of this traffic.
///
/// All conditions must hold: ``subject``, ``peers``, ``traffic`` and ``sourcePorts``.
package struct Rule: Sendable {
  package let direction: Direction
  package let action: RuleAction
  /// `ingress[0]`, the path in the manifest. Several rules may stand for one entry of the text.
  package let path: String
  /// What the policy's subject must be like for the rule to count.
  package let subject: Peers
  package let peers: Peers
  package let traffic: Traffic
  /// Ports of the connection's source, for the same protocols as ``traffic``; names are the source's.
  package let sourcePorts: Traffic
  /// What the engine checks after it has let a connection through by this rule, in words: `HTTP GET /health`.
  package let applicationRules: [String]
  /// The place in a policy that is read rule by rule together with others, see ``Tier/SameRank/denyWins``.
  package let step: Int
  package let location: SourceLocation

  package init(
    direction: Direction, action: RuleAction = .allow, path: String, subject: Peers = .anyone, peers: Peers,
    traffic: Traffic, sourcePorts: Traffic = .any, applicationRules: [String] = [], step: Int = 0,
    location: SourceLocation
  ) {
    self.direction = direction
    self.action = action
    self.path = path
    self.subject = subject
    self.peers = peers
    self.traffic = traffic
    self.sourcePorts = sourcePorts
    self.applicationRules = applicationRules
    self.step = step
    self.location = location
  }
}

extension Rule {
  /// The ports of the policy's subject that are asked for.
  package var subjectPorts: Traffic { direction == .ingress ? traffic : sourcePorts }

  /// Calls `body` for every simple condition on the peers and on the subject, however deep it stands.
  package func forEachCondition(_ body: (PeerCondition) -> Void) {
    peers.forEachCondition(body)
    subject.forEachCondition(body)
  }
}

extension Peers {
  /// Calls `body` for every simple condition, however deep it stands.
  package func forEachCondition(_ body: (PeerCondition) -> Void) {
    guard case .anyOf(let peers) = self else { return }
    for peer in peers { peer.kind.forEachSimple(body) }
  }

  /// Whether it is true of everything by its form.
  package var isAnyone: Bool { if case .anyone = self { true } else { false } }
}
