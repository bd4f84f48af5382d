internal import Kubernetes
internal import SourceGroups

/// A cluster as a follower sees it: pods made one after the other, so that they are never in memory together, and
/// selections like those of policies.
///
/// Of ten workloads one is a StatefulSet, whose pods have labels of their own. Every pod has an address of each family.
struct LiveCluster: Sendable {
  let pods: Int
  let namespaces = 400
  let workloads = 2_000
  let nodes = 1_000
  static let integration = "live"

  private static let tiers = ["web", "api", "db", "cache", "batch"]

  func namespace(_ index: Int) -> ObservedNamespace {
    let name = "team-\(index % 50)-project-\(index)"
    return ObservedNamespace(
      name: NamespacedName(name: name), uid: "namespace-\(index)",
      labels: Labels(["team": "team-\(index % 50)", "environment": index % 4 == 0 ? "production" : "staging"])
    )
  }

  func node(_ index: Int) -> ObservedNode {
    ObservedNode(
      name: NamespacedName(name: "node-\(index).example.internal"), uid: "node-\(index)",
      labels: Labels([
        "kubernetes.io/hostname": "node-\(index)", "topology.kubernetes.io/zone": "zone-\(index % 3)",
      ]),
      addresses: [.init(.internalIP, IPAddress(.ipv4, bits: 0xC0A8_0000 + UInt128(index)))])
  }

  /// - Parameter generation: of another generation the pod is another one, with another address, under another name.
  func pod(_ index: Int, generation: Int = 0) -> ObservedPod {
    var random = SplitMix64(seed: UInt64(generation), stream: .pod, index: index)
    let workload = index % workloads
    let application = "application-\(workload % 200)"
    let isStateful = workload % 10 == 0
    let name =
      isStateful ? "\(application)-\(workload)-\(index)" : "\(application)-\(workload)-\(random.suffix(10))"
    var labels = [
      "app.kubernetes.io/name": application, "app.kubernetes.io/instance": "\(application)-\(workload)",
      "tier": Self.tiers[workload % Self.tiers.count], "pod-template-hash": "hash-\(workload)",
    ]
    if isStateful {
      labels["statefulset.kubernetes.io/pod-name"] = name
      labels["apps.kubernetes.io/pod-index"] = "\(index)"
    }
    let address = UInt128(index + generation % 64 * pods)
    return ObservedPod(
      name: NamespacedName(namespace: namespace(workload % namespaces).name.name, name: name),
      uid: random.uid(),
      labels: Labels(labels), node: "node-\(index % nodes).example.internal",
      serviceAccount: workload % 7 == 0 ? "\(application)-service-account" : "default",
      addresses: [
        IPAddress(.ipv4, bits: 0x0A00_0000 + address), IPAddress(.ipv6, bits: 0xFD00 << 112 + address),
      ],
      createdAt: .earliest.advanced(bySeconds: 1_700_000_000 + generation))
  }

  /// As many groups as these, each with a selection of its own: most of one namespace's application, some of a team's tier, a few
  /// of all namespaces.
  func groups(_ count: Int) -> [IdentityGroup] {
    let file = SourceFile(path: "groups.yaml")
    return (0..<count).map { index in
      let source = Source(
        .cluster(integration: Self.integration, .pods(selection(index))), onStale: .clear,
        location: SourceLocation(file: file, line: UInt32(index + 1), column: 1))
      return IdentityGroup(id: "group-\(index)", sources: [source], canAllow: true)
    }
  }

  private func selection(_ index: Int) -> PodSelection {
    let workload = index % workloads
    let application = LabelRequirement(
      key: "app.kubernetes.io/name", .isIn(["application-\(workload % 200)"]))
    let tier = LabelRequirement(key: "tier", .isIn([Self.tiers[index % Self.tiers.count]]))
    switch index % 10 {
    case 0:
      let team = LabelRequirement(key: "team", .isIn(["team-\(index / 10 % 50)"]))
      return PodSelection(namespaces: Requirements([team]), pods: Requirements([tier]))
    case 1:
      let others = LabelRequirement(key: "environment", .isNotIn(["staging"]))
      return PodSelection(namespaces: Requirements([others]), pods: Requirements([application]))
    case 2 where index < 40:
      return PodSelection(namespaces: .none, pods: Requirements([tier]))
    case 3 where index < 10: return PodSelection(namespaces: .none, pods: .none)
    default:
      let name = LabelRequirement(
        key: Namespace.nameLabel, .isIn([namespace(workload % namespaces).name.name]))
      return PodSelection(namespaces: Requirements([name]), pods: Requirements([application]))
    }
  }
}
