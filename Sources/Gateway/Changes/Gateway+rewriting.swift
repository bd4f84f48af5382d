package import Nftables
package import SourceGroups

extension Gateway {
  /// All of it but leases: for a table whose leases the kernel goes on counting, until they are renewed or ended.
  package var programWithoutLeases: NftablesProgram { program(senders, [:]) }

  /// All of it, for a table in which no lease runs.
  ///
  /// - Parameter leases: for how long from now on those may run of which it is known.
  package func program(leases: [Lease: Duration]) -> NftablesProgram {
    program(senders, leases.filter { $1 > .zero && canRun($0) })
  }
}

extension Gateway {
  /// Leases that say what the members of a document's sources are worth, sorted.
  package static func wantedLeases(of policy: SourceGroupPolicy) -> [Lease] { SourceTable(policy).leases }
}

extension Gateway {
  /// How many addresses of clusters there are.
  package var addressCount: Int { members.memberships.count }
}
