internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Finds what the objects of an input rely on.
struct NeedCollector {
  let declarations: Declarations
  let facts: ClusterFacts
  let world: World
  let compiled: CompiledPolicies
  let index: WorldIndex
  let units: [ConnectivityUnit]
  var backends: ServiceBackends
  private(set) var needs: [Need] = []
  /// What leads to pods from nobody knows whom.
  private(set) var entrances: [Entrance] = []
  private var seen: Set<Identity> = []

  /// Replicas in the input say the same as their workload.
  private struct Identity: Hashable {
    let kind: Need.Kind
    let source: Need.Source
    let targets: [Need.Target]
  }

  private init(_ input: ClusterInput, _ cluster: Cluster, _ compiled: CompiledPolicies) {
    declarations = input.manifests.declarations
    facts = input.facts
    world = cluster.world
    self.compiled = compiled
    index = WorldIndex(world)
    units = compiled.units()
    backends = ServiceBackends(world)
  }

  /// All needs, by their places. O(workloads + what they declare).
  static func needs(_ input: ClusterInput, _ cluster: Cluster, _ compiled: CompiledPolicies) -> [Need] {
    var collector = NeedCollector(input, cluster, compiled)
    collector.addEnvironment()
    collector.addReferences()
    collector.addMonitors()
    collector.addAPIServer()
    collector.addDNS()
    return collector.needs.enumerated().sorted { left, right in
      (left.element.location, left.offset) < (right.element.location, right.offset)
    }.map(\.element)
  }

  /// Ways into the cluster whose clients the input does not tell, by their places. O(workloads + what they declare).
  static func entrances(
    _ input: ClusterInput, _ cluster: Cluster, _ compiled: CompiledPolicies
  ) -> [Entrance] {
    var collector = NeedCollector(input, cluster, compiled)
    collector.addReferences()
    collector.addOutsideServices()
    return collector.entrances.enumerated().sorted { left, right in
      (left.element.location, left.offset) < (right.element.location, right.offset)
    }.map(\.element)
  }

  /// Adds an entrance, unless it leads nowhere.
  mutating func addEntrance(_ summary: String, to targets: [Need.Target], at location: SourceLocation) {
    if targets.isEmpty { return }
    entrances.append(Entrance(summary: summary, targets: targets, location: location))
  }

  /// Adds a need, unless there is nothing to reach or it is known.
  mutating func add(
    _ kind: Need.Kind, from source: Need.Source, to targets: [Need.Target], _ summary: String,
    about object: ObjectName, at location: SourceLocation
  ) {
    // What it asks of itself is between its own replicas, or no connection at all.
    let others = targets.filter { target in
      if case .workload(let own) = source { target.end != .workload(own) } else { true }
    }
    guard !others.isEmpty,
      seen.insert(Identity(kind: kind, source: source, targets: others)).inserted
    else { return }
    needs.append(
      Need(
        kind: kind, source: source, targets: others, summary: summary, object: object, location: location))
  }

  func name(_ group: Int) -> String { world.qualifiedName(world.workloads[group]) }

  func object(_ group: Int) -> ObjectName {
    let workload = world.workloads[group]
    return ObjectName(
      kind: workload.kind, namespace: world.namespaces[workload.namespace].name, name: workload.name)
  }

  /// The workload that an object is, or belongs to; nil when it makes no pods.
  func group(of object: ObjectName) -> Int? {
    if object.kind == "Pod" {
      guard let pod = index.pod(object.namespace, object.name), !world.endpoints[pod].isFinished else {
        return nil
      }
      return world.endpoints[pod].workload
    }
    let own = index.workloads(object.namespace, object.name).first { world.workloads[$0].kind == object.kind }
    let group =
      own
      ?? index.ownedWorkloads(object.namespace, object.name).first {
        world.ownedWorkloads[$0].kind.rawValue == object.kind
      }.map { world.ownedWorkloads[$0].group }
    return group.flatMap { world.workloads[$0].endpoints.isEmpty ? nil : $0 }
  }

  /// The workloads with a pod that is wanted, Jobs left out. O(workloads).
  func groups(where isWanted: (Labels) -> Bool) -> [Int] {
    world.namespaces.indices.flatMap { backends.groups(in: $0) { isWanted($0.labels) } }
  }
}
