import Kubernetes
import SourceGroups

/// Random events of a small cluster in which names, addresses and labels meet often. Each is told to a ``NaiveCluster`` and
/// to the engine.
struct RandomEvents {
  private var random: SeededNumbers
  private var uids = 0

  init(seed: UInt64) { random = SeededNumbers(seed: seed) }

  /// Changes the cluster, and answers what the engine is told; with the words for it.
  mutating func next(
    _ cluster: inout NaiveCluster, at seconds: Int
  ) -> (words: String, apply: (inout ClusterIdentities) -> Void) {
    let moment = at(seconds)
    switch random.below(100) {
    case ..<45:
      let pod = changedPod(cluster)
      cluster.pods[pod.name] = pod
      return ("pod \(pod)", { $0.apply(pod: pod, at: moment) })
    case ..<55:
      let name = podName()
      cluster.pods[name] = nil
      return ("no pod \(name)", { $0.removePod(name, at: moment) })
    case ..<60:
      let listed = listedPods(cluster)
      cluster.pods = Dictionary(uniqueKeysWithValues: listed.map { ($0.name, $0) })
      return ("pods \(listed)", { $0.replacePods(listed, at: moment) })
    case ..<68:
      let namespace = randomNamespace()
      cluster.namespaces[namespace.name.name] = namespace
      return ("namespace \(namespace)", { $0.apply(namespace: namespace, at: moment) })
    case ..<71:
      let name = NamespacedName(name: random.pick(Self.namespaces))
      cluster.namespaces[name.name] = nil
      return ("no namespace \(name)", { $0.removeNamespace(name, at: moment) })
    case ..<73:
      let listed = Self.namespaces.filter { _ in random.chance(60) }.map { randomNamespace($0) }
      cluster.namespaces = Dictionary(uniqueKeysWithValues: listed.map { ($0.name.name, $0) })
      return ("namespaces \(listed)", { $0.replaceNamespaces(listed, at: moment) })
    case ..<79:
      let node = randomNode()
      cluster.nodes[node.name] = node
      return ("node \(node)", { $0.apply(node: node, at: moment) })
    case ..<81:
      let name = NamespacedName(name: random.pick(Self.nodes))
      cluster.nodes[name] = nil
      return ("no node \(name)", { $0.removeNode(name, at: moment) })
    case ..<82:
      let listed = Self.nodes.filter { _ in random.chance(60) }.map { randomNode($0) }
      cluster.nodes = Dictionary(uniqueKeysWithValues: listed.map { ($0.name, $0) })
      return ("nodes \(listed)", { $0.replaceNodes(listed, at: moment) })
    case ..<90:
      let slice = randomSlice(sliceName())
      cluster.slices[slice.name] = slice
      return ("slice \(slice)", { $0.apply(endpointSlice: slice, at: moment) })
    case ..<92:
      let name = sliceName()
      cluster.slices[name] = nil
      return ("no slice \(name)", { $0.removeEndpointSlice(name, at: moment) })
    case ..<93:
      let listed = Set((0..<3).map { _ in sliceName() }).sorted().map { randomSlice($0) }
      cluster.slices = Dictionary(uniqueKeysWithValues: listed.map { ($0.name, $0) })
      return ("slices \(listed)", { $0.replaceEndpointSlices(listed, at: moment) })
    default:
      var selections = cluster.selections
      for selection in cluster.selections where random.chance(20) { selections.remove(selection) }
      for _ in 0..<random.below(4) { selections.insert(randomSelection()) }
      cluster.selections = selections
      return ("selections \(selections.count)", { [selections] in $0.setSelections(selections, at: moment) })
    }
  }

  // MARK: - Objects

  static let addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1", "fd00::2"].map(ip)
  private static let namespaces = ["shop", "bank", "lab"]
  private static let nodes = ["n1", "n2", "n3"]

  private mutating func podName() -> NamespacedName {
    NamespacedName(namespace: random.pick(Self.namespaces), name: random.pick(["a", "b", "c"]))
  }

  private mutating func sliceName() -> NamespacedName {
    NamespacedName(namespace: random.pick(["shop", "bank"]), name: random.pick(["s1", "s2", "s3"]))
  }

  private mutating func uid() -> String {
    uids += 1
    // Not in the order in which they are made.
    return "\(uids * 7 % 10)-\(uids)"
  }

  private mutating func labels(_ keys: [String]) -> Labels {
    var pairs: [String: String] = [:]
    for key in keys where random.chance(70) { pairs[key] = random.pick(["x", "y", "z"]) }
    return Labels(pairs)
  }

