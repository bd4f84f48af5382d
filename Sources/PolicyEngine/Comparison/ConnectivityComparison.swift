package import PolicyModel

/// What may flow after a change that might not flow before, and the other way round.
///
/// Two walks side by side: each pair of units costs one comparison of numbers, as equal traffic has one number.
package final class ConnectivityComparison {
  package let before: ConnectivityWalk
  package let after: ConnectivityWalk
  package let matching: UnitMatching
  /// By the number of traffic after, its number before; -1 for those not asked yet.
  private var numbersBefore: [ConnectivityWalk.ConnectionID] = []
  var outsideDifferences: [OutsidePair: [OutsideDifference]] = [:]

  /// - Parameters: both of policies that know each other's names; see
  ///   ``CompiledPolicies/init(world:tiers:profile:domains:comparedWith:)``.
  package init(_ before: CompiledPolicies, _ after: CompiledPolicies) {
    self.before = ConnectivityWalk(before)
    self.after = ConnectivityWalk(after)
    matching = UnitMatching(self.before, self.after)
  }

  /// An end of a change.
  package enum End: Sendable, Hashable {
    /// Units of the walks; one is nil when there is nothing to compare with.
    case unit(before: Int?, after: Int?)
    case addresses(AddressSet)
    /// A domain name or an entity.
    case name(String)
  }

  /// What flows between two ends before, by its number there, and after. They differ.
  package struct Change: Sendable {
    package let source: End
    package let destination: End
    /// For ``ConnectivityWalk/connection(_:)`` of ``ConnectivityComparison/before``.
    package let before: ConnectivityWalk.ConnectionID
    /// Likewise of ``ConnectivityComparison/after``.
    package let after: ConnectivityWalk.ConnectionID
  }

  /// Calls back for every change: first between what is there before and after and from it to the outside, then what
  /// comes from outside, then all rows of what is gone, then all of what is new. O(units²).
  package func forEachChange(_ body: (Change) -> Void) {
    var rowBefore = [ConnectivityWalk.ConnectionID](repeating: TrafficTable.none, count: before.units.count)
    var rowAfter = [ConnectivityWalk.ConnectionID](repeating: TrafficTable.none, count: after.units.count)
    for source in matching.pairs {
      Self.fill(&rowBefore, before.destinations(of: source.before))
      Self.fill(&rowAfter, after.destinations(of: source.after))
      let end = End.unit(before: source.before, after: source.after)
      for destination in matching.pairs {
        let (old, new) = (rowBefore[destination.before], rowAfter[destination.after])
        if old == new, old <= TrafficTable.all { continue }
        if numberBefore(new) == old || !isComparable(source, destination) { continue }
        body(
          Change(
            source: end, destination: .unit(before: destination.before, after: destination.after),
            before: old, after: new))
      }
      forEachOutsideChange(source, .egress, body)
    }
    for destination in matching.pairs { forEachOutsideChange(destination, .ingress, body) }
    forEachRowOfSome(before, matching.vanished, isAfter: false, body)
    forEachRowOfSome(after, matching.appeared, isAfter: true, body)
  }

  private static func fill(
    _ row: inout [ConnectivityWalk.ConnectionID], _ found: [ConnectivityWalk.Destination]
  ) {
    for index in row.indices { row[index] = TrafficTable.none }
    for destination in found { row[Int(destination.unit)] = destination.connection }
  }

  /// Whether both sides have an answer: a single pod has no other replica to talk to.
  private func isComparable(_ source: UnitMatching.Pair, _ destination: UnitMatching.Pair) -> Bool {
    (source.before != destination.before || before.compiled.hasPeersWithin(before.units[source.before]))
      && (source.after != destination.after || after.compiled.hasPeersWithin(after.units[source.after]))
  }

  /// The number that some traffic after has before.
  func numberBefore(_ id: ConnectivityWalk.ConnectionID) -> ConnectivityWalk.ConnectionID {
    let index = Int(id)
    if index < numbersBefore.count, numbersBefore[index] >= 0 { return numbersBefore[index] }
    if index >= numbersBefore.count {
      numbersBefore += [ConnectivityWalk.ConnectionID](repeating: -1, count: index - numbersBefore.count + 64)
    }
    let (certain, possible) = after.connection(id)
    let number = before.number(of: TrafficPair(certain: certain, possible: possible))
    numbersBefore[index] = number
    return number
  }

  /// All rows with an end among some units that the other side does not have.
  private func forEachRowOfSome(
    _ walk: ConnectivityWalk, _ units: [Int], isAfter: Bool, _ body: (Change) -> Void
  ) {
    if units.isEmpty { return }
    func end(_ unit: Int) -> End {
      isAfter ? .unit(before: nil, after: unit) : .unit(before: unit, after: nil)
    }
    func report(_ source: End, _ destination: End, _ id: ConnectivityWalk.ConnectionID) {
      body(
        Change(
          source: source, destination: destination, before: isAfter ? TrafficTable.none : id,
          after: isAfter ? id : TrafficTable.none))
    }
    let isWanted = walk.units.indices.map(Set(units).contains)
    for source in walk.units.indices {
      for found in walk.destinations(of: source) where isWanted[source] || isWanted[Int(found.unit)] {
        report(end(source), end(Int(found.unit)), found.connection)
      }
      guard isWanted[source] else { continue }
      for found in walk.outside(of: source, .egress) {
        report(end(source), self.end(found.end, walk), found.connection)
      }
    }
    for destination in units {
      for found in walk.outside(of: destination, .ingress) {
        report(self.end(found.end, walk), end(destination), found.connection)
      }
    }
  }

  private func end(_ end: ConnectivityWalk.Outside.End, _ walk: ConnectivityWalk) -> End {
    switch end {
    case .addresses(let number): .addresses(walk.addressSets[number])
    case .name(let number): .name(walk.compiled.namedEnds[number].text)
    }
  }
}
