package import Kubernetes
internal import PolicyModel

/// Finds what names and addresses in flows stand for. Built once, then O(1).
package struct WorldIndex: Sendable {
  /// What an address belongs to.
  package enum AddressOwner: Sendable, Equatable {
    case endpoint(Int)
    case node(Int)
    case service(Int)
  }

  private struct Name: Hashable {
    let namespace: Int
    let name: String
  }

  private let world: World
  private var pods: [Name: Int] = [:]
  /// How many groups come before those of pods without a workload; they are sorted by namespace and name.
  private let workloadCount: Int
  private var ownedWorkloads: [Name: [Int]] = [:]
  private var nodes: [String: Int] = [:]
  private var services: [Name: Int] = [:]
  private var addresses: [IPAddress: AddressOwner] = [:]

  /// O(endpoints).
  package init(_ world: World) {
    self.world = world
    // Elements are read in place: a workload holds many references.
    workloadCount = world.workloads.firstIndex { $0.kind == "Pod" } ?? world.workloads.count
    for (index, owned) in world.ownedWorkloads.enumerated() {
      let name = Name(namespace: world.workloads[owned.group].namespace, name: owned.name)
      ownedWorkloads[name, default: []].append(index)
    }
    pods.reserveCapacity(world.endpoints.count { $0.kind == .pod })
    for (index, service) in world.services.enumerated() {
      guard let namespace = world.namespace(named: service.meta.namespace) else { continue }
      services[Name(namespace: namespace, name: service.meta.name)] = index
      for address in service.clusterIPs where !world.apiServerAddresses.contains(address) {
        addresses[address] = .service(index)
      }
    }
    for index in world.endpoints.indices { add(endpoint: index) }
    for (index, node) in world.nodes.enumerated() {
      nodes[node.name] = index
      for address in node.addresses { addresses[address] = .node(index) }
    }
  }

  private mutating func add(endpoint index: Int) {
    let endpoint = world.endpoints[index]
    guard endpoint.kind == .pod else { return }
    let name = Name(namespace: endpoint.namespace, name: endpoint.name)
    // A StatefulSet's pod to come does not take the place of one that is there.
    if pods[name] == nil { pods[name] = index }
    // A host-network pod's address is its node's, a finished pod's may already be another's.
    guard case .known(let own) = endpoint.addresses, !endpoint.hostNetwork, !endpoint.isFinished else {
      return
    }
    for address in own where !world.apiServerAddresses.contains(address) {
      addresses[address] = .endpoint(index)
    }
  }

  /// What has an address; nil for outside addresses, and for what is said to be the API server's but no node's. A node goes before a pod, so that the address of a host-network
  /// pod means its node.
  package func owner(of address: IPAddress) -> AddressOwner? { addresses[address] }

  /// Index into ``World/nodes``.
  package func node(named name: String) -> Int? { nodes[name] }

  /// Index into ``World/services``.
  package func service(_ namespace: String, _ name: String) -> Int? {
    world.namespace(named: namespace).flatMap { services[Name(namespace: $0, name: name)] }
  }

  /// Index into ``World/endpoints``, of a pod that is there or one that a StatefulSet will make.
  package func pod(_ namespace: String, _ name: String) -> Int? {
    world.namespace(named: namespace).flatMap { pods[Name(namespace: $0, name: name)] }
  }

  /// What stands for a pod that a StatefulSet will make and that policies do not tell from others: its template. Nil where
  /// there is no such pod, or several templates might stand for it.
  package func template(ofPod name: String, _ namespace: String) -> Int? {
    guard let hyphen = name.utf8.lastIndex(of: UInt8(ascii: "-")) else { return nil }
    let owner = String(name[..<hyphen])
    guard let ordinal = TemplateReplicas.ordinal(ofPod: name, of: owner) else { return nil }
    let templates = workloads(namespace, owner).flatMap { world.workloads[$0].endpoints }.filter {
      world.endpoints[$0].ordinals.contains(ordinal)
    }
    return templates.count == 1 ? templates[0] : nil
  }

  /// The workload groups of a name; several when kinds share it. O(log workloads).
  package func workloads(_ namespace: String, _ name: String) -> [Int] {
    guard let namespace = world.namespace(named: namespace) else { return [] }
    var low = 0
    var high = workloadCount
    while low < high {
      let middle = (low + high) / 2
      let group = world.workloads[middle]
      if (group.namespace, group.name) < (namespace, name) { low = middle + 1 } else { high = middle }
    }
    return Array(
      (low..<workloadCount).prefix {
        world.workloads[$0].namespace == namespace && world.workloads[$0].name == name
      })
  }

  /// ReplicaSets and Jobs of a name that belong to other workloads, as indices into ``World/ownedWorkloads``.
  package func ownedWorkloads(_ namespace: String, _ name: String) -> [Int] {
    world.namespace(named: namespace).flatMap { ownedWorkloads[Name(namespace: $0, name: name)] } ?? []
  }

  /// Names that exist, for suggestions: pods and workloads of a namespace.
  package func names(in namespace: String) -> [String] {
    guard let index = world.namespace(named: namespace) else { return [] }
    let names =
      world.endpoints.filter { $0.namespace == index }.map(\.name)
      + world.workloads.filter { $0.namespace == index }.map(\.name)
      + world.ownedWorkloads.filter { world.workloads[$0.group].namespace == index }.map(\.name)
    return Array(Set(names)).sorted()
  }
}
