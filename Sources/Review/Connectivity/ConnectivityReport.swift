package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// Who can talk to whom, row by row in the order of the names. Rows are made on demand and not kept.
package struct ConnectivityReport {
  package let cluster: Cluster
  package let filter: ConnectivityFilter
  /// The ends of rows that are in the input, in the order of their names.
  package let units: [ConnectivityUnit]
  /// The name of each unit: `shop/web`, with the kind inside when two share it.
  package let names: [String]
  let compiled: CompiledPolicies
  /// The addresses of the filter that are those of pods.
  private let podAddresses: Set<IPAddress>
  /// By workload, the ReplicaSets and Jobs that belong to it, as far as a filter may name them.
  private let ownedWorkloads: [Int: [OwnedWorkload]]

  /// Compiles the policies; where that is done already, the other initialiser saves it.
  package init(_ cluster: Cluster, filter: ConnectivityFilter = ConnectivityFilter()) {
    var domains: [String] = []
    if case .domain(let name)? = filter.destination { domains = [name] }
    self.init(
      cluster,
      CompiledPolicies(
        world: cluster.world, tiers: cluster.tiers, profile: cluster.profile, domains: domains),
      filter: filter)
  }

  /// - Parameter compiled: knows the domain name of the filter, if it has one.
  package init(
    _ cluster: Cluster, _ compiled: CompiledPolicies, filter: ConnectivityFilter = ConnectivityFilter()
  ) {
    self.cluster = cluster
    self.filter = filter
    self.compiled = compiled
    units = compiled.units()
    names = Self.names(units, cluster.world)
    let hasEnds = filter.source != nil || filter.destination != nil
    ownedWorkloads = Dictionary(grouping: hasEnds ? cluster.world.ownedWorkloads : [], by: \.group)
    podAddresses = Set(
      [filter.source, filter.destination].compactMap { pattern in
        guard case .address(let address)? = pattern,
          cluster.world.endpoints.contains(where: { $0.hasAddress(address) })
        else { return nil }
        return address
      })
  }

  /// The name of each unit, with the kind inside when two share it.
  static func names(_ units: [ConnectivityUnit], _ world: World) -> [String] {
    var counts: [String: Int] = [:]
    let plain = units.map { "\(world.namespaces[$0.namespace].name)/\($0.name)" }
    for name in plain { counts[name, default: 0] += 1 }
    return zip(units, plain).map { unit, name in
      counts[name] == 1
        ? name : "\(world.namespaces[unit.namespace].name)/\(unit.kind.lowercased())/\(unit.name)"
    }
  }

  /// What the filter names that is not in the input, with what was probably meant. A report without rows must
  /// mean that nothing flows, and never that a name was misspelled.
  package var unknownNames: [Diagnostic] {
    let namespaces = cluster.world.namespaces.map(\.name)
    var problems: [Diagnostic] = []
    func report(_ what: String, _ nearest: String?) {
      problems.append(
        Diagnostic(
          .unknownName, .error, "\(what) is not in the input", at: nil,
          fix: nearest.map { "did you mean `\($0)`?" }))
    }
    if let namespace = filter.namespace, !namespaces.contains(namespace) {
      report("namespace `\(namespace)`", Suggestion.nearest(to: namespace, among: namespaces))
    }
    for case .workloads(let namespace, let kind, let name)? in [filter.source, filter.destination]
    where !units.contains(where: { isWanted($0, .workloads(namespace: namespace, kind: kind, name: name)) }) {
      let spelling = [namespace, kind, name].compactMap { $0 }.joined(separator: "/")
      report("`\(spelling)`", Suggestion.nearest(to: spelling, among: names))
    }
    if case .domain(let name)? = filter.source {
      problems.append(
        Diagnostic(
          .unknownName, .error, "nothing is sent from `\(name)`: a domain name can only be the destination",
          at: nil))
    }
    for case .entity(let name)? in [filter.source, filter.destination]
    where !compiled.namedEnds.contains(where: { $0.text == name }) {
      problems.append(
        Diagnostic(.unknownName, .error, "no policy of the input speaks of `\(name)`", at: nil))
    }
    return problems
  }

  /// A walk for ``forEachRow(_:pairs:outside:)``, which numbers traffic and addresses.
  func makeWalk() -> ConnectivityWalk { ConnectivityWalk(compiled, units: units) }

  /// Calls back for all rows: sources in the order of names, then rows from outside by destination.
  ///
  /// - Parameters:
  ///   - pairs: gets a source and all the units it may send something to: a call for every pair costs more than its row.
  ///   - outside: gets a unit, the direction seen from it, and the addresses at the other end.
  func forEachRow(
    _ walk: ConnectivityWalk,
    pairs: (_ source: Int, _ destinations: [ConnectivityWalk.Destination]) -> Void,
    outside: (_ unit: Int, Direction, ConnectivityWalk.Outside) -> Void
  ) {
    let sources = units.map { isWanted($0, filter.source) }
    let destinations = units.map { isWanted($0, filter.destination) }
    let inNamespace = units.map { unit in
      filter.namespace.map { $0 == cluster.world.namespaces[unit.namespace].name } ?? true
    }
    let isFiltered = filter.namespace != nil || filter.destination != nil
    for source in units.indices where sources[source] {
      var found = walk.destinations(of: source)
      if isFiltered {
        found.removeAll {
          let unit = Int($0.unit)
          return !destinations[unit] || !(inNamespace[source] || inNamespace[unit])
        }
      }
      pairs(source, found)
      guard inNamespace[source] else { continue }
      for found in outsideDestinations(of: source, walk) { outside(source, .egress, found) }
    }
    for destination in units.indices where destinations[destination] && inNamespace[destination] {
      for found in walk.outsideSources(of: destination) where isWanted(found.end, walk, filter.source) {
        outside(destination, .ingress, found)
      }
    }
  }

  /// What a unit may send to the outside, as far as the filter asks for it. A name that is asked for is answered in
  /// full, also where everything is open.
  func outsideDestinations(of source: Int, _ walk: ConnectivityWalk) -> [ConnectivityWalk.Outside] {
    if case .domain(let name)? = filter.destination {
      return compiled.namedEnds.indices.filter { compiled.namedEnds[$0].domain?.description == name }.map {
        walk.destination(of: source, name: $0)
      }
    }
    return walk.outsideDestinations(of: source).filter { isWanted($0.end, walk, filter.destination) }
  }

  /// The row's end that an outside end is.
  func rowEnd(_ end: ConnectivityWalk.Outside.End, _ walk: ConnectivityWalk) -> CompiledPolicies.RowEnd {
    switch end {
    case .addresses(let number): .addresses(walk.addressSets[number])
    case .name(let number): .name(number)
    }
  }

  func text(of end: ConnectivityWalk.Outside.End, _ walk: ConnectivityWalk) -> String {
    switch end {
    case .addresses(let number): walk.addressSets[number].description
    case .name(let number): compiled.namedEnds[number].text
    }
  }

  func isWanted(_ end: ConnectivityWalk.Outside.End, _ walk: ConnectivityWalk, _ pattern: EndPattern?) -> Bool
  {
    switch end {
    case .addresses(let number): isWanted(walk.addressSets[number], pattern)
    case .name(let number): pattern?.matches(compiled.namedEnds[number]) ?? true
    }
  }

  private func isWanted(_ addresses: AddressSet, _ pattern: EndPattern?) -> Bool {
    guard let pattern else { return true }
    if case .address(let address) = pattern, podAddresses.contains(address) { return false }
    return pattern.matches(addresses)
  }

  func isWanted(_ unit: ConnectivityUnit, _ pattern: EndPattern?) -> Bool {
    guard let pattern else { return true }
    // The address of a known pod means that pod, as in flow lines.
    if case .address(let address) = pattern {
      return unit.endpoints.contains { cluster.world.endpoints[$0].hasAddress(address) }
    }
    let namespace = cluster.world.namespaces[unit.namespace].name
    // A workload's name means all its pods, also those that policies tell apart and rows name one by one.
    let workload = cluster.world.workloads[unit.workload]
    return pattern.matches(namespace: namespace, kind: unit.kind, name: unit.name)
      || pattern.matches(namespace: namespace, kind: workload.kind, name: workload.name)
      || (ownedWorkloads[unit.workload] ?? []).contains {
        pattern.matches(namespace: namespace, kind: $0.kind.rawValue, name: $0.name)
          && !Set($0.endpoints).isDisjoint(with: unit.endpoints)
      }
  }
}

extension Endpoint {
  /// Whether an address of the filter means this pod and not something outside.
  fileprivate func hasAddress(_ address: IPAddress) -> Bool {
    guard case .known(let own) = addresses else { return false }
    return !isFinished && !hostNetwork && own.contains(address)
  }
}

extension Diagnostic.Code {
  /// A name in a filter that stands for nothing.
  package static let unknownName = Self(rawValue: "unknown-name")
}
