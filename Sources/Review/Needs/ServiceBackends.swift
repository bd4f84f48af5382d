internal import Kubernetes
internal import PolicyEngine

/// Where Services lead, as workloads. Looks at one pod of each workload, which stands for its replicas.
struct ServiceBackends {
  private let world: World
  private let groupsOfNamespace: [[Int]]
  private var known: [Int: [Int]] = [:]

  /// O(workloads).
  init(_ world: World) {
    self.world = world
    groupsOfNamespace = world.workloadsByNamespace()
  }

  /// The workloads behind a Service; none without a selector. O(workloads of the namespace), once.
  mutating func groups(of service: Int) -> [Int] {
    if let found = known[service] { return found }
    var found: [Int] = []
    if let selector = world.services[service].selector,
      let namespace = world.namespace(named: world.services[service].meta.namespace)
    {
      found = groups(in: namespace) { $0.labels.isSuperset(of: selector) && $0.addresses != .none }
    }
    known[service] = found
    return found
  }

  /// The workloads of a namespace with a pod that is wanted; Jobs come and go and serve nobody.
  func groups(in namespace: Int, where isWanted: (Endpoint) -> Bool) -> [Int] {
    groupsOfNamespace[namespace].filter { group in
      !["Job", "CronJob"].contains(world.workloads[group].kind)
        && world.workloads[group].endpoints.contains { isWanted(world.endpoints[$0]) }
    }
  }

  /// Where a port of a Service leads.
  mutating func targets(of service: Int, _ port: Service.Port) -> [Need.Target] {
    groups(of: service).flatMap { group -> [Need.Target] in
      guard let endpoint = world.workloads[group].endpoints.first,
        let number = world.endpoints[endpoint].podPort(port.target, port.transport)
      else { return [] }
      return [Need.Target(.workload(group), port.transport, number)]
    }
  }
}

extension World {
  /// For each namespace its workloads that have pods, as indices. O(workloads).
  func workloadsByNamespace() -> [[Int]] {
    var groups = [[Int]](repeating: [], count: namespaces.count)
    for (number, group) in workloads.enumerated() where !group.endpoints.isEmpty {
      groups[group.namespace].append(number)
    }
    return groups
  }
}
