package import Kubernetes
package import PolicyModel

/// A rule of `ingress`, `egress`, `ingressDeny` or `egressDeny`.
///
/// A rule without peers and without traffic is inert; it still counts for the default deny of its direction.
package struct CiliumRule: Sendable {
  /// Where a rule stands, which decides what it may say.
  package struct Role: Sendable, Hashable {
    package let direction: Direction
    package let isDeny: Bool
    /// Whether the rule set selects nodes.
    package let isHostPolicy: Bool

    /// The field of the rule set: `ingressDeny`.
    package var field: String { direction.name + (isDeny ? "Deny" : "") }
  }

  package let peers: CiliumPeers
  package let traffic: CiliumTraffic
  /// Nil when left out; deny rules have none.
  package let authentication: CiliumAuthentication?
  package let location: SourceLocation

  /// Whether the rule says nothing at all, neither who nor what.
  package var isInert: Bool { !peers.isWritten && !traffic.isWritten }
}

/// The other ends of a rule: `fromEndpoints` or `toEndpoints` and its neighbours. A rule has one kind of them.
package enum CiliumPeers: Sendable {
  /// Not written: everybody when the rule has traffic, nobody otherwise.
  ///
  /// Empty `toFQDNs`, `toServices`, `fromGroups` and `toGroups` count as not written.
  case unwritten
  /// An empty list of endpoints, entities, CIDRs or nodes: nobody, also with traffic and beside other members.
  case nobody(SourceLocation)
  case endpoints([CiliumSelector])
  case entities([Located<CiliumEntity>])
  case cidr([Located<CIDR>])
  case cidrSet([CiliumCIDRRule])
  case nodes([CiliumSelector])
  case groups([CiliumGroup])
  /// Egress only.
  case services([CiliumService])
  /// Egress allow rules only.
  case fqdns([Located<FQDNPattern>])

  package var isWritten: Bool {
    if case .unwritten = self { false } else { true }
  }
}

/// What may pass between the subject and the peers of a rule.
package enum CiliumTraffic: Sendable {
  /// Neither `toPorts` nor `icmps` has an entry: every protocol, if there are peers.
  case unwritten
  /// Never empty.
  case toPorts([CiliumPortRule])
  /// Never empty.
  case icmps([CiliumICMPRule])

  package var isWritten: Bool {
    if case .unwritten = self { false } else { true }
  }
}

/// Whether peers must prove who they are.
package enum CiliumAuthentication: String, Sendable, Hashable, CaseIterable {
  case disabled
  case required
  /// Always fails; for tests of Cilium.
  case alwaysFail = "test-always-fail"
}

/// An entry of `toServices`.
package struct CiliumService: Sendable {
  /// A Service by name.
  package struct Named: Sendable, Hashable {
    /// Empty when left out, which is no Service's name.
    package let serviceName: String
    /// Nil when left out.
    package let namespace: String?
  }

  /// Services by their labels.
  package struct Selected: Sendable {
    package let selector: CiliumSelector
    /// Nil when left out.
    package let namespace: String?
  }

  package let k8sService: Named?
  package let k8sServiceSelector: Selected?
  package let location: SourceLocation
}

/// An entry of `fromGroups` or `toGroups`: addresses that a cloud knows.
package struct CiliumGroup: Sendable {
  package struct AWS: Sendable, Hashable {
    package let labels: [String: String]
    package let region: String?
    package let securityGroupsIds: [String]
    package let securityGroupsNames: [String]
  }

  package let aws: AWS?
  package let location: SourceLocation
}
