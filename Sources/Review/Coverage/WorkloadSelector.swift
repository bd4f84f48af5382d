internal import Kubernetes
internal import PolicyEngine

/// Chooses the labels by which policies should name workloads.
struct WorkloadSelector {
  private let world: World
  private let groupsOfNamespace: [[Int]]
  private var known: [Int: [String: String]] = [:]

  /// Names that are made to tell workloads apart, in the order in which people read them.
  private static let preferred = [
    "app.kubernetes.io/name", "app", "k8s-app", "name", "app.kubernetes.io/component", "component", "role",
    "tier", "app.kubernetes.io/instance", "instance", "release",
  ]

  /// Labels that change with every release or pod.
  private static let volatile: Set<String> = [
    "pod-template-hash", "controller-revision-hash", "pod-template-generation", "version", "helm.sh/chart",
    "chart", "heritage", "app.kubernetes.io/version", "app.kubernetes.io/managed-by",
    "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "job-name",
    "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid", "controller-uid",
  ]

  init(_ world: World) {
    self.world = world
    groupsOfNamespace = world.workloadsByNamespace()
  }

  /// The fewest labels that no other workload of the namespace has, else all that last; none when there are none.
  mutating func labels(of group: Int) -> [String: String] {
    if let found = known[group] { return found }
    let own = commonLabels(of: group).sorted { left, right in
      (Self.rank(left.key), left.key) < (Self.rank(right.key), right.key)
    }
    let others = groupsOfNamespace[world.workloads[group].namespace].filter { $0 != group }
    let pairs = own.indices.flatMap { first in
      ((first + 1)..<max(first + 1, own.count)).map { [own[first], own[$0]] }
    }
    let candidates = own.map { [$0] } + pairs
    let chosen = candidates.first { labels in
      !others.contains { other in
        world.workloads[other].endpoints.contains { endpoint in
          labels.allSatisfy { world.endpoints[endpoint].labels[$0.key] == $0.value }
        }
      }
    }
    let labels = Dictionary((chosen ?? own).map { ($0.key, $0.value) }) { first, _ in first }
    known[group] = labels
    return labels
  }

  private static func rank(_ key: String) -> Int { preferred.firstIndex(of: key) ?? preferred.count }

  /// Labels that every pod of a workload has, and will have after the next release.
  private func commonLabels(of group: Int) -> [(key: String, value: String)] {
    guard let first = world.workloads[group].endpoints.first else { return [] }
    return world.endpoints[first].labels.entries.filter { entry in
      !Self.volatile.contains(entry.key)
        && world.workloads[group].endpoints.allSatisfy {
          world.endpoints[$0].labels[entry.key] == entry.value
        }
    }.map { ($0.key, $0.value) }
  }
}
