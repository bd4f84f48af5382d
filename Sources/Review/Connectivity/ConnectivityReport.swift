internal import Kubernetes
package import PolicyEngine
package import PolicyModel

/// Who can talk to whom, row by row in the order of the names. Rows are made on demand and not kept.
package struct ConnectivityReport {
  package let cluster: Cluster
  package let filter: ConnectivityFilter
  package let units: [ConnectivityUnit]
  /// The name of each unit: `shop/web`, with the kind inside when two share it.
  package let names: [String]
  let compiled: CompiledPolicies

  /// One end of a row.
  package enum End: Sendable {
    case unit(Int)
    case addresses(AddressSet)
  }

  package init(_ cluster: Cluster, filter: ConnectivityFilter = ConnectivityFilter()) {
    self.init(
      cluster, CompiledPolicies(world: cluster.world, tier: cluster.tier, profile: cluster.profile), filter: filter)
  }

  package init(_ cluster: Cluster, _ compiled: CompiledPolicies, filter: ConnectivityFilter = ConnectivityFilter()) {
    self.cluster = cluster
    self.filter = filter
    self.compiled = compiled
    units = compiled.units()
    names = Self.names(units, cluster.world)
  }

  private static func names(_ units: [ConnectivityUnit], _ world: World) -> [String] {
    var counts: [String: Int] = [:]
    let plain = units.map { "\(world.namespaces[$0.namespace].name)/\($0.name)" }
    for name in plain { counts[name, default: 0] += 1 }
    return zip(units, plain).map { unit, name in
      counts[name] == 1 ? name : "\(world.namespaces[unit.namespace].name)/\(unit.kind.lowercased())/\(unit.name)"
    }
  }

  /// Calls `body` for each row: sources sorted by name, address ranges last; destinations likewise.
  ///
  /// - Parameter body: gets the ends and the number of what flows; ``ConnectivityWalk/connection(_:)`` of the
  ///   walk that is handed along says what it is.
  package func forEachRow(_ body: (End, End, ConnectivityWalk.ConnectionID, ConnectivityWalk) -> Void) {
    let walk = ConnectivityWalk(compiled, units: units)
    let sources = units.map { isWanted($0, filter.source) }
    let destinations = units.map { isWanted($0, filter.destination) }
    let inNamespace = units.map { unit in
      filter.namespace.map { $0 == cluster.world.namespaces[unit.namespace].name } ?? true
    }
    for source in units.indices where sources[source] {
      walk.forEachDestination(of: source) { destination, id in
        guard destinations[destination], inNamespace[source] || inNamespace[destination] else { return }
        body(.unit(source), .unit(destination), id, walk)
      }
      guard inNamespace[source] else { continue }
      for (addresses, id) in walk.outsideDestinations(of: source)
      where filter.destination?.matches(addresses) ?? true {
        body(.unit(source), .addresses(addresses), id, walk)
      }
    }
    outsideSources(walk, destinations.indices.filter { destinations[$0] && inNamespace[$0] }, body)
  }

  /// Rows from addresses, grouped by source: one group per destination keeps the order of names.
  private func outsideSources(
    _ walk: ConnectivityWalk, _ destinations: [Int],
    _ body: (End, End, ConnectivityWalk.ConnectionID, ConnectivityWalk) -> Void
  ) {
    for destination in destinations {
      for (addresses, id) in walk.outsideSources(of: destination) where filter.source?.matches(addresses) ?? true {
        body(.addresses(addresses), .unit(destination), id, walk)
      }
    }
  }

  private func isWanted(_ unit: ConnectivityUnit, _ pattern: EndPattern?) -> Bool {
    guard let pattern else { return true }
    let namespace = cluster.world.namespaces[unit.namespace].name
    return pattern.matches(namespace: namespace, kind: unit.kind, name: unit.name)
  }
}
