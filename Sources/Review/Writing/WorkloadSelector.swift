internal import Kubernetes
internal import PolicyEngine

/// How policies name a workload.
struct WorkloadSelection: Hashable {
  /// Labels that its pods do not have, or not with this value.
  enum Exclusion: Hashable {
    case absent(String)
    case notIn(String, [String])
  }

  /// Empty for every pod of the namespace.
  var labels: [String: String] = [:]
  /// By key.
  var exclusions: [Exclusion] = []
  /// Other workloads that have all this too, as indices.
  var alsoSelected: [Int] = []
}

/// Chooses the labels by which policies should name workloads.
struct WorkloadSelector {
  private let world: World
  private let groupsOfNamespace: [[Int]]
  private var known: [Int: WorkloadSelection] = [:]

  /// Names that are made to tell workloads apart, in the order in which people read them.
  private static let preferred = [
    "app.kubernetes.io/name", "app", "k8s-app", "name", "app.kubernetes.io/component", "component", "role",
    "tier", "app.kubernetes.io/instance", "instance", "release",
  ]

  /// Labels that change with every release or pod, or that tools set as they like.
  private static let volatile: Set<String> = [
    "pod-template-generation", "helm.sh/chart", "heritage", "app.kubernetes.io/managed-by",
    "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "job-name",
    "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid", "controller-uid",
    "batch.kubernetes.io/job-completion-index", "service.istio.io/canonical-revision", "istio.io/rev",
  ]

  /// What such labels are called, whoever's prefix they have.
  private static let volatileNames: Set<Substring> = [
    "version", "chart", "revision", "release-revision", "commit", "git-commit", "sha", "checksum", "build",
    "build-id", "timestamp",
  ]

  private static func isVolatile(_ key: String) -> Bool {
    let name = key.lastIndex(of: "/").map { key[key.index(after: $0)...] } ?? key[...]
    return volatile.contains(key) || volatileNames.contains(name) || name.hasSuffix("-hash")
  }

  init(_ world: World) {
    self.world = world
    groupsOfNamespace = world.workloadsByNamespace()
  }

  /// The fewest labels that no other workload of the namespace has: of the workload's own selector, then those that are
  /// made to tell workloads apart; else its selector and what others have besides, which lasts longer than labels that
  /// nobody knows; else any labels, and what others have besides. Without labels when it has none.
  mutating func selection(of group: Int) -> WorkloadSelection {
    if let found = known[group] { return found }
    let own = commonLabels(of: group).sorted { left, right in
      (Self.rank(left.key), left.key) < (Self.rank(right.key), right.key)
    }
    let others = groupsOfNamespace[world.workloads[group].namespace].filter { $0 != group }
    let selected = own.filter { world.workloads[group].selectorKeys.contains($0.key) }
    let selection =
      chosen(fewest(of: selected, notIn: others))
      ?? chosen(fewest(of: own.filter { Self.preferred.contains($0.key) }, notIn: others))
      ?? excluding(others, all: selected, of: group).flatMap { $0.alsoSelected.isEmpty ? $0 : nil }
      ?? chosen(fewest(of: own, notIn: others)) ?? excluding(others, all: own, of: group)
      ?? WorkloadSelection()
    known[group] = selection
    return selection
  }

  private func chosen(_ labels: [(key: String, value: String)]?) -> WorkloadSelection? {
    labels.map { WorkloadSelection(labels: Dictionary($0.map { ($0.key, $0.value) }) { first, _ in first }) }
  }

  /// All of some labels, and what others that have them have besides; nil without labels.
  private func excluding(
    _ others: [Int], all labels: [(key: String, value: String)], of group: Int
  ) -> WorkloadSelection? {
    guard !labels.isEmpty, var selection = chosen(labels) else { return nil }
    exclude(others.filter { hasAll(labels, in: $0) }, from: &selection, of: group)
    return selection
  }

  /// The first of one, two or all labels that no other workload has.
  private func fewest(
    of labels: [(key: String, value: String)], notIn others: [Int]
  ) -> [(key: String, value: String)]? {
    if labels.isEmpty { return nil }
    let pairs = labels.indices.flatMap { first in
      ((first + 1)..<max(first + 1, labels.count)).map { [labels[first], labels[$0]] }
    }
    let candidates = labels.map { [$0] } + pairs + (labels.count > 2 ? [labels] : [])
    return candidates.first { labels in !others.contains { hasAll(labels, in: $0) } }
  }

  /// Whether some pod of a workload has all these labels.
  private func hasAll(_ labels: [(key: String, value: String)], in group: Int) -> Bool {
    world.workloads[group].endpoints.contains { endpoint in
      labels.allSatisfy { world.endpoints[endpoint].labels[$0.key] == $0.value }
    }
  }

  /// Leaves out other workloads by labels that all their pods have and none of the workload's.
  private func exclude(_ others: [Int], from selection: inout WorkloadSelection, of group: Int) {
    let own = world.workloads[group].endpoints.map { world.endpoints[$0].labels }
    var absent: Set<String> = []
    var values: [String: Set<String>] = [:]
    for other in others {
      let labels = commonLabels(of: other)
      if labels.contains(where: { absent.contains($0.key) || values[$0.key]?.contains($0.value) ?? false }) {
        continue
      }
      let sorted = labels.sorted { (Self.rank($0.key), $0.key) < (Self.rank($1.key), $1.key) }
      if let missing = sorted.first(where: { label in own.allSatisfy { $0[label.key] == nil } }) {
        absent.insert(missing.key)
      } else if let differs = sorted.first(where: { label in own.allSatisfy { $0[label.key] != label.value } }
      ) {
        values[differs.key, default: []].insert(differs.value)
      } else {
        selection.alsoSelected.append(other)
      }
    }
    selection.exclusions =
      absent.sorted().map { .absent($0) }
      + values.sorted { $0.key < $1.key }.map { .notIn($0.key, $0.value.sorted()) }
  }

  private static func rank(_ key: String) -> Int { preferred.firstIndex(of: key) ?? preferred.count }

  /// Labels that every pod of a workload has, and will have after the next release.
  private func commonLabels(of group: Int) -> [(key: String, value: String)] {
    guard let first = world.workloads[group].endpoints.first else { return [] }
    return world.endpoints[first].labels.entries.filter { entry in
      !Self.isVolatile(entry.key)
        && world.workloads[group].endpoints.allSatisfy {
          world.endpoints[$0].labels[entry.key] == entry.value
        }
    }.map { ($0.key, $0.value) }
  }
}
