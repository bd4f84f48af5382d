internal import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// Who can talk to whom, row by row in the order of the names. Rows are made on demand and not kept.
package struct ConnectivityReport {
  package let cluster: Cluster
  package let filter: ConnectivityFilter
  package let units: [ConnectivityUnit]
  /// The name of each unit: `shop/web`, with the kind inside when two share it.
  package let names: [String]
  let compiled: CompiledPolicies

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

  /// A walk for ``forEachRow(_:pair:outside:)``, which numbers traffic and addresses.
  func makeWalk() -> ConnectivityWalk { ConnectivityWalk(compiled, units: units) }

  /// Calls back for each row: sources in the order of names, then rows from outside by destination.
  ///
  /// - Parameters:
  ///   - pair: gets the numbers of two units and of what flows.
  ///   - outside: gets a unit, the direction seen from it, and the addresses at the other end.
  func forEachRow(
    _ walk: ConnectivityWalk,
    pair: (_ source: Int, _ destination: Int, ConnectivityWalk.ConnectionID) -> Void,
    outside: (_ unit: Int, Direction, ConnectivityWalk.Outside) -> Void
  ) {
    let sources = units.map { isWanted($0, filter.source) }
    let destinations = units.map { isWanted($0, filter.destination) }
    let inNamespace = units.map { unit in
      filter.namespace.map { $0 == cluster.world.namespaces[unit.namespace].name } ?? true
    }
    let isFiltered = filter.namespace != nil || filter.destination != nil
    for source in units.indices where sources[source] {
      walk.forEachDestination(of: source) { destination, id in
        if isFiltered, !destinations[destination] || !(inNamespace[source] || inNamespace[destination]) { return }
        pair(source, destination, id)
      }
      guard inNamespace[source] else { continue }
      for found in walk.outsideDestinations(of: source)
      where filter.destination?.matches(walk.addressSets[found.addresses]) ?? true {
        outside(source, .egress, found)
      }
    }
    for destination in units.indices where destinations[destination] && inNamespace[destination] {
      for found in walk.outsideSources(of: destination)
      where filter.source?.matches(walk.addressSets[found.addresses]) ?? true {
        outside(destination, .ingress, found)
      }
    }
  }

  private func isWanted(_ unit: ConnectivityUnit, _ pattern: EndPattern?) -> Bool {
    guard let pattern else { return true }
    let namespace = cluster.world.namespaces[unit.namespace].name
    return pattern.matches(namespace: namespace, kind: unit.kind, name: unit.name)
  }
}
