package import Kubernetes

/// All sets at one moment. Immutable; what did not change is shared with the snapshots before.
package struct IdentitySnapshot: Sendable {
  /// Goes up when any set does, or the order of sets.
  package internal(set) var version: UInt64 = 0
  /// In the order of the groups.
  package internal(set) var sets: [IdentitySet] = []
  var places: [String: Int] = [:]
  /// Everybody with an address, by integration.
  var books: [String: AddressBook] = [:]

  package init() {}

  /// The set of a group. O(1).
  package subscript(group: String) -> IdentitySet? { places[group].map { sets[$0] } }

  /// Everybody who has an address, and their groups. O(claimants × (log addresses + sources × log members)).
  package func whois(_ address: IPAddress) -> [AddressHolder] {
    var holders: [AddressHolder] = []
    for integration in books.keys.sorted() {
      for identity in books[integration]?.holders(of: address) ?? [] {
        let object = ObjectNumber(integration: integration, kind: identity.kind, slot: identity.slot)
        let groups = sets.filter { set in
          set.members(at: object).contains { $0.addresses.contains(address) }
        }
        holders.append(AddressHolder(integration: integration, identity: identity, groups: groups.map(\.id)))
      }
    }
    return holders
  }

  /// The pod of a name, as far as its integration's cluster is known. O(pods).
  package func pod(named name: NamespacedName, of integration: String) -> Identity? {
    books[integration]?.owned.first { $0.holder.kind == .pod && $0.holder.name == name }?.holder
  }

  /// Groups in which an address is written, whoever has it. O(blocks).
  package func groups(writing address: IPAddress) -> [String] {
    sets.filter { set in
      set.sources.contains { source in
        guard case .addresses(let blocks) = source.source.origin else { return false }
        return blocks.contains { $0.contains(address) }
      }
    }.map(\.id)
  }
}

/// Who has an address.
package struct AddressHolder: Sendable, Hashable {
  package let integration: String
  package let identity: Identity
  /// Those that it is a member of with this address, in their order.
  package let groups: [String]
}
