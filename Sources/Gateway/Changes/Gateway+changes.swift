internal import Kubernetes
internal import Nftables
package import SourceGroups

extension Gateway {
  /// Makes it the gateway of another document, or of the same with all that is known of its sources.
  /// O(parts of the program + n log n) for n addresses, of which those that no class has before are in the preparation.
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
    var hasStatus = false
    for change in changes where sources.clusterSource(change.source) != nil {
      guard let status = change.status else { continue }
      statuses[change.source] = status
      hasStatus = true
    }
    let old = hasStatus && sources.unresolved(statuses) != classes.unresolved ? self : nil
    /// Addresses with the classes that they had.
    var touched: [IPAddress: Int?] = [:]
    for change in changes {
      guard let number = sources.clusterSource(change.source) else { continue }
      for address in change.left {
        note(address, &touched)
        members.leave(address, number)
      }
      for address in change.joined {
        note(address, &touched)
        members.join(address, number)
      }
    }
    if let old {
      self = Gateway(document, sources, networks, statuses, members, leases: leases)
      return update(from: old)
    }
    var changes = ElementChanges()
    for (address, place) in touched.sorted(by: { $0.key < $1.key }) {
      changes.move(address, from: place, in: &self)
    }
    if hasStatus {
      for (lease, time) in leases.sorted(by: { $0.key < $1.key }) where !canRun(lease) {
        changes.end(lease, time)
        leases[lease] = nil
      }
    }
    return classes.isMissingChains ? settle(changes) : GatewayUpdate(changes.commands)
  }

  /// Notes the class of an address that is about to change.
  private func note(_ address: IPAddress, _ touched: inout [IPAddress: Int?]) {
    if !touched.keys.contains(address) { touched.updateValue(place(of: address), forKey: address) }
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
    return GatewayUpdate(changes.commands)
  }

  /// Ends leases that may not run, also those that this gateway has not let run: a kernel may have them from another time.
  package func endingOfStaleLeases() -> GatewayUpdate {
    var changes = ElementChanges()
    for lease in sources.leases where !canRun(lease) { changes.end(lease, GatewayTable.shortestTime) }
    return GatewayUpdate(changes.commands)
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
    fingerprint &+= added.fingerprint &- removed.fingerprint
    return GatewayUpdate(
      NftablesTransaction(
        replacing: changes.old(removed, marker: oldMarker), with: changes.new(added, marker: marker)),
      after: changes.preparation)
  }

  /// What makes this state of another one.
  ///
  /// - Parameter renewed: leases that run from now on for as long as is said. Those that ran before run out as they would have.
  private func update(from old: Gateway, renewed: [Lease: Duration] = [:]) -> GatewayUpdate {
    var moved: [(address: IPAddress, old: UInt32?, new: UInt32?)] = []
    let (memberships, before) = (members.memberships, old.members.memberships)
    moved.reserveCapacity(max(0, memberships.count - before.count))
    var stayed = 0
    for (address, number) in memberships {
      let known = before.isEmpty ? nil : old.place(of: address).map { old.classes.mark($0) }
      let mark = place(of: address, number).map { classes.mark($0) }
      if known != nil { stayed += 1 }
      if known != mark { moved.append((address, known, mark)) }
    }
    if stayed < before.count {
      for (address, number) in before where memberships[address] == nil {
        moved.append((address, old.place(of: address, number).map { old.classes.mark($0) }, nil))
      }
    }
    moved.sort { $0.address < $1.address }
    let known = old.classes.marksWithChains
    var changes = ElementChanges()
    changes.reserveCapacity(moved.count)
    for (address, before, mark) in moved {
      changes.put(address, from: before, to: mark, leadsNowhere: mark.map { !known.contains($0) } ?? false)
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
      return GatewayUpdate(changes.commands)
    }
    // What is renewed must not look as it was, also where it gets as long as it had.
    let known = old.leases.merging(leases.filter { renewed[$0.key] != nil }.mapValues { $0 + .seconds(1) }) {
      $1
    }
    return GatewayUpdate(
      NftablesTransaction(
        replacing: old.program(structures.0, changes.oldSenders, known),
        with: program(structures.1, changes.newSenders, leases)),
      after: changes.preparation)
  }
}

extension Structure {
  fileprivate func isSame(as other: Structure) -> Bool {
    Set(counters) == Set(other.counters) && names == other.names && leases == other.leases
      && Set(dispatch) == Set(other.dispatch) && Set(chains) == Set(other.chains)
  }
}

extension ClassTable.Part {
  /// What it adds to that of a structure.
  fileprivate var fingerprint: UInt64 {
    dispatch.reduce(chains.reduce(0) { $0 &+ $1.fingerprint }) { $0 &+ $1.fingerprint }
  }
}
