package import Kubernetes

/// One end of a rule's traffic, `source` or `destination`. All criteria that are given must hold; an end without
/// any is anything.
package struct CalicoEntityRule: Sendable {
  /// Which endpoints and addresses the end is.
  package enum Peer: Sendable {
    /// The addresses behind a Service; as an egress destination also its ports and protocols.
    case service(CalicoServiceMatch)
    case endpoints(CalicoPeerCriteria)
  }

  package let peer: Peer
  /// Empty: any port.
  package let ports: [CalicoPort]
  /// A packet with one of these ports does not match. Empty: no port is excluded.
  package let notPorts: [CalicoPort]
  package let location: SourceLocation

  /// Empty: any address.
  package var nets: [CalicoNet] { criteria?.nets ?? [] }
  /// A packet with an address in one of these does not match.
  package var notNets: [CalicoNet] { criteria?.notNets ?? [] }

  private var criteria: CalicoPeerCriteria? {
    if case .endpoints(let criteria) = peer { criteria } else { nil }
  }
}

/// What an end's address and endpoint must be, all together. How far selectors look is in SEMANTICS.md §3.3.
package struct CalicoPeerCriteria: Sendable {
  /// Empty: any address.
  package let nets: [CalicoNet]
  package let notNets: [CalicoNet]
  /// Nil is any traffic, `all()` only that of endpoints and network sets.
  package let selector: CalicoSelector?
  /// Traffic of what this selects does not match; everything else does, addresses outside the cluster too.
  package let notSelector: CalicoSelector?
  package let namespaceSelector: CalicoNamespaceSelector?
  package let serviceAccounts: CalicoServiceAccountMatch?
}

/// Where an end's endpoints and network sets live.
package enum CalicoNamespaceSelector: Sendable {
  /// `global()`: in no namespace, which are host endpoints and global network sets.
  case global(SourceLocation)
  /// By the labels of the namespace; `all()` is "in a namespace".
  case matching(CalicoSelector)
}

/// Pods that run as one of these service accounts: by name and by label, whichever is given.
package struct CalicoServiceAccountMatch: Sendable {
  /// Empty: any name.
  package let names: [String]
  /// By the labels of the service account; nil: any.
  package let selector: CalicoSelector?
  package let location: SourceLocation
}

/// A Service by its name.
package struct CalicoServiceMatch: Sendable {
  package let name: String
  /// Nil: that of the policy.
  package let namespace: String?
  package let location: SourceLocation
}
