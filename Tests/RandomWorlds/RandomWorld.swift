/// A small legal world, and flows in it, drawn from one seed.
///
/// Few names, labels, ports and addresses are in use, so that selectors, blocks and flows meet often.
struct RandomWorld: Sendable {
  let world: ReferenceWorld
  var random: SplitMix64

  /// - Parameter engine: whose own kinds stand beside those of Kubernetes, and whose answer is wanted.
  init(seed: UInt64, engine: ReferenceWorld.Engine = .kubernetes) {
    var builder = Builder(random: SplitMix64(seed: seed))
    builder.build()
    builder.addPolicies(of: engine)
    self.world = builder.world
    self.random = builder.random
  }

  static let labelKeys = ["app", "tier", "k8s.io/role"]
  static let labelValues = ["web", "db", "y", "1", ""]
  static let nodePools = ["edge", "core"]
  static let portNames = ["http", "dns", "db-1"]
  static let portNumbers = [53, 80, 443, 5432, 8080, 1, 65535]

  /// Addresses outside the cluster; one lies among the pods' but belongs to nobody.
  static let externalAddresses: [ReferenceAddress] = [
    .v4(203, 0, 113, 5), .v4(203, 0, 113, 6), .v4(198, 51, 100, 7), .v4(10, 1, 0, 200),
    .v4(0, 0, 0, 1), .v4(255, 255, 255, 254), .v6(0x2001, 0xdb8, last: 5), .v6(0xfd00, 0, last: 200),
  ]

  /// Fills a world part by part; addresses are handed out once.
  struct Builder {
    var random: SplitMix64
    var world = ReferenceWorld()
    private var usedPodAddresses = 0

    init(random: SplitMix64) { self.random = random }

    mutating func build() {
      let names = Array(["shop", "data", "ops"].prefix(random.pick([1, 1, 2, 2, 3])))
      world.namespaces = names.map { namespace(named: $0) }
      let nodeCount = random.int(0...3)
      for index in 0..<nodeCount { world.nodes.append(node(number: index + 1)) }
      let podCount = random.int(0...6)
      for _ in 0..<podCount { addPod() }
      let workloadCount = random.int(world.pods.isEmpty ? 1...3 : 0...3)
      for _ in 0..<workloadCount { addWorkload() }
      let policyCount = random.chance(4) ? 0 : random.pick([1, 2, 3, 4, 5, 5])
      for index in 0..<policyCount { world.policies.append(policy(number: index + 1)) }
      addClusterPolicies()
      if random.chance(40) { addService() }
    }

    private mutating func namespace(named name: String) -> ReferenceWorld.Namespace {
      var labels: [String: String] = [:]
      if random.chance(60) { labels["team"] = random.pick(["a", "b", "on"]) }
      if random.chance(30) { labels["env"] = random.pick(["prod", "dev"]) }
      if random.chance(20) { labels["kubernetes.io/metadata.name"] = name }
      return ReferenceWorld.Namespace(name: name, labels: labels)
    }

    mutating func addPolicies(of engine: ReferenceWorld.Engine) {
      world.engine = engine
      switch engine {
      case .kubernetes: break
      case .calico: addCalico()
      case .cilium: addCilium()
      }
    }

    /// IPv4, dual stack, IPv6 only, two IPv4 addresses, or none.
    private mutating func node(number: Int) -> ReferenceWorld.Node {
      let inner = ReferenceAddress.v4(192, 168, 0, UInt8(number))
      let outer = ReferenceAddress.v4(192, 0, 2, UInt8(number))
      let six = ReferenceAddress.v6(0xfd01, 0, last: UInt16(number))
      let addresses = random.pick([
        [inner], [inner], [inner], [inner], [inner, six], [inner, six], [six], [inner, outer], [],
      ])
      var node = ReferenceWorld.Node(name: "n\(number)", addresses: addresses)
      if random.chance(60) { node.labels["pool"] = random.pick(RandomWorld.nodePools) }
      return node
    }

    // MARK: - Pods and workloads

    private mutating func addPod() {
      let namespace = random.pick(world.namespaces).name
      let taken = Set(world.pods.filter { $0.namespace == namespace }.map(\.name))
      let names = ["web", "db", "api"] + (4...9).map { "pod-\($0)" }
      guard let name = names.first(where: { !taken.contains($0) }) else { return }
      var pod = ReferenceWorld.Pod(namespace: namespace, name: name, labels: labels())
      pod.hostNetwork = random.chance(18)
      pod.nodeName = random.maybe(80) { random in "n\(random.int(1...3))" }
      // A host-network pod that has an address runs somewhere.
      if pod.hostNetwork, pod.nodeName == nil, random.chance(50) { pod.nodeName = "n1" }
      pod.containers = containers()
      pod.initContainers = initContainers()
      pod.status = status(hostNetworkNode: pod.hostNetwork ? pod.nodeName ?? "" : nil)
      world.pods.append(pod)
    }

