package import Kubernetes

/// Where members of a source group come from.
package struct Source: Sendable {
  package enum Origin: Sendable, Hashable {
    /// Addresses as they are written.
    case addresses([CIDR])
    /// What an integration's cluster has at the moment.
    case cluster(integration: String, ClusterSelection)
  }

  package let origin: Origin
  /// What becomes of its members when its cluster has not been heard of for longer than ``staleGrace``.
  package let onStale: StaleAction
  package let staleGrace: Duration
  /// Where packets of its members must come in; nil for anywhere.
  package let zone: String?
  package let location: SourceLocation

  package init(
    _ origin: Origin, onStale: StaleAction, staleGrace: Duration = .seconds(300), zone: String? = nil,
    location: SourceLocation
  ) {
    self.origin = origin
    self.onStale = onStale
    self.staleGrace = staleGrace
    self.zone = zone
    self.location = location
  }
}

/// What becomes of members that may no longer be who they were.
package enum StaleAction: String, Sendable, Hashable, CaseIterable {
  /// They leave the set.
  case clear
  /// They stay.
  case keep
  /// They stay, and everything that they send is denied.
  case deny
}
