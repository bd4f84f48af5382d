package import Kubernetes
package import SourceGroups

/// What is known of a source's members.
package struct SourceStatus: Sendable, Hashable {
  package let state: SourceState
  /// Whether it may have any members; see ``SourceSet/isUnresolved``.
  package let isUnresolved: Bool

  package init(_ state: SourceState, isUnresolved: Bool = false) {
    self.state = state
    self.isUnresolved = isUnresolved
  }

  /// Whether its members are those of the moment.
  var isFollowing: Bool { state == .following || state == .fixed }
}

/// A source of a cluster with all of its members' addresses.
package struct SourceIdentities: Sendable {
  package let status: SourceStatus
  /// With each address, how many members have it: pods of a node's network share one.
  package let addresses: [IPAddress: Int]

  package init(_ status: SourceStatus, addresses: [IPAddress: Int] = [:]) {
    self.status = status
    self.addresses = addresses
  }

  /// A source whose members have these addresses, one for each member and address.
  package init(_ status: SourceStatus, _ addresses: some Sequence<IPAddress>) {
    self.init(status, addresses: addresses.reduce(into: [:]) { $0[$1, default: 0] += 1 })
  }
}

/// What became of a source.
package struct SourceChange: Sendable {
  package let source: SourceKey
  /// Nil for as before.
  package let status: SourceStatus?
  /// Addresses of members that came, once for each member.
  package let joined: [IPAddress]
  /// Addresses of members that left, once for each member.
  package let left: [IPAddress]

  package init(
    _ source: SourceKey, status: SourceStatus? = nil, joined: [IPAddress] = [], left: [IPAddress] = []
  ) {
    self.source = source
    self.status = status
    self.joined = joined
    self.left = left
  }
}
