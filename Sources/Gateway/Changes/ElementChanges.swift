internal import Kubernetes
internal import Nftables

/// Elements that are others now: as commands, or as the elements of two programs, for a transaction between them.
struct ElementChanges: Sendable {
  private var added: [ElementCommand] = []
  private var removed: [ElementCommand] = []
  private var replaced: [ElementCommand] = []
  private(set) var oldSenders: SenderElements = [:]
  private(set) var newSenders: SenderElements = [:]
  private var oldLeases: [NamedSet] = []
  private var newLeases: [NamedSet] = []

  /// What is new, what is gone, and what gets something else.
  var commands: [ElementCommand] { added + removed + replaced }

  /// The parts that a transaction needs to know of the program before.
  func old(_ chains: [Chain]) -> NftablesProgram {
    NftablesProgram(
      table: GatewayTable.name, sets: oldLeases, maps: GatewayTable.senderMaps(oldSenders), chains: chains)
  }

  /// The parts that a transaction needs to know of the program after.
  func new(_ chains: [Chain]) -> NftablesProgram {
    NftablesProgram(
      table: GatewayTable.name, sets: newLeases, maps: GatewayTable.senderMaps(newSenders), chains: chains)
  }

  /// Moves an address to the class that it belongs to now. O(sources that have it).
  mutating func move(_ address: IPAddress, in gateway: inout Gateway) {
    let known = gateway.places[address]
    var place: Int?
    if !gateway.members[address].isEmpty {
      place = gateway.classes.place(
        memberOf: Gateway.membership(of: address, gateway.members, gateway.networks))
    }
    if place == known { return }
    if let place { gateway.classes.addSender(to: place) }
    if let known { gateway.classes.removeSender(from: known) }
    gateway.places[address] = place
    put(address, from: known.map { gateway.classes.name($0) }, to: place.map { gateway.classes.name($0) })
  }

  /// Notes that an address goes to another chain, or to none of its own.
  mutating func put(_ address: IPAddress, from old: ChainName?, to new: ChainName?) {
    let map = GatewayTable.senders(address.family)
    let before = old.map { GatewayTable.sender(address, $0) }
    let after = new.map { GatewayTable.sender(address, $0) }
    if let before { oldSenders[address.family, default: []].append(before) }
    if let after { newSenders[address.family, default: []].append(after) }
    switch (before, after) {
    case (nil, nil): break
    case (nil, let after?): added.append(.map(after, in: map))
    case (let before?, nil): removed.append(.unmap(before.key, in: map))
    case (let before?, let after?): replaced += [.unmap(before.key, in: map), .map(after, in: map)]
    }
  }

  mutating func renew(_ lease: Lease, for time: Duration) {
    added += ElementCommand.renewing(lease, for: time)
  }

  mutating func end(_ lease: Lease, _ known: Duration) {
    removed += ElementCommand.expiring(lease)
    oldLeases.append(GatewayTable.leaseSet(lease, known))
    newLeases.append(GatewayTable.leaseSet(lease, nil))
  }
}
