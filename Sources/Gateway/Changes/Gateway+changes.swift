internal import Kubernetes
internal import Nftables
package import SourceGroups

extension Gateway {
  /// Makes it the gateway of another document, or of the same with all that is known of its sources.
  /// O(addresses + parts of the program).
  ///
  /// - Parameters: as of ``init(_:_:leases:_:)``.
  package mutating func follow(
    _ policy: SourceGroupPolicy, _ identities: [SourceKey: SourceIdentities], leases: [Lease: Duration]
  ) -> GatewayUpdate {
    let old = self
    self = Gateway(policy, identities, leases: leases, settings)
    return update(from: old, renewed: leases)
  }

  /// Makes it the gateway of a document whose groups have the same sources in the same order, with all that is known of them.
  /// O(parts of the program).
  ///
  /// - Returns: nil for any other document, which changes nothing: it needs ``follow(_:_:leases:)``. So does one in which a
  ///   group allows something that only denied before, or the other way round: what is known of its sources may be something
  ///   else then (``SourceStatus/isUnresolved``).
  package mutating func edit(_ policy: SourceGroupPolicy) -> GatewayUpdate? {
    let groups = (self.policy.identityGroups, policy.identityGroups)
    guard SourceTable(policy).isSame(as: sources),
      groups.0.elementsEqual(groups.1, by: { $0.canAllow == $1.canAllow })
    else { return nil }
    let old = self
    edit(DocumentProgram(policy, settings))
    return update(from: old, ElementChanges(), renewed: [:])
  }

  /// Tells what became of sources, as one step. O(addresses that changed); O(addresses + parts of the program) when nobody
  /// knows any more, or again, who the members of a source are.
  ///
  /// Sources that the document does not have are passed over: they are of another one.
  package mutating func update(_ changes: [SourceChange]) -> GatewayUpdate {
    var touched: Set<IPAddress> = []
    var hasStatus = false
    for change in changes {
      guard let number = sources.clusterSource(change.source) else { continue }
      if let status = change.status {
        statuses[change.source] = status
        hasStatus = true
      }
      for address in change.left { members.leave(address, number) }
      for address in change.joined { members.join(address, number) }
      touched.formUnion(change.left)
      touched.formUnion(change.joined)
    }
    if hasStatus, sources.unresolved(statuses) != classes.unresolved {
      let old = self
      self = Gateway(document, sources, networks, statuses, members, leases: leases)
      return update(from: old)
    }
    var changes = ElementChanges()
    for address in touched.sorted() { changes.move(address, in: &self) }
    if hasStatus {
      for (lease, time) in leases.sorted(by: { $0.key < $1.key }) where !canRun(lease) {
        changes.end(lease, time)
        leases[lease] = nil
      }
    }
    return classes.isMissingChains
      ? settle(changes) : GatewayUpdate(structure: nil, elements: changes.commands)
  }

  /// Lets leases run from now on for as long as is left of them: the grace, less the time since the last proof that what they
  /// need is fresh. With nothing left they end at once. Those of sources that are known to be stale do not run.
  package mutating func renew(_ times: [Lease: Duration]) -> GatewayUpdate {
    var changes = ElementChanges()
    for (lease, time) in times.sorted(by: { $0.key < $1.key }) where sources.leases.contains(lease) {
      if time > .zero, canRun(lease) {
        changes.renew(lease, for: time)
        leases[lease] = time
      } else if let known = leases.removeValue(forKey: lease) {
        changes.end(lease, known)
      }
    }
    return GatewayUpdate(structure: nil, elements: changes.commands)
  }

  /// Takes chains away that no sender goes to. They stay until then, or until the next change of the structure, as whoever left
  /// often comes back.
  package mutating func sweep() -> GatewayUpdate {
    classes.hasIdleChains ? settle(ElementChanges()) : .nothing
  }

  /// Makes chains of classes that have none, and takes those away that nobody needs, with some changes of elements.
  private mutating func settle(_ changes: ElementChanges) -> GatewayUpdate {
    let oldMarker = marker
    let (added, removed) = classes.settle()
    for chain in added { fingerprint &+= chain.fingerprint }
    for chain in removed { fingerprint &-= chain.fingerprint }
    return GatewayUpdate(
      structure: NftablesTransaction(
        replacing: changes.old(removed + [Chain(oldMarker, [])]),
        with: changes.new(added + [Chain(marker, [])])),
      elements: [])
  }

  /// What makes this state of another one.
  ///
  /// - Parameter renewed: leases that run from now on for as long as is said. Those that ran before run out as they would have.
  private func update(from old: Gateway, renewed: [Lease: Duration] = [:]) -> GatewayUpdate {
    var changes = ElementChanges()
    let moved = places.filter { address, place in
      old.places[address].map { old.classes.name($0) } != classes.name(place)
    }
    for (address, place) in moved.sorted(by: { $0.key < $1.key }) {
      changes.put(address, from: old.places[address].map { old.classes.name($0) }, to: classes.name(place))
    }
    for (address, place) in old.places.filter({ places[$0.key] == nil }).sorted(by: { $0.key < $1.key }) {
      changes.put(address, from: old.classes.name(place), to: nil)
    }
    return update(from: old, changes, renewed: renewed)
  }

  /// - Parameter changes: of addresses.
  private func update(
    from old: Gateway, _ changes: ElementChanges, renewed: [Lease: Duration]
  ) -> GatewayUpdate {
    let structures = (old.structure, structure)
    if old.fingerprint == fingerprint, structures.0.isSame(as: structures.1) {
      var changes = changes
      for (lease, time) in leases.sorted(by: { $0.key < $1.key }) where renewed[lease] != nil {
        changes.renew(lease, for: time)
      }
      for (lease, time) in old.leases.sorted(by: { $0.key < $1.key }) where leases[lease] == nil {
        changes.end(lease, time)
      }
      return GatewayUpdate(structure: nil, elements: changes.commands)
    }
    // What is renewed must not look as it was, also where it gets as long as it had.
    let known = old.leases.merging(leases.filter { renewed[$0.key] != nil }.mapValues { $0 + .seconds(1) }) {
      $1
    }
    return GatewayUpdate(
      structure: NftablesTransaction(
        replacing: old.program(changes.oldSenders, known), with: program(changes.newSenders, leases)),
      elements: [])
  }
}

extension Structure {
  fileprivate func isSame(as other: Structure) -> Bool {
    Set(counters) == Set(other.counters) && names == other.names && leases == other.leases
      && Set(chains) == Set(other.chains)
  }
}
