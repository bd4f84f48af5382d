internal import Kubernetes
package import Nftables

/// What the kernel must be told so that it enforces the next state.
///
/// The preparation comes first, then the structure or the elements, which make all of it true at once. While only the
/// preparation, or a part of it, is done, every packet is decided as before: each of its elements gives an address that had
/// no mark one that ``GatewayTable/classes`` does not have, so that its packets go on to where those without a mark go.
/// The structure brings the marks' chains. Whoever fails to apply one of the parts writes everything again with
/// ``Gateway/replacement(_:)``; there is nothing to take back.
///
/// So a document with 100,000 new members is netlink messages for them, and a text for nft that does not grow with them.
package struct GatewayUpdate: Sendable {
  /// Elements that mean nothing without the structure, each of its own: in batches of any size, before it. Empty without a
  /// structure.
  package let preparation: [ElementCommand]
  /// Nil when only elements change. Has all other changes of elements in it, so that there is no moment
  /// between.
  package let structure: NftablesTransaction?
  /// In order, for one batch of netlink messages. Empty beside a structure.
  package let elements: [ElementCommand]

  static let nothing = GatewayUpdate([])

  /// Of elements alone.
  init(_ elements: [ElementCommand]) {
    preparation = []
    structure = nil
    self.elements = elements
  }

  /// Of a structure, which is not the one before.
  init(_ structure: NftablesTransaction, after preparation: [ElementCommand]) {
    self.preparation = preparation
    self.structure = structure
    elements = []
  }

  package var isEmpty: Bool { structure == nil && elements.isEmpty }
}

/// A change of one element.
///
/// In one batch the kernel sees the elements as the commands before have left them: an element of a map gets another
/// mark by ``unmap(_:in:)`` and then ``map(_:in:)``. The other way round the whole batch fails, as the key has a mark
/// already. Packets see either all of a batch or nothing of it.
package enum ElementCommand: Sendable, Hashable {
  case map(MarkMap.Element, in: MapName)
  /// The key is there.
  case unmap([Interval], in: MapName)
  /// Does nothing when the key is there already.
  case add(NamedSet.Element, to: SetName)
  /// The key is there; see ``expiring(_:)`` for keys that may have run out.
  case remove([Interval], from: SetName)
}

extension ElementCommand {
  /// Lets a lease run for some time from now on, whether or not it runs. Not every kernel gives a key that is there more
  /// time, and none removes a key that has run out in between: so it is added, which is then sure to be there.
  static func renewing(_ lease: Lease, for time: Duration) -> [ElementCommand] {
    let set = GatewayTable.lease(lease)
    return expiring(lease)
      + GatewayTable.leaseElements(time).map { ElementCommand.add($0, to: set) }
  }

  /// Ends a lease, whether or not it runs.
  static func expiring(_ lease: Lease) -> [ElementCommand] {
    let set = GatewayTable.lease(lease)
    let elements = GatewayTable.leaseElements(GatewayTable.shortestTime)
    return elements.map { .add($0, to: set) } + elements.map { .remove($0.key, from: set) }
  }
}

extension GatewayTable {
  static let shortestTime = Duration.seconds(1)

  /// What a lease that runs has: packets of either family find their own.
  static func leaseElements(_ time: Duration) -> [NamedSet.Element] {
    AddressFamily.allCases.map { NamedSet.Element([.one(.family($0))], timeout: time) }
  }

  static func sender(_ address: IPAddress, _ mark: UInt32) -> MarkMap.Element {
    MarkMap.Element([.address(address)], mark)
  }
}
