/// Makes a failing case small: whatever can go without the failure going away, goes.
struct Shrink {
  /// A world and one flow in it.
  struct Case: Equatable, Sendable {
    var world: ReferenceWorld
    var flow: ReferenceFlow
  }

  /// The smallest case found that still fails; the given one if nothing can be removed.
  ///
  /// Greedy: takes the first simpler legal case that fails and starts again from it, until none does.
  /// Every step removes something, so it ends.
  static func smallest(
    _ world: ReferenceWorld, _ flow: ReferenceFlow,
    fails: (ReferenceWorld, ReferenceFlow) throws -> Bool
  ) rethrows -> Case {
    var current = Case(world: world, flow: flow)
    while let simpler = try simplerCases(of: current).first(where: { try fails($0.world, $0.flow) }) {
      current = simpler
    }
    return current
  }

  /// All legal cases that are one step simpler, big steps first.
  static func simplerCases(of current: Case) -> [Case] {
    let worlds = simplerWorlds(of: current.world).map { Case(world: $0, flow: current.flow) }
    var flows: [ReferenceFlow] = []
    if current.flow.transport != .tcp, current.flow.port > 0 {
      flows = variants(of: current.flow, \.transport, [.tcp])
    }
    let cases = worlds + flows.map { Case(world: current.world, flow: $0) }
    return cases.filter { $0.world.hasMeaning($0.flow) }
  }

  private static func simplerWorlds(of world: ReferenceWorld) -> [ReferenceWorld] {
    var worlds: [ReferenceWorld] = []
    worlds += variants(of: world, \.policies, without(world.policies))
    worlds += variants(of: world, \.clusterPolicies, without(world.clusterPolicies))
    worlds += simplerCiliumWorlds(of: world)
    worlds += variants(of: world, \.pods, without(world.pods))
    worlds += variants(of: world, \.workloads, without(world.workloads))
    worlds += variants(of: world, \.nodes, without(world.nodes))
    worlds += variants(of: world, \.services, without(world.services))
    worlds += variants(of: world, \.namespaces, without(world.namespaces)).filter(namesItsNamespaces)
    worlds += variants(of: world, \.policies, oneSimpler(world.policies, simplerPolicies))
    worlds += variants(
      of: world, \.clusterPolicies, oneSimpler(world.clusterPolicies, simplerClusterPolicies))
    worlds += simplerCalico(world)
    worlds += variants(of: world, \.pods, oneSimpler(world.pods, simplerPods))
    worlds += variants(of: world, \.workloads, oneSimpler(world.workloads, simplerWorkloads))
    worlds += variants(of: world, \.nodes, oneSimpler(world.nodes, simplerNodes))
    worlds += variants(
      of: world, \.namespaces,
      oneSimpler(world.namespaces) { variants(of: $0, \.labels, without($0.labels)) })
    return hostNetworkAgrees(world) ? worlds.filter(hostNetworkAgrees) : worlds
  }

  /// A hostNetwork pod has the addresses of its node, if both are known.
  private static func hostNetworkAgrees(_ world: ReferenceWorld) -> Bool {
    world.pods.allSatisfy { pod in
      guard pod.hostNetwork, let status = pod.status, !status.addresses.isEmpty else { return true }
      guard let node = world.nodes.first(where: { $0.name == pod.nodeName }) else { return true }
      return node.addresses.isEmpty || node.addresses == status.addresses
    }
  }

  private static func namesItsNamespaces(_ world: ReferenceWorld) -> Bool {
    let used =
      world.pods.map(\.namespace) + world.workloads.map(\.namespace) + world.policies.map(\.namespace)
      + world.services.map(\.namespace) + world.serviceAccounts.map(\.namespace)
      + world.calico.policies.compactMap(\.namespace) + world.calico.sets.compactMap(\.namespace)
      + world.cilium.policies.compactMap(\.namespace)
    return Set(used).isSubset(of: world.namespaces.map(\.name))
  }

  // MARK: - Steps

  /// The value with a member replaced by each of the simpler ones.
  static func variants<Value, Member>(
    of value: Value, _ path: WritableKeyPath<Value, Member>, _ members: [Member]
  ) -> [Value] {
    members.map { member in
      var copy = value
      copy[keyPath: path] = member
      return copy
    }
  }

  /// The list without each of its items.
  static func without<Item>(_ items: [Item]) -> [[Item]] {
    items.indices.map { index in
      var copy = items
      copy.remove(at: index)
      return copy
    }
  }

  /// The labels without each of them.
  static func without(_ labels: [String: String]) -> [[String: String]] {
    labels.keys.sorted().map { key in labels.filter { $0.key != key } }
  }

  /// The list with one of its items replaced by a simpler one.
  static func oneSimpler<Item>(_ items: [Item], _ simpler: (Item) -> [Item]) -> [[Item]] {
    items.indices.flatMap { index in
      simpler(items[index]).map { item in
        var copy = items
        copy[index] = item
        return copy
      }
    }
  }

  /// Of an optional list: absent, then shorter, then with one simpler item.
  static func simplerLists<Item>(
    _ items: [Item]?, atLeast minimum: Int = 0, _ simpler: (Item) -> [Item]
  ) -> [[Item]?] {
    guard let items else { return [] }
    let shorter = items.count > minimum ? without(items) : []
    let lists = shorter + oneSimpler(items, simpler)
    return (minimum == 0 ? [nil] : []) + lists.map { Optional($0) }
  }
}
