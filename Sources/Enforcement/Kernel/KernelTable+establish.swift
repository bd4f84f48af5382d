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
  /// Whether the kernel has a table of the name.
  package mutating func isThere() throws(EnforcementError) -> Bool {
    try speakingToKernel { () throws(NetlinkError) in try connection.hasTable(GatewayTable.name.text) }
  }

  /// Makes the kernel's table that of a gateway, whatever it is now. What leases and sets of names have stays there.
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
        if try !isThere() {
          try close(gateway.settings)
          establishment = .made
        }
        // With its leases in it there is no moment in which members of a table that was made count for nothing.
        let wanted = establishment == .made ? gateway.program(leases: leases) : gateway.programWithoutLeases
        if try !rewriteInPlace(wanted) {
          try rewrite(gateway.replacement(leases), known: nil)
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
  package mutating func close(_ settings: GatewaySettings) throws(EnforcementError) {
    let closed = Gateway(settings.dropping)
    try rewrite(NftablesTransaction(replacing: nil, with: closed.program).text, known: nil)
  }

  /// - Returns: whether it could be done. When not, nothing was that means anything.
  private mutating func rewriteInPlace(_ wanted: NftablesProgram) throws(EnforcementError) -> Bool {
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
      try rewrite(NftablesTransaction(rewriting: prepared, with: wanted).text, known: generation)
    } catch {
      guard case .ruleset(.refused) = error else { throw error }
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
