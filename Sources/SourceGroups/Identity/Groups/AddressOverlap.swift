package import Kubernetes
package import PolicyModel

/// Two integrations whose clusters use the same addresses: nobody can tell whose a packet is.
package struct AddressOverlap: Sendable {
  /// In alphabetical order.
  package let integrations: [String]
  /// What blocks of pod addresses have in common.
  package let blocks: AddressSet
  /// Addresses that different objects of both have at the moment, the first ones by number.
  package let addresses: [IPAddress]
  /// How many such addresses there are.
  package let addressCount: Int

  fileprivate static let addressLimit = 20
}

extension IdentitySets {
  /// Pairs of integrations whose clusters use the same addresses, in alphabetical order.
  ///
  /// Clusters whose sources are bound to different zones do not conflict, as a packet tells where it came in. Nor do two
  /// integrations of one cluster: what has the same UID is the same. O(addresses of all), so not for every event.
  package func overlaps() -> [AddressOverlap] {
    let zones = zonesByIntegration
    let names = zones.keys.sorted()
    return names.enumerated().flatMap { place, left in
      names[(place + 1)...].compactMap { right in
        Self.conflict(zones[left] ?? [], zones[right] ?? []) ? overlap(left, right) : nil
      }
    }
  }

  /// Whether a packet may belong to sources of both.
  private static func conflict(_ left: Set<String?>, _ right: Set<String?>) -> Bool {
    left.contains { zone in right.contains { zone == nil || $0 == nil || zone == $0 } }
  }

  private func overlap(_ left: String, _ right: String) -> AddressOverlap? {
    guard let first = clusters[left], let second = clusters[right] else { return nil }
    let blocks = Self.commonBlocks(first.podBlocks, second.podBlocks)
    var addresses: [IPAddress] = []
    var count = 0
    first.book.forEachCommonAddress(with: second.book) { address, holders, others in
      guard Set(holders.map(\.uid)).isDisjoint(with: others.map(\.uid)) else { return }
      count += 1
      if addresses.count < AddressOverlap.addressLimit { addresses.append(address) }
    }
    guard !blocks.isEmpty || count > 0 else { return nil }
    return AddressOverlap(
      integrations: [left, right], blocks: blocks, addresses: addresses, addressCount: count)
  }

  /// What blocks of different nodes have in common.
  private static func commonBlocks(
    _ left: [(block: CIDR, nodeUID: String)], _ right: [(block: CIDR, nodeUID: String)]
  ) -> AddressSet {
    let shared = Set(left.map(\.nodeUID)).intersection(right.map(\.nodeUID))
    func set(_ blocks: [(block: CIDR, nodeUID: String)]) -> AddressSet {
      blocks.filter { !shared.contains($0.nodeUID) }.map(\.block).addressSet
    }
    return set(left).intersection(set(right))
  }

  /// The zones that sources are bound to, nil for those that are bound to none; without integrations that no source names.
  private var zonesByIntegration: [String: Set<String?>] {
    var zones: [String: Set<String?>] = [:]
    for source in snapshot.sets.lazy.flatMap(\.sources) {
      if let integration = source.integration { zones[integration, default: []].insert(source.source.zone) }
    }
    return zones
  }
}

extension AddressBook {
  /// Goes through the addresses that both have, with those whose own they are. O(entries of both).
  fileprivate func forEachCommonAddress(
    with other: AddressBook, _ body: (IPAddress, [Identity], [Identity]) -> Void
  ) {
    var (left, right) = (owned.makeIterator(), other.owned.makeIterator())
    var (entry, otherEntry) = (left.next(), right.next())
    while let own = entry, let others = otherEntry {
      if own.address < others.address {
        entry = left.next()
      } else if others.address < own.address {
        otherEntry = right.next()
      } else {
        body(own.address, holders(of: own.address), other.holders(of: own.address))
        while let next = entry, next.address == own.address { entry = left.next() }
        while let next = otherEntry, next.address == own.address { otherEntry = right.next() }
      }
    }
  }
}
