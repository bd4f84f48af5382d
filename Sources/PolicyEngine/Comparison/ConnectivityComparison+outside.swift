internal import Kubernetes
internal import PolicyModel

extension ConnectivityComparison {
  /// What two units have open to the outside; many units have the same.
  struct OutsidePair: Hashable {
    let before: [ConnectivityWalk.Outside]
    let after: [ConnectivityWalk.Outside]
  }

  /// Addresses to which something else is open.
  struct OutsideDifference {
    let addresses: AddressSet
    let before: ConnectivityWalk.ConnectionID
    let after: ConnectivityWalk.ConnectionID
  }

  func forEachOutsideChange(
    _ unit: UnitMatching.Pair, _ direction: Direction, _ body: (Change) -> Void
  ) {
    let old = before.outside(of: unit.before, direction)
    let new = after.outside(of: unit.after, direction)
    if old.isEmpty, new.isEmpty { return }
    let own = End.unit(before: unit.before, after: unit.after)
    func report(_ other: End, _ before: ConnectivityWalk.ConnectionID, _ after: ConnectivityWalk.ConnectionID)
    {
      body(
        direction == .egress
          ? Change(source: own, destination: other, before: before, after: after)
          : Change(source: other, destination: own, before: before, after: after))
    }
    for found in differences(OutsidePair(before: old, after: new)) {
      report(.addresses(found.addresses), found.before, found.after)
    }
    // A name is spoken of where more is open to it than to addresses.
    let namesBefore = names(old, before)
    for name in namesBefore + names(new, after).filter({ !namesBefore.contains($0) }) {
      guard let own = before.compiled.namedEnd(called: name),
        let other = after.compiled.namedEnd(called: name)
      else { continue }
      let (old, new) = (
        before.connection(of: unit.before, direction, name: own),
        after.connection(of: unit.after, direction, name: other)
      )
      if numberBefore(new) != old { report(.name(name), old, new) }
    }
  }

  private func names(_ ends: [ConnectivityWalk.Outside], _ walk: ConnectivityWalk) -> [String] {
    ends.compactMap {
      if case .name(let number) = $0.end { walk.compiled.namedEnds[number].text } else { nil }
    }
  }

  /// O(sets before × sets after), once for all units that have the same open.
  private func differences(_ pair: OutsidePair) -> [OutsideDifference] {
    if let known = outsideDifferences[pair] { return known }
    let (old, new) = (before.openAddresses(pair.before), after.openAddresses(pair.after))
    var found: [[ConnectivityWalk.ConnectionID]: AddressSet] = [:]
    for (addresses, id) in old {
      for (others, other) in new where numberBefore(other) != id {
        let both = addresses.intersection(others)
        if !both.isEmpty { found[[id, other]] = found[[id, other]]?.union(both) ?? both }
      }
    }
    let result = found.map { OutsideDifference(addresses: $1, before: $0[0], after: $0[1]) }.sorted {
      let (a, b) = ($0.addresses.intervals[0], $1.addresses.intervals[0])
      return (a.family.rawValue, a.first) < (b.family.rawValue, b.first)
    }
    outsideDifferences[pair] = result
    return result
  }
}

extension ConnectivityWalk {
  /// Sets of addresses with what is open to them; together they are all addresses.
  func openAddresses(_ ends: [Outside]) -> [(AddressSet, ConnectionID)] {
    var rest = AddressSet.all
    var sets: [(AddressSet, ConnectionID)] = []
    for found in ends {
      guard case .addresses(let number) = found.end else { continue }
      sets.append((addressSets[number], found.connection))
      rest = rest.subtracting(addressSets[number])
    }
    return sets + (rest.isEmpty ? [] : [(rest, TrafficTable.none)])
  }
}
