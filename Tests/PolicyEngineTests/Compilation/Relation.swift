import Kubernetes
import PolicyEngine
import PolicyModel

/// Everything that ``ConnectivityWalk`` says of a world, to look flows up in.
struct Relation {
  private let walk: ConnectivityWalk
  private var unitOfEndpoint: [Int: Int] = [:]
  private var connections: [[Int: ConnectivityWalk.ConnectionID]] = []

  init(_ compiled: CompiledPolicies) {
    walk = ConnectivityWalk(compiled)
    for (number, unit) in walk.units.enumerated() {
      for endpoint in unit.endpoints { unitOfEndpoint[endpoint] = number }
    }
    for source in walk.units.indices {
      var row: [Int: ConnectivityWalk.ConnectionID] = [:]
      for found in walk.destinations(of: source) { row[Int(found.unit)] = found.connection }
      connections.append(row)
    }
  }

  private typealias Traffic = (certain: TrafficSet, possible: TrafficSet)

  /// Nil for flows that the walk does not speak of.
  func outcome(_ flow: Flow) -> Outcome? {
    guard case .port(let transport, let port) = flow.traffic else { return nil }
    let traffic: Traffic?
    switch (flow.source, flow.destination) {
    case (.endpoint(let a, nil), .endpoint(let b, nil)): traffic = between(a, b)
    case (.endpoint(let source, nil), let destination): traffic = self.traffic(from: source, to: destination)
    case (.address(let address), .endpoint(let destination, nil)):
      traffic = unitOfEndpoint[destination].map {
        walk.outsideSources(of: $0).connection(to: address, walk)
      }
    default: traffic = nil
    }
    return traffic.map {
      $0.certain.contains(transport, port)
        ? .allowed : $0.possible.contains(transport, port) ? .undefined : .denied
    }
  }

  private func between(_ a: Int, _ b: Int) -> Traffic? {
    guard let source = unitOfEndpoint[a], let destination = unitOfEndpoint[b],
      a != b || walk.compiled.world.endpoints[a].kind != .pod
    else { return nil }
    return connections[source][destination].map { walk.connection($0) } ?? (.none, .none)
  }

  private func traffic(from endpoint: Int, to end: FlowEnd) -> Traffic? {
    guard let source = unitOfEndpoint[endpoint] else { return nil }
    switch end {
    case .address(let address): return walk.outsideDestinations(of: source).connection(to: address, walk)
    // The end that was made for the name itself.
    case .domain(let name): return traffic(from: source, toName: name)
    // Of an API server on a node that policies look at, rows say undefined and single flows know more.
    case .entity(.apiServer):
      return walk.compiled.policesAPIServer || walk.compiled.asksForNodes
        ? nil : traffic(from: source, toName: "entity/kube-apiserver")
    // Of an end that policies open, likewise.
    case .entity(.special(let name)) where walk.compiled.policies.contains { $0.entities.contains(name) }:
      return nil
    case .entity(.special(let name)): return traffic(from: source, toName: "entity/\(name)")
    case .entity(.world), .endpoint, .workload, .ownedWorkload, .node, .itself, .service: return nil
    }
  }

  private func traffic(from source: Int, toName name: String) -> Traffic? {
    let end = walk.compiled.namedEnds.firstIndex { $0.text == name }
    return end.map { walk.connection(walk.destination(of: source, name: $0).connection) }
  }
}

extension [ConnectivityWalk.Outside] {
  /// What flows to or from the set of addresses that has an address; nothing when none has it.
  fileprivate func connection(
    to address: IPAddress, _ walk: ConnectivityWalk
  ) -> (certain: TrafficSet, possible: TrafficSet) {
    let found = first { outside in
      if case .addresses(let set) = outside.end { walk.addressSets[set].contains(address) } else { false }
    }
    return found.map { walk.connection($0.connection) } ?? (.none, .none)
  }
}
