internal import Kubernetes
internal import Nftables

/// Elements that are others now: as commands, or as the elements of two programs, for a transaction between them.
struct ElementChanges: Sendable {
  /// An address whose mark is another one now; nil for none.
  private struct Move: Sendable {
    let address: IPAddress
    let old: UInt32?
    let new: UInt32?
  }

  private var moves: [Move] = []
  /// Of addresses that had no mark, to marks that lead to no chain before.
  private(set) var preparation: [ElementCommand] = []
  private var renewals: [ElementCommand] = []
  private var ends: [ElementCommand] = []
  private var oldLeases: [NamedSet] = []
  private var newLeases: [NamedSet] = []

  /// What is new, what is gone, and what gets something else.
  var commands: [ElementCommand] {
    var (added, removed, replaced) = (preparation, [ElementCommand](), [ElementCommand]())
    for move in moves {
      let map = GatewayTable.senders(move.address.family)
      let (key, new) = ([Interval.address(move.address)], move.new)
      switch (move.old, new.map { ElementCommand.map(MarkMap.Element(key, $0), in: map) }) {
      case (nil, nil): break
      case (nil, let addition?): added.append(addition)
      case (_?, nil): removed.append(.unmap(key, in: map))
      case (_?, let addition?): replaced += [.unmap(key, in: map), addition]
      }
    }
    return added + renewals + removed + ends + replaced
  }

  /// The senders that a transaction needs to know of the program before.
  var oldSenders: SenderElements { senders(\.old) }

  /// The senders that a transaction needs to know of the program after, when the preparation is done.
  var newSenders: SenderElements { senders(\.new) }

  private func senders(_ mark: (Move) -> UInt32?) -> SenderElements {
    var senders: SenderElements = [:]
    for move in moves {
      guard let mark = mark(move) else { continue }
      senders[move.address.family, default: []].append(GatewayTable.sender(move.address, mark))
    }
    return senders
  }

  /// The parts that a transaction needs to know of the program before.
  func old(_ classes: ClassTable.Part, marker: ChainName) -> NftablesProgram {
    program(classes, marker, oldLeases, oldSenders)
  }

  /// The parts that a transaction needs to know of the program after.
  func new(_ classes: ClassTable.Part, marker: ChainName) -> NftablesProgram {
    program(classes, marker, newLeases, newSenders)
  }

  private func program(
    _ classes: ClassTable.Part, _ marker: ChainName, _ leases: [NamedSet], _ senders: SenderElements
  ) -> NftablesProgram {
    NftablesProgram(
      table: GatewayTable.name, sets: leases, maps: [GatewayTable.classMap(classes.dispatch)],
      markMaps: GatewayTable.senderMaps(senders), chains: classes.chains + [Chain(marker, [])])
  }

  // MARK: - Changes

  mutating func reserveCapacity(_ addresses: Int) { preparation.reserveCapacity(addresses) }

  /// Moves an address to the class that it belongs to now. O(sources that have it).
  ///
  /// - Parameter known: the class that it belonged to.
  mutating func move(_ address: IPAddress, from known: Int?, in gateway: inout Gateway) {
    let place = gateway.members.number(of: address).map { number in
      gateway.classes.place(
        of: number, gateway.members.sources(number), written: gateway.networks.sources(of: address))
    }
    if place == known { return }
    if let place { gateway.classes.addSender(to: place) }
    if let known { gateway.classes.removeSender(from: known) }
    put(
      address, from: known.map { gateway.classes.mark($0) }, to: place.map { gateway.classes.mark($0) },
      leadsNowhere: place.map { !gateway.classes.hasChain($0) } ?? false)
  }

  /// Notes that an address has another mark, or none of its own.
  ///
  /// - Parameter leadsNowhere: whether the new mark leads to no chain before the change.
  mutating func put(_ address: IPAddress, from old: UInt32?, to new: UInt32?, leadsNowhere: Bool) {
    if old == nil, let new, leadsNowhere {
      preparation.append(.map(GatewayTable.sender(address, new), in: GatewayTable.senders(address.family)))
    } else if old != new {
      moves.append(Move(address: address, old: old, new: new))
    }
  }

  mutating func renew(_ lease: Lease, for time: Duration) {
    renewals += ElementCommand.renewing(lease, for: time)
  }

  mutating func end(_ lease: Lease, _ known: Duration) {
    ends += ElementCommand.expiring(lease)
    oldLeases.append(GatewayTable.leaseSet(lease, known))
    newLeases.append(GatewayTable.leaseSet(lease, nil))
  }
}
