package import SourceGroups

/// How long members of some sources count without a sign of their cluster.
///
/// A lease runs while what its sources need of a cluster has been heard of within the grace. The kernel lets it run out by
/// itself, so that stale members stop being trusted when nobody is left to say so.
package struct Lease: Sendable, Hashable {
  package let integration: String
  package let grace: Duration
  /// What must be fresh, in alphabetical order.
  package let kinds: [ObservedKind]

  package init(integration: String, grace: Duration, kinds: Set<ObservedKind>) {
    self.integration = integration
    self.grace = grace
    self.kinds = kinds.sorted { $0.rawValue < $1.rawValue }
  }
}

extension Lease: Comparable {
  package static func < (left: Lease, right: Lease) -> Bool {
    (left.integration, left.grace, left.kinds.map(\.rawValue).joined(separator: ","))
      < (right.integration, right.grace, right.kinds.map(\.rawValue).joined(separator: ","))
  }
}

extension Lease: CustomStringConvertible {
  /// `prod pods,namespaces 300s`.
  package var description: String {
    "\(integration) \(kinds.map(\.rawValue).joined(separator: ",")) \(grace.components.seconds)s"
  }
}

extension Source {
  /// The lease that decides what its members are worth; nil when nothing can become of them.
  package var lease: Lease? {
    guard case .cluster(let integration, let selection) = origin, onStale != .keep else { return nil }
    return Lease(integration: integration, grace: staleGrace, kinds: selection.observedKinds)
  }
}