    private mutating func status(hostNetworkNode: String?) -> ReferenceWorld.Status? {
      if random.chance(12) { return nil }
      let finished = random.pick([ReferenceWorld.Status.Phase.succeeded, .failed])
      let phase = random.chance(90) ? .running : finished
      var status = ReferenceWorld.Status(phase: phase)
      if random.chance(5) || hostNetworkNode == "" { return status }
      if let hostNetworkNode {
        let node = world.nodes.first { $0.name == hostNetworkNode }
        status.addresses = node?.addresses ?? []
        if status.addresses.isEmpty {
          usedPodAddresses += 1
          status.addresses = [.v4(192, 168, 0, UInt8(100 + usedPodAddresses))]
        }
      } else if phase != .running, let running = world.pods.last?.status, random.chance(50) {
        status.addresses = running.addresses
      } else {
        status.addresses = freshAddresses()
      }
      return status
    }

    /// IPv4, dual stack in both orders, or IPv6 only.
    private mutating func freshAddresses() -> [ReferenceAddress] {
      usedPodAddresses += 1
      let four = ReferenceAddress.v4(10, 1, 0, UInt8(usedPodAddresses))
      let six = ReferenceAddress.v6(0xfd00, 0, last: UInt16(usedPodAddresses))
      return random.pick([[four], [four], [four], [four, six], [six, four], [six]])
    }

    private mutating func addWorkload() {
      let namespace = random.pick(world.namespaces).name
      let kind = random.pick(ReferenceWorld.Workload.Kind.allCases)
      let taken = world.workloads.filter { $0.namespace == namespace && $0.kind == kind }.map(\.name)
      let names = ["web", "cache", "agent", "api"].filter { !taken.contains($0) }
      var workload = ReferenceWorld.Workload(kind: kind, namespace: namespace, name: random.pick(names))
      workload.labels = labels()
      if workload.labels.isEmpty { workload.labels["app"] = "web" }
      if random.chance(50) { workload.objectLabels = labels() }
      workload.hostNetwork = random.chance(18)
      workload.containers = containers()
      workload.initContainers = initContainers()
      world.workloads.append(workload)
    }

    /// In front of everything that shares a label with a pod or template, in its namespace.
    mutating func addService() {
      let pods =
        world.pods.map { ($0.namespace, $0.labels) } + world.workloads.map { ($0.namespace, $0.labels) }
      let (namespace, labels) = random.pick(pods)
      guard let label = labels.min(by: { $0.key < $1.key }) else { return }
      let port = random.pick(RandomWorld.portNumbers)
      world.services.append(
        ReferenceWorld.Service(
          namespace: namespace, name: "front", selector: [label.key: label.value],
          address: random.pick([.v4(10, 96, 0, 1), .v4(203, 0, 113, 7)]), port: port,
          targetPort: random.chance(50) ? port : random.pick(RandomWorld.portNumbers)))
    }

    private mutating func labels() -> [String: String] {
      var labels: [String: String] = [:]
      for (key, percent) in [("app", 85), ("tier", 40), ("k8s.io/role", 20)]
      where random.chance(percent) {
        labels[key] = random.pick(RandomWorld.labelValues + ["web", "web", "db"])
      }
      return labels
    }

    private mutating func containers() -> [ReferenceWorld.Container] {
      var containers = [ReferenceWorld.Container(name: "main", ports: containerPorts())]
      if random.chance(30) {
        containers.append(ReferenceWorld.Container(name: "second", ports: containerPorts()))
      }
      return containers
    }

    private mutating func initContainers() -> [ReferenceWorld.InitContainer] {
      var containers: [ReferenceWorld.InitContainer] = []
      for (name, isSidecar) in [("setup", false), ("proxy", true)] where random.chance(25) {
        let container = ReferenceWorld.Container(name: name, ports: containerPorts())
        containers.append(ReferenceWorld.InitContainer(container: container, isSidecar: isSidecar))
      }
      return random.chance(50) ? containers : containers.reversed()
    }

    /// Names are used once in a container, as the API server wants it; numbers once per protocol.
    private mutating func containerPorts() -> [ReferenceWorld.ContainerPort] {
      var ports: [ReferenceWorld.ContainerPort] = []
      for name in RandomWorld.portNames where random.chance(45) {
        let transport = random.pick([nil, nil, .tcp, .udp, .sctp] as [ReferenceProtocol?])
        let number = random.pick(RandomWorld.portNumbers)
        if ports.contains(where: { $0.number == number && $0.transport == transport }) { continue }
        let name = random.chance(90) ? name : nil
        ports.append(
          ReferenceWorld.ContainerPort(name: name, transport: transport, number: number))
      }
      return ports
    }
  }
}
