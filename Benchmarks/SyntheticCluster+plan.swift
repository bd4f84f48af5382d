extension SyntheticCluster {
  struct Namespace: Sendable {
    var name: String
    var team: String
    var environment: String
    var labels: [Label]
    var isolation: Isolation
  }

  /// What a namespace closes for all its pods.
  enum Isolation: Sendable {
    case none, ingress, both
  }

  struct Workload: Sendable {
    var index: Int
    /// Index into ``SyntheticCluster/namespaces``.
    var namespace: Int
    var name: String
    var application: String
    var component: Component
    var kind: Kind
    var version: String
    var labels: [Label]
    var ports: [ContainerPort]
  }

  struct Label: Sendable {
    var key: String
    var value: String

    init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  struct ContainerPort: Sendable {
    var name: String
    var number: Int
    var transport: Transport = .tcp
  }

  enum Transport: String, Sendable, CaseIterable {
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"
  }

  enum Kind: String, Sendable {
    case deployment = "Deployment"
    case statefulSet = "StatefulSet"
    case daemonSet = "DaemonSet"
    case job = "Job"
    case cronJob = "CronJob"
  }

  /// How many nodes the pods are spread over: at most 100 pods on each, and enough for a DaemonSet.
  var nodeCount: Int {
    guard shape.podsPerWorkload > 0 else { return 0 }
    return max(shape.podsPerWorkload, (shape.workloads * shape.podsPerWorkload + 99) / 100)
  }
}

// The first three namespaces belong to the platform, and so do the first four workloads.
extension SyntheticCluster {
  static let platformNamespaces = 3

  static func planNamespaces(_ shape: Shape) -> [Namespace] {
    let platform = ["kube-system", "ingress-nginx", "monitoring"].map { name in
      Namespace(
        name: name, team: "platform", environment: "production",
        labels: [
          Label("kubernetes.io/metadata.name", name), Label("team", "platform"), Label("env", "production"),
        ],
        isolation: .none)
    }
    let count = shape.namespaces - platformNamespaces
    let teams = max(4, count / 4)
    return platform
      + (0..<count).map { index in
        var random = SplitMix64(seed: shape.seed, stream: .namespace, index: index)
        let team = Vocabulary.team(index % teams)
        let purpose = Vocabulary.purposes[(index / teams) % Vocabulary.purposes.count]
        let name = "\(team)-\(purpose)"
        let environment = random.pick(Vocabulary.environments)
        var labels = [
          Label("kubernetes.io/metadata.name", name), Label("team", team), Label("env", environment),
        ]
        if random.chance(percent: 85) { labels.append(Label("tier", random.pick(Vocabulary.tiers))) }
        if random.chance(percent: 60) {
          labels.append(Label("pod-security.kubernetes.io/enforce", random.pick(["baseline", "restricted"])))
        }
        if random.chance(percent: 20) { labels.append(Label("compliance", random.pick(["pci", "gdpr"]))) }
        // 7 of 10 namespaces, spread evenly over the teams; every second one closes egress as well.
        let closed = index * 7 % 10 < 7
        return Namespace(
          name: name, team: team, environment: environment, labels: labels,
          isolation: closed ? (index % 2 == 0 ? .both : .ingress) : .none)
      }
  }

  static func planWorkloads(_ shape: Shape, in namespaces: [Namespace]) -> [Workload] {
    var workloads = platformWorkloads
    workloads.reserveCapacity(shape.workloads)
    for index in workloads.count..<max(workloads.count, shape.workloads) {
      workloads.append(planWorkload(index, shape, in: namespaces))
    }
    return workloads
  }

  /// Five workloads are an application; an application lives in one namespace.
  private static func planWorkload(
    _ index: Int, _ shape: Shape, in namespaces: [Namespace]
  ) -> Workload {
    let (application, slot) = (index - platformWorkloads.count).quotientAndRemainder(dividingBy: 5)
    let namespace = homeNamespace(of: application, shape)
    let team = namespaces[namespace].team
    var random = SplitMix64(seed: shape.seed, stream: .workload, index: index)
    let component = random.pick(Component.slots[slot])
    let applicationName = Vocabulary.application(application)
    let name = "\(applicationName)-\(component.rawValue)"
    let version = "\(1 + random.below(5)).\(random.below(40)).\(random.below(12))"
    var labels = [
      Label("app.kubernetes.io/name", component.product(using: &random) ?? name),
      Label("app.kubernetes.io/instance", name),
      Label("app.kubernetes.io/component", component.rawValue),
      Label("app.kubernetes.io/part-of", applicationName),
    ]
    let optional: [(percent: Int, label: Label)] = [
      (85, Label("app.kubernetes.io/version", version)),
      (90, Label("team", team)),
      (80, Label("tier", component.tier)),
      (40, Label("app.kubernetes.io/managed-by", random.pick(["Helm", "argocd", "flux"]))),
      (25, Label("criticality", random.pick(["high", "medium", "low"]))),
      (15, Label("track", random.pick(["stable", "canary"]))),
    ]
    for (percent, label) in optional where random.chance(percent: percent) && labels.count < 8 {
      labels.append(label)
    }
    return Workload(
      index: index, namespace: namespace, name: name, application: applicationName, component: component,
      kind: component.kind, version: version, labels: labels, ports: component.ports(using: &random))
  }

  /// Every namespace has an application; the others crowd into the first namespaces, as they do.
  private static func homeNamespace(of application: Int, _ shape: Shape) -> Int {
    let count = shape.namespaces - platformNamespaces
    guard application >= count else { return platformNamespaces + application }
    var random = SplitMix64(seed: shape.seed, stream: .application, index: application)
    let first = random.below(count)
    let crowded = random.chance(percent: 50) ? min(first, random.below(count)) : first
    return platformNamespaces + crowded
  }

  private static let platformWorkloads: [Workload] = [
    platform(
      0, 0, "coredns", .dns, .deployment, [Label("k8s-app", "kube-dns"), Label("tier", "cluster")],
      [
        ContainerPort(name: "dns", number: 53, transport: .udp), ContainerPort(name: "dns-tcp", number: 53),
        ContainerPort(name: "metrics", number: 9153),
      ]),
    platform(
      1, 1, "ingress-nginx-controller", .controller, .deployment,
      [
        Label("app.kubernetes.io/name", "ingress-nginx"), Label("app.kubernetes.io/part-of", "ingress-nginx"),
      ],
      [
        ContainerPort(name: "http", number: 80), ContainerPort(name: "https", number: 443),
        ContainerPort(name: "metrics", number: 10254),
      ]),
    platform(
      2, 2, "prometheus", .monitoring, .statefulSet,
      [Label("app.kubernetes.io/name", "prometheus"), Label("app.kubernetes.io/part-of", "monitoring")],
      [ContainerPort(name: "web", number: 9090)]),
    platform(
      3, 2, "log-collector", .agent, .daemonSet,
      [Label("app.kubernetes.io/name", "fluent-bit"), Label("app.kubernetes.io/part-of", "logging")],
      [
        ContainerPort(name: "syslog", number: 5514, transport: .udp),
        ContainerPort(name: "metrics", number: 2020),
      ]),
  ]

  private static func platform(
    _ index: Int, _ namespace: Int, _ name: String, _ component: Component, _ kind: Kind, _ labels: [Label],
    _ ports: [ContainerPort]
  ) -> Workload {
    Workload(
      index: index, namespace: namespace, name: name, application: "platform", component: component,
      kind: kind, version: "1.12.3",
      labels: labels + [
        Label("app.kubernetes.io/instance", name), Label("app.kubernetes.io/component", component.rawValue),
      ],
      ports: ports)
  }
}
