package import Kubernetes
package import PolicyModel

/// How one direction was decided. Made by the code that decides.
package struct DirectionTrace: Sendable {
  package enum Basis: Sendable {
    /// The pod talks to itself.
    case samePod
    /// Two pods without addresses of one family: there is no connection that policies could speak of.
    case noCommonFamily
    /// A pod that reaches itself through a Service, which is not policed.
    case hairpin
    /// Policies do not apply to this end.
    case notPoliced
    /// A node and a pod that runs on it: probes must work.
    case ownNode
    /// No policy says anything about the end in this direction.
    case noPolicy
    /// No tier decides, and the end is closed whatever policies say nothing about.
    case closedEntity
    /// The last tier decides, or none does and the end is open.
    case tiers
  }

  package let direction: Direction
  package let basis: Basis
  package let isAllowed: Bool
  /// The tiers that were asked, in order. Empty unless ``Basis/tiers``, or ``Basis/ownNode`` where rules could
  /// have denied it.
  package let tiers: [TierTrace]

  /// Every policy that was asked, in order.
  package var policies: [PolicyTrace] { tiers.flatMap(\.policies) }
}

/// A tier and what it came to.
package struct TierTrace: Sendable {
  package enum Outcome: Sendable {
    case allowed(by: RuleReference)
    case denied(by: RuleReference)
    /// A rule handed the connection to the next tier.
    case passed(by: RuleReference)
    /// No rule matches, and policies close the direction.
    case isolated
    /// A pod that reaches itself through a Service, where the direction is closed.
    case isolatedHairpin
    /// A protocol that the tier's rules cannot speak about, where the direction is closed.
    case otherProtocol(OtherProtocolReading)
    /// The tier's policies close the direction, but do not see the connection: it is let through.
    case exempt(DirectionTrace.Basis)
    /// No rule matches; the next tier decides.
    case undecided
  }

  /// A rule of ``policies``, by position.
  package struct RuleReference: Sendable {
    package let policy: Int
    package let rule: Int
  }

  /// Index of the tier.
  package let tier: Int
  package let name: String
  package let combination: Tier.Combination
  /// The policies that apply, in order, each with the rules that were tried.
  package let policies: [PolicyTrace]
  package let outcome: Outcome
  /// Policies of one rank that match and disagree; the outcome stands for one of the possible ones.
  package let tied: [RuleReference]

  /// What the tier decided; nil when the next one goes on.
  package var isAllowed: Bool? {
    switch outcome {
    case .allowed, .exempt: true
    case .denied, .isolated, .isolatedHairpin: false
    case .otherProtocol(let reading): reading == .open
    case .passed, .undecided: nil
    }
  }

  /// A rule with its policy.
  package subscript(reference: RuleReference) -> (policy: Policy, rule: Rule) {
    let policy = policies[reference.policy]
    return (policy.policy, policy.rules[reference.rule].rule)
  }
}

/// A policy that applies to the subject, and how its rules fared.
package struct PolicyTrace: Sendable {
  package let policy: Policy
  /// Whether it closes the direction.
  package let isolates: Bool
  package let rules: [RuleTrace]
}

/// One rule against one flow.
package struct RuleTrace: Sendable {
  package let rule: Rule
  /// Empty when the rule has no peer list: anyone matches.
  package let peers: [PeerTrace]
  /// Empty when the rule has no port list: everything matches.
  package let ports: [TrafficTrace]
  /// What of the subject the rule asks in vain.
  package let subjectMismatches: [PeerMismatch]
  package let peersMatch: Bool
  package let portsMatch: Bool
  package let sourcePortMatches: Bool
  /// Whether the peers match some pod at all, where the other end is a pod that is not in the input.
  package internal(set) var peersMayMatch = false
  /// Whether a port matches if a name of such a pod stands for it.
  package internal(set) var portsMayMatch = false

  /// Whether it matches a pod that is not in the input if that has the right labels and port names.
  package var mayMatch: Bool {
    subjectMismatches.isEmpty && peersMayMatch && portsMayMatch && sourcePortMatches
  }

  package var isMatch: Bool { subjectMismatches.isEmpty && peersMatch && portsMatch && sourcePortMatches }
}

/// One peer against the other end; it matches when there is no mismatch.
package struct PeerTrace: Sendable {
  package let peer: Peer
  package let mismatches: [PeerMismatch]
}

/// Why a peer does not match.
package indirect enum PeerMismatch: Sendable {
  /// Selectors match pods only.
  case notAPod
  /// A pod whose labels and namespace are not known.
  case unlistedPod
  case namespaceName(wanted: String)
  /// A requirement on a label of the pod or node, its namespace or its service account.
  case attribute(AttributeRequirement, actual: String?)
  /// An expression that is no plain list of requirements.
  case expression(LabelExpression)
  case notANode
  case nodeName(wanted: [String])
  /// It is the pod's own node and another one is wanted, or the other way round.
  case nodePlacement(NodePlacement)
  case outsideBlock
  case insideExcept(CIDR)
  case otherFamily
  case noAddress
  /// The engine compares blocks with other ends only.
  case blocksDoNotMatch
  /// No name, or another one.
  case domain(DomainPattern)
  case notOutside
  case notAPIServer
  case notSpecial(String)
  /// What must not match does.
  case excluded(PeerCondition)
}

/// One traffic entry against the flow's traffic; it matches when there is no mismatch.
package struct TrafficTrace: Sendable {
  package let match: TrafficMatch
  package let mismatch: TrafficMismatch?
}

/// Why a traffic entry does not match.
package enum TrafficMismatch: Sendable {
  case transport
  case number
  /// The number is one of those that are left out.
  case excepted
  /// The destination declares no port of that name and protocol.
  case nameNotDeclared
  case nameIs([UInt16])
  /// Names are resolved on pods; the destination is none.
  case destinationIsNoPod
  /// Nobody knows which ports of the destination have names.
  case nameNotKnown
  /// Another ICMP message.
  case message
}
