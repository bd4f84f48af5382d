internal import Gateway
internal import SourceGroups

/// When it was last known of clusters that what is known of them is true.
package struct FreshnessProofs: Sendable {
  private var moments: [String: [ObservedKind: ContinuousClock.Instant]] = [:]

  package init() {}

  /// Takes note of a moment. An earlier one than is known says nothing.
  mutating func record(_ kind: ObservedKind, of integration: String, at moment: ContinuousClock.Instant) {
    moments[integration, default: [:]][kind] = max(moments[integration]?[kind] ?? moment, moment)
  }

  /// For how much longer a lease may run: its grace, less the time since the oldest proof of what it needs. Zero without one
  /// of them.
  func remaining(of lease: Lease, at now: ContinuousClock.Instant) -> Duration {
    var remaining = lease.grace
    for kind in lease.kinds {
      guard let moment = moments[lease.integration]?[kind] else { return .zero }
      remaining = min(remaining, lease.grace - (now - moment))
    }
    return max(.zero, remaining)
  }

  /// The same for some leases.
  func remaining(of leases: [Lease], at now: ContinuousClock.Instant) -> [Lease: Duration] {
    Dictionary(leases.map { ($0, remaining(of: $0, at: now)) }, uniquingKeysWith: { first, _ in first })
  }
}
