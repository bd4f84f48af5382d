package import Kubernetes
package import PolicyModel

/// How one direction was decided. Made by the code that decides.
package struct DirectionTrace: Sendable {
  package enum Basis: Sendable {
    /// The pod talks to itself.
    case samePod
    /// A pod that reaches itself through a Service, under a reading.
    case hairpin(HairpinReading)
    /// Policies do not apply to this end.
    case notPoliced
    /// A node and a pod that runs on it: probes must work.
    case ownNode
    /// No policy isolates the end in this direction.
    case notIsolated
    /// A protocol the specification does not speak about, at an isolated end.
    case otherProtocol(OtherProtocolReading)
    /// Rules decide: allowed when one matches.
    case rules
  }

  package let direction: Direction
  package let basis: Basis
  package let isAllowed: Bool
  /// The policies that isolate the end, each with every rule of the direction. Empty unless ``Basis/rules``
  /// or ``Basis/otherProtocol(_:)``.
  package let policies: [PolicyTrace]
}

/// A policy that isolates the subject, and how its rules fared.
package struct PolicyTrace: Sendable {
  package let policy: Policy
  package let rules: [RuleTrace]
}

/// One rule against one flow.
package struct RuleTrace: Sendable {
  package let rule: Rule
  /// Empty when the rule has no peer list: anyone matches.
  package let peers: [PeerTrace]
  /// Empty when the rule has no port list: everything matches.
  package let ports: [PortTrace]
  package let peersMatch: Bool
  package let portsMatch: Bool

  package var isMatch: Bool { peersMatch && portsMatch }
}

/// One peer against the other end; it matches when there is no mismatch.
package struct PeerTrace: Sendable {
  package let peer: Peer
  package let mismatches: [PeerMismatch]
}

/// Why a peer does not match.
package enum PeerMismatch: Sendable {
  /// Selectors match pods only.
  case notAPod
  case namespaceName(wanted: String)
  case namespaceLabel(LabelRequirement, actual: String?)
  case podLabel(LabelRequirement, actual: String?)
  case outsideBlock
  case insideExcept(CIDR)
  case otherFamily
  case noAddress
  /// The engine compares blocks with outside addresses only.
  case blocksDoNotMatchPods
}

/// One port entry against the flow's port; it matches when there is no mismatch.
package struct PortTrace: Sendable {
  package let match: PortMatch
  package let mismatch: PortMismatch?
}

/// Why a port entry does not match.
package enum PortMismatch: Sendable {
  case transport
  case number
  /// The destination declares no port of that name and protocol.
  case nameNotDeclared
  case nameIs([UInt16])
  /// Names are resolved on pods; the destination is none.
  case destinationIsNoPod
}
