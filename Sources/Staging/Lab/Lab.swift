package import Netlink

/// An end of the network of a ``Lab``, in a network namespace of its own.
package struct Endpoint: Sendable, Hashable {
  package let name: String
  /// Its IPv4 and IPv6 addresses, as many as there are.
  package let addresses: [NetworkAddress]

  package init(_ name: String, _ addresses: [NetworkAddress]) {
    self.name = name
    self.addresses = addresses
  }
}

/// A network of namespaces in one process: ends around one router, so that whatever one sends to another passes the router's
/// forward hook. Rules are in force there, and probes say what they do to real packets.
///
/// It needs root, or a user namespace (``UserNamespace``). Nothing of it has a name or outlives the process: it is gone with this
/// value. Making it costs about 3 ms for each end.
package final class Lab: Sendable {
  package let endpoints: [Endpoint]
  /// Where the rules are. Its links are called `end0`, `end1`, … in the order of the ends.
  package let router: NetworkNamespace
  /// The ends' namespaces, in their order.
  package let namespaces: [NetworkNamespace]
  /// Which end has an address.
  let owners: [NetworkAddress: Int]
  let clock: LabClock

  /// Makes the network. Everything can reach everything, as there are no rules.
  ///
  /// The process may then have as many files open as the system lets it.
  package init(_ endpoints: [Endpoint]) throws(LabError) {
    var owners: [NetworkAddress: Int] = [:]
    for (index, endpoint) in endpoints.enumerated() {
      for address in endpoint.addresses {
        if let other = owners.updateValue(index, forKey: address) {
          throw .sharedAddress(address, endpoints[other].name, endpoint.name)
        }
      }
    }
    self.endpoints = endpoints
    self.owners = owners
    FileLimit.raise()
    do {
      (router, namespaces) = try LabBuilder.build(endpoints)
      clock = try LabClock()
    } catch {
      throw .system(error)
    }
  }

  /// Puts rules into force on the router, all at one moment, by the program `nft`. What was tracked of connections before is
  /// forgotten.
  package func load(ruleset: String) throws(LabError) {
    let result: Result<Void, RulesetError>
    do throws(NetlinkError) {
      result = try router.run { (thread) throws(NetlinkError) in
        do throws(RulesetError) {
          try thread.load(ruleset: ruleset)
        } catch {
          return .failure(error)
        }
        try thread.forgetConnections()
        return .success(())
      }
    } catch {
      throw .system(error)
    }
    do throws(RulesetError) {
      try result.get()
    } catch {
      throw .ruleset(error)
    }
  }

  /// A question from one end to another, by their numbers; nil where they have no addresses of the family.
  package func probe(
    from source: Int, to destination: Int, _ transport: Probe.Transport, isIPv4: Bool = true
  ) -> Probe? {
    guard let from = endpoints[source].addresses.first(where: { $0.isIPv4 == isIPv4 }),
      let to = endpoints[destination].addresses.first(where: { $0.isIPv4 == isIPv4 })
    else { return nil }
    return Probe(from: from, to: to, transport)
  }
}
