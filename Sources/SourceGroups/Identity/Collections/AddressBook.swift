package import Kubernetes

/// Which objects of a cluster have which address. Copies share what did not change since.
package struct AddressBook: Sendable {
  /// One object at one address.
  struct Entry: Keyed {
    let key: Key
    let identity: Identity
  }

  /// By address, then kind, then slot.
  struct Key: Sendable, Comparable {
    let high: UInt64
    let low: UInt64
    let slot: Slot
    let family: UInt8
    let kind: UInt8

    init(_ address: IPAddress, _ kind: Identity.Kind, _ slot: Slot) {
      high = UInt64(truncatingIfNeeded: address.bits >> 64)
      low = UInt64(truncatingIfNeeded: address.bits)
      family = address.family.rawValue
      self.kind = kind.rawValue
      self.slot = slot
    }

    var address: IPAddress {
      IPAddress(
        family == AddressFamily.ipv4.rawValue ? .ipv4 : .ipv6, bits: UInt128(high) << 64 | UInt128(low))
    }

    func hasAddress(of other: Key) -> Bool {
      low == other.low && high == other.high && family == other.family
    }

    static func < (left: Key, right: Key) -> Bool {
      if left.family != right.family { return left.family < right.family }
      if left.high != right.high { return left.high < right.high }
      if left.low != right.low { return left.low < right.low }
      return left.kind == right.kind ? left.slot < right.slot : left.kind < right.kind
    }
  }

  private var entries = SortedChunks<Entry>()

  package init() {}

  /// O(addresses × log entries).
  mutating func insert(_ identity: Identity, at addresses: [IPAddress]) {
    for address in addresses {
      entries.insert(Entry(key: Key(address, identity.kind, identity.slot), identity: identity))
    }
  }

  /// O(addresses × log entries).
  mutating func remove(_ identity: Identity, from addresses: [IPAddress]) {
    for address in addresses { entries.remove(Key(address, identity.kind, identity.slot)) }
  }

  /// Goes through everybody who claims an address, pods first. O(log entries + claimants).
  func forEachClaimant(of address: IPAddress, _ body: (Identity) -> Void) {
    let first = Key(address, .pod, 0)
    entries.forEach(from: first) { entry in
      guard entry.key.hasAddress(of: first) else { return false }
      body(entry.identity)
      return true
    }
  }

  /// Everybody whose own the address is. O(log entries + claimants).
  package func holders(of address: IPAddress) -> [Identity] {
    var holders: [Identity] = []
    forEachClaimant(of: address) { if $0.addresses.contains(address) { holders.append($0) } }
    return holders
  }

  /// Everybody at the addresses that are their own, by address. O(entries).
  var owned: some Sequence<(address: IPAddress, holder: Identity)> {
    entries.lazy.map { (address: $0.key.address, holder: $0.identity) }.filter {
      $0.holder.addresses.contains($0.address)
    }
  }
}
