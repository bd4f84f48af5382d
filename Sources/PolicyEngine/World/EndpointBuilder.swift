internal import Kubernetes

/// Decides which pods and templates are endpoints, and which workload each belongs to.
struct EndpointBuilder {
  private let manifests: ManifestSet
  private let namespaceIndices: [String: Int]
  private let nodeIndices: [String: Int]
  /// For each workload object: the index of the workload object at the top of its owner chain.
  private var topOwners: [Int] = []
  private var workloadIndices: [OwnerKey: Int] = [:]

  private(set) var endpoints: [Endpoint] = []
  private(set) var groups: [WorkloadGroup] = []

  private struct OwnerKey: Hashable {
    let namespace: String
    let kind: String
    let name: String
  }

  init(_ manifests: ManifestSet, namespaceIndices: [String: Int], nodeIndices: [String: Int]) {
    self.manifests = manifests
    self.namespaceIndices = namespaceIndices
    self.nodeIndices = nodeIndices
  }

  mutating func build() {
    for (index, workload) in manifests.workloads.enumerated() {
      workloadIndices[
        OwnerKey(namespace: workload.meta.namespace, kind: workload.kind.rawValue, name: workload.meta.name)] =
        index
    }
    topOwners = manifests.workloads.indices.map(topOwner)
    let groupOfTop = makeGroups()
    let pods = addPods(groupOfTop)
    addTemplates(groupOfTop, livePods: pods)
  }

  /// Follows `controller` references as long as they lead to objects that are present.
  private func topOwner(of start: Int) -> Int {
    var current = start
    for _ in 0..<8 {
      let meta = manifests.workloads[current].meta
      guard let owner = owner(of: meta), owner != current else { break }
      current = owner
    }
    return current
  }

  private func owner(of meta: ObjectMeta) -> Int? {
    guard let reference = meta.controller else { return nil }
    return workloadIndices[OwnerKey(namespace: meta.namespace, kind: reference.kind, name: reference.name)]
  }

  /// One group per workload that nobody owns, sorted by namespace, name and kind; pods without owner follow later.
  private mutating func makeGroups() -> [Int: Int] {
    let workloads = manifests.workloads
    let tops = workloads.indices.filter { topOwners[$0] == $0 }.sorted {
      let (a, b) = (workloads[$0], workloads[$1])
      return (a.meta.namespace, a.meta.name, a.kind.rawValue) < (
        b.meta.namespace, b.meta.name, b.kind.rawValue
      )
    }
    var groupOfTop: [Int: Int] = [:]
    for top in tops {
      let workload = workloads[top]
      guard let namespace = namespaceIndices[workload.meta.namespace] else { continue }
      groupOfTop[top] = groups.count
      groups.append(
        WorkloadGroup(
          kind: workload.kind.rawValue, namespace: namespace, name: workload.meta.name,
          location: workload.meta.location, endpoints: []))
    }
    return groupOfTop
  }

  /// Adds every pod. Answers, per workload object, the live pods whose owner it is directly.
  private mutating func addPods(_ groupOfTop: [Int: Int]) -> [Int: [Int]] {
    var livePods: [Int: [Int]] = [:]
    endpoints.reserveCapacity(manifests.pods.count + manifests.workloads.count)
    let order = manifests.pods.indices.sorted {
      let (a, b) = (manifests.pods[$0].meta, manifests.pods[$1].meta)
      return a.namespace == b.namespace ? a.name < b.name : a.namespace < b.namespace
    }
    for index in order {
      let pod = manifests.pods[index]
      guard let namespace = namespaceIndices[pod.meta.namespace] else { continue }
      let owner = owner(of: pod.meta)
      let group = owner.flatMap { groupOfTop[topOwners[$0]] } ?? addGroup(for: pod, namespace: namespace)
      if !pod.isFinished {
        groups[group].endpoints.append(endpoints.count)
        if let owner { livePods[owner, default: []].append(endpoints.count) }
      }
      endpoints.append(
        Endpoint(
          kind: .pod, namespace: namespace, name: pod.meta.name, labels: pod.template.labels,
          ports: pod.template.ports, hostNetwork: pod.template.hostNetwork, isFinished: pod.isFinished,
          addresses: pod.addresses, node: pod.template.nodeName.flatMap { nodeIndices[$0] }, workload: group,
          location: pod.meta.location))
    }
    return livePods
  }

  private mutating func addGroup(for pod: Pod, namespace: Int) -> Int {
    groups.append(
      WorkloadGroup(
        kind: "Pod", namespace: namespace, name: pod.meta.name, location: pod.meta.location, endpoints: []))
    return groups.count - 1
  }

  /// A template is an endpoint unless live pods stand for it: pods of its own that carry all its labels.
  private mutating func addTemplates(_ groupOfTop: [Int: Int], livePods: [Int: [Int]]) {
    var livePodsOfTop: [Int: [Int]] = [:]
    for (owner, pods) in livePods { livePodsOfTop[topOwners[owner], default: []] += pods }
    for (index, workload) in manifests.workloads.enumerated() {
      let top = topOwners[index]
      guard let group = groupOfTop[top], let namespace = namespaceIndices[workload.meta.namespace] else {
        continue
      }
      let isTop = top == index
      if !isTop, workload.isScaledToZero || standsForSameTemplate(workload, manifests.workloads[top]) {
        continue
      }
      let pods = isTop ? livePodsOfTop[top] ?? [] : livePods[index] ?? []
      if pods.contains(where: { carries(endpoints[$0].labels, workload.template.labels) }) { continue }
      groups[group].endpoints.append(endpoints.count)
      endpoints.append(
        Endpoint(
          kind: .template(workload.kind), namespace: namespace, name: workload.meta.name,
          labels: workload.template.labels, ports: workload.template.ports,
          hostNetwork: workload.template.hostNetwork, isFinished: false, addresses: .unknown,
          node: workload.template.nodeName.flatMap { nodeIndices[$0] }, workload: group,
          location: workload.meta.location))
    }
  }

  /// Whether an owned template is to policies its owner's template, with nothing but the controllers' own labels
  /// added.
  private func standsForSameTemplate(_ owned: Workload, _ top: Workload) -> Bool {
    owned.template.ports == top.template.ports && owned.template.hostNetwork == top.template.hostNetwork
      && carries(owned.template.labels, top.template.labels)
      && owned.template.labels.entries.allSatisfy { entry in
        top.template.labels[entry.key] == entry.value || Self.controllerLabels.contains(entry.key)
      }
  }

  private static let controllerLabels: Set<String> = [
    "pod-template-hash", "controller-revision-hash", "pod-template-generation", "job-name", "controller-uid",
    "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid",
  ]

  private func carries(_ labels: Labels, _ wanted: Labels) -> Bool {
    wanted.entries.allSatisfy { labels[$0.key] == $0.value }
  }
}
