package import Gateway
internal import Kubernetes
internal import Netlink
internal import Nftables

/// How a table came to be what a gateway says.
package enum Establishment: String, Sendable, Hashable {
  /// There was none.
  case made
  /// It had been another one, and became this one at one moment.
  case mended
  /// It could not be changed in place, and was replaced at one moment. New connections may have been refused in it.
  case replaced
}

extension KernelTable {
  /// Lets nothing pass while there is no table, and takes one that nobody owns.
  ///
  /// - Returns: whether there was none.
  /// - Throws: ``EnforcementError/held`` when the table is another process's.
  package mutating func secure(_ settings: GatewaySettings) throws(EnforcementError) -> Bool {
    switch try ownership() {
    case nil:
      try close(settings)
      return true
    case .other: throw .held
    case .free where isOwned:
      var transaction = TableTransaction(table: GatewayTable.name.text)
      transaction.addOwnedTable()
      do throws(NetlinkError) {
        try connection.commit(transaction)
      } catch {
        // Somebody was quicker.
        throw try ownership() == .other ? .held : .netlink(error)
      }
    case .free, .own, .everybody: break
    }
    return false
  }

  /// Who may write the table; nil when there is none.
  mutating func ownership() throws(EnforcementError) -> TableOwnership? {
    try speakingToKernel { () throws(NetlinkError) in try connection.ownership(of: GatewayTable.name.text) }
  }

  /// Makes the kernel's table that of a gateway, whatever it is now. Leases run on, and what sets of names have stays there
  /// unless the table has to be replaced.
  ///
  /// Where there is no table, one comes first that nothing passes: the rules of a large gateway take their time.
  ///
  /// - Parameter leases: for how long those may run for which there is no place yet. All others go on as they do.
  @discardableResult
  package mutating func establish(
    _ gateway: Gateway, leases: [Lease: Duration] = [:]
  ) throws(EnforcementError) -> Establishment {
    var establishment = Establishment.mended
    for _ in 0..<Self.tries {
      do throws(EnforcementError) {
        if try secure(gateway.settings) { establishment = .made }
        // With its leases in it there is no moment in which members of a table that was made count for nothing.
        let wanted = establishment == .made ? gateway.program(leases: leases) : gateway.programWithoutLeases
        if try !rewriteInPlace(wanted) {
          let isThere = try ownership() == .free
          let running = try runningLeases(of: gateway).merging(leases.filter { $1 > .zero }) { $1 }
          try rewrite(gateway.replacement(running, isThere: isThere), known: nil)
          written?.isCompared = true
          establishment = .replaced
        }
        return establishment
      } catch {
        guard case .unsteady = error else { throw error }
      }
    }
    throw .unsteady
  }

  /// Lets nothing pass, until ``establish(_:leases:)`` says what does. For a namespace without a table of the name.
  ///
  /// Nobody is told of it: a connection that may go on in a moment would be reset for good.
  private mutating func close(_ settings: GatewaySettings) throws(EnforcementError) {
    let closed = Gateway(settings.dropping)
    try rewrite(NftablesTransaction(replacing: nil, with: closed.program), known: nil)
  }

  /// For how long leases still run in the table that there is. O(leases).
  private mutating func runningLeases(of gateway: Gateway) throws(EnforcementError) -> [Lease: Duration] {
    let table = GatewayTable.name.text
    return try speakingToKernel { () throws(NetlinkError) in
      let known = Set(try connection.table(table)?.sets.filter { !$0.isMap }.map(\.name) ?? [])
      var leases: [Lease: Duration] = [:]
      for lease in gateway.wantedLeases where known.contains(GatewayTable.lease(lease).text) {
        let elements = try connection.elements(of: GatewayTable.lease(lease).text, in: table)
        leases[lease] = elements.compactMap(\.expiresIn).min()
      }
      return leases
    }
  }

  /// - Returns: whether it could be done. When not, nothing was that means anything.
  private mutating func rewriteInPlace(_ wanted: NftablesProgram) throws(EnforcementError) -> Bool {
    // One that was made without an owner cannot get one.
    if isOwned, try ownership() != .own { return false }
    var (generation, found, elements) = try speakingToKernel { () throws(NetlinkError) in
      let generation = try connection.generation()
      let found = try connection.table(GatewayTable.name.text)
      var elements: [MapName: [SetElement]] = [:]
      for name in wanted.maps.map(\.name) + wanted.markMaps.map(\.name)
      where found?.sets.contains(where: { $0.isMap && $0.name == name.text }) == true {
        elements[name] = try connection.elements(of: name.text, in: GatewayTable.name.text)
      }
      return (generation, found, elements)
    }
    guard let found, let old = NftablesProgram(found, elements, wanted: wanted) else { return false }
    let prepared = try prepare(wanted, over: old, &generation)
    do throws(EnforcementError) {
      try rewrite(NftablesTransaction(rewriting: prepared, with: wanted), known: generation)
    } catch {
      guard error.isRefusal else { throw error }
      return false
    }
    return true
  }
}

extension GatewaySettings {
  /// The same with nothing said to those whose packets do not pass.
  fileprivate var dropping: GatewaySettings {
    GatewaySettings(refusal: .drop, zones: zones, logGroup: logGroup, logRate: logRate, logLength: logLength)
  }
}