  private mutating func podAddresses() -> [IPAddress] {
    guard random.chance(85) else { return [] }
    let four = random.pick(Array(Self.addresses[..<4]))
    let six = random.pick(Array(Self.addresses[4...]))
    return random.chance(60) ? [four] : random.chance(50) ? [six, four] : [four, six]
  }

  /// A new pod, or one of which one thing is different, or the same.
  private mutating func changedPod(_ cluster: NaiveCluster) -> ObservedPod {
    let name = podName()
    guard var pod = cluster.pods[name], random.chance(80) else { return newPod(name) }
    switch random.below(9) {
    case 0: pod.labels = labels(["app", "tier"])
    case 1: pod.phase = pod.phase == .live ? .finished : .live
    case 2: pod.isTerminating.toggle()
    case 3: pod.addresses = podAddresses()
    case 4: pod.uid = uid()
    case 5: pod.node = random.pick(Self.nodes)
    case 6: pod.serviceAccount = random.pick(["default", "builder"])
    case 7: pod.usesHostNetwork.toggle()
    default: break
    }
    return pod
  }

  private mutating func newPod(_ name: NamespacedName) -> ObservedPod {
    ObservedPod(
      name: name, uid: uid(), labels: labels(["app", "tier"]), node: random.pick(Self.nodes),
      serviceAccount: random.pick(["default", "builder"]), phase: random.chance(85) ? .live : .finished,
      isTerminating: random.chance(15), usesHostNetwork: random.chance(10), addresses: podAddresses(),
      createdAt: random.chance(80) ? at(random.below(4)) : nil)
  }

  /// What is there, in another order, with some gone, changed and new.
  private mutating func listedPods(_ cluster: NaiveCluster) -> [ObservedPod] {
    var pods = cluster.pods
    for name in cluster.pods.keys.sorted() where random.chance(20) { pods[name] = nil }
    for _ in 0..<random.below(4) {
      let pod = changedPod(cluster)
      pods[pod.name] = pod
    }
    return pods.keys.sorted().shuffled(using: &random).compactMap { pods[$0] }
  }

  private mutating func randomNamespace(_ name: String? = nil) -> ObservedNamespace {
    let name = name ?? random.pick(Self.namespaces)
    return ObservedNamespace(name: NamespacedName(name: name), uid: name, labels: labels(["team"]))
  }

  private mutating func randomNode(_ name: String? = nil) -> ObservedNode {
    let kinds = ObservedNode.Address.Kind.allCases
    return ObservedNode(
      name: NamespacedName(name: name ?? random.pick(Self.nodes)),
      uid: random.chance(80) ? "first" : "second",
      labels: labels(["app"]),
      addresses: (0..<random.below(3)).map { _ in .init(random.pick(kinds), random.pick(Self.addresses)) })
  }

  private mutating func randomSlice(_ name: NamespacedName) -> ObservedEndpointSlice {
    let endpoints = (0..<random.below(4)).map { _ in
      let pod = NamespacedName(namespace: name.namespace, name: random.pick(["a", "b", "c"]))
      return ObservedEndpointSlice.Endpoint(
        addresses: (0..<random.below(3)).map { _ in random.pick(Self.addresses) },
        pod: random.chance(80) ? pod : nil)
    }
    return ObservedEndpointSlice(
      name: name, uid: "slice-\(name.name)", service: random.pick(["web", "db", ""]), endpoints: endpoints)
  }

  // MARK: - Selections

  private mutating func requirements(_ keys: [String]) -> Requirements {
    Requirements(
      (0..<random.below(3)).map { _ in
        let values = (0..<random.below(3)).map { _ in random.pick(["x", "y", "z"]) }
        return LabelRequirement(
          key: random.pick(keys), random.pick([.isIn(values), .isNotIn(values), .exists, .doesNotExist]))
      })
  }

  private mutating func randomSelection() -> ClusterSelection {
    switch random.below(10) {
    case ..<7:
      var namespaces = requirements(["team"])
      if random.chance(30) {
        namespaces = Requirements(
          namespaces.all + [
            LabelRequirement(key: "kubernetes.io/metadata.name", .isIn([random.pick(Self.namespaces)]))
          ])
      }
      return .pods(
        PodSelection(
          namespaces: namespaces, pods: requirements(["app", "tier"]),
          serviceAccounts: random.chance(20) ? ["builder"] : nil, includesHostNetwork: random.chance(25)))
    case ..<8:
      return .nodes(
        NodeSelection(
          nodes: requirements(["app"]),
          addressKinds: random.pick([[.internalIP], [.externalIP], [.internalIP, .externalIP]])))
    default:
      return .serviceEndpoints(
        NamespacedName(namespace: random.pick(["shop", "bank"]), name: random.pick(["web", "db"])))
    }
  }
}
