internal import Kubernetes

/// Decides which pods and templates are endpoints, and which workload each belongs to.
struct EndpointBuilder {
  private let manifests: ManifestSet
  private let visibleControllerLabels: Set<String>
  private let namespaceIndices: [String: Int]
  private let nodeIndices: [String: Int]
  /// For each workload object: the index of the workload object at the top of its owner chain.
  private var topOwners: [Int] = []
  private var workloadIndices: [OwnerKey: Int] = [:]
  /// For each workload object at the top of its chain: its group; -1 for the others.
  private var groupOfTop: [Int] = []
  /// For each workload object: the live pods whose owner it is directly.
  private var livePods: [[Int]] = []

  private(set) var endpoints: [Endpoint] = []
  private(set) var groups: [WorkloadGroup] = []

  private struct OwnerKey: Hashable {
    let namespace: String
    let kind: String
    let name: String
  }

  /// - Parameter visibleLabels: keys of labels that policies look at.
  init(
    _ manifests: ManifestSet, namespaceIndices: [String: Int], nodeIndices: [String: Int],
    visibleLabels: Set<String>
  ) {
    visibleControllerLabels = Self.controllerLabels.intersection(visibleLabels)
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
    groupOfTop = [Int](repeating: -1, count: manifests.workloads.count)
    livePods = [[Int]](repeating: [], count: manifests.workloads.count)
    makeGroups()
    addPods()
    addTemplates()
  }

  /// Follows `controller` references as long as they lead to objects that are present.
  private func topOwner(of start: Int) -> Int {
    var current = start
    for _ in 0..<8 {
      let namespace = manifests.workloads[current].meta.namespace
      guard let owner = owner(namespace, manifests.workloads[current].meta.controller), owner != current
      else { break }
      current = owner
    }
    return current
  }

  private func owner(_ namespace: String, _ reference: OwnerReference?) -> Int? {
    guard let reference else { return nil }
    return workloadIndices[OwnerKey(namespace: namespace, kind: reference.kind, name: reference.name)]
  }

  /// One group per workload that nobody owns, sorted by namespace, name and kind; pods without owner follow later.
  private mutating func makeGroups() {
    let workloads = manifests.workloads
    let tops = workloads.indices.filter { topOwners[$0] == $0 }.sorted { a, b in
      if workloads[a].meta.namespace != workloads[b].meta.namespace {
        return workloads[a].meta.namespace < workloads[b].meta.namespace
      }
      if workloads[a].meta.name != workloads[b].meta.name {
        return workloads[a].meta.name < workloads[b].meta.name
      }
      return workloads[a].kind.rawValue < workloads[b].kind.rawValue
    }
    for top in tops {
      let workload = workloads[top]
      guard let namespace = namespaceIndices[workload.meta.namespace] else { continue }
      groupOfTop[top] = groups.count
      groups.append(
        WorkloadGroup(
          kind: workload.kind.rawValue, namespace: namespace, name: workload.meta.name,
          location: workload.meta.location, endpoints: []))
    }
  }

  /// Adds every pod in the order of the input, in which replicas mostly stand together. Pods come by the hundred
  /// thousand, so they are never copied whole or sorted, and what neighbours share is looked up once.
  private mutating func addPods() {
    manifests.pods.withUnsafeBufferPointer { addPods($0) }
  }

  private mutating func addPods(_ pods: UnsafeBufferPointer<Pod>) {
    endpoints.reserveCapacity(pods.count + manifests.workloads.count)
    var known: (controller: OwnerReference?, owner: Int?)?
    var last: (name: String, index: Int)?
    for index in pods.indices {
      if last == nil || last?.name != pods[index].meta.namespace {
        last = namespaceIndices[pods[index].meta.namespace].map { (pods[index].meta.namespace, $0) }
        known = nil
      }
      guard let namespace = last?.index else { continue }
      if known == nil || known?.controller != pods[index].meta.controller {
        let (namespace, controller) = (pods[index].meta.namespace, pods[index].meta.controller)
        known = (controller, owner(namespace, controller))
      }
      let owner = known?.owner
      var group = owner.map { groupOfTop[topOwners[$0]] } ?? -1
      if group < 0 { group = addGroup(for: pods[index], namespace: namespace) }
      if !pods[index].isFinished {
        groups[group].endpoints.append(endpoints.count)
        if let owner { livePods[owner].append(endpoints.count) }
      }
      endpoints.append(
        Endpoint(
          kind: .pod, namespace: namespace, name: pods[index].meta.name, labels: pods[index].template.labels,
          ports: pods[index].template.ports, serviceAccount: pods[index].template.serviceAccountName,
          hostNetwork: pods[index].template.hostNetwork,
          isFinished: pods[index].isFinished, addresses: pods[index].addresses,
          node: pods[index].template.nodeName.flatMap { nodeIndices[$0] }, workload: group,
          location: pods[index].meta.location))
    }
  }

  private mutating func addGroup(for pod: Pod, namespace: Int) -> Int {
    groups.append(
      WorkloadGroup(
        kind: "Pod", namespace: namespace, name: pod.meta.name, location: pod.meta.location, endpoints: []))
    return groups.count - 1
  }

  /// A template is an endpoint unless live pods stand for it: pods of its own that carry all its labels.
  private mutating func addTemplates() {
    var livePodsOfTop = [[Int]](repeating: [], count: manifests.workloads.count)
    for (owner, pods) in livePods.enumerated() { livePodsOfTop[topOwners[owner]] += pods }
    let topsWithVisibleReplicas = topsWithVisibleReplicas()
    for (index, workload) in manifests.workloads.enumerated() {
      let top = topOwners[index]
      let group = groupOfTop[top]
      guard group >= 0, let namespace = namespaceIndices[workload.meta.namespace] else { continue }
      let isTop = top == index
      if isTop, topsWithVisibleReplicas.contains(index) { continue }
      if !isTop, workload.isScaledToZero { continue }
      if !isTop, isSameTemplate(workload, manifests.workloads[top]), !showsControllerLabels(workload) {
        continue
      }
      let pods = isTop ? livePodsOfTop[top] : livePods[index]
      if pods.contains(where: { carries(endpoints[$0].labels, workload.template.labels) }) { continue }
      groups[group].endpoints.append(endpoints.count)
      endpoints.append(
        Endpoint(
          kind: .template(workload.kind), namespace: namespace, name: workload.meta.name,
          labels: workload.template.labels, ports: workload.template.ports,
          serviceAccount: workload.template.serviceAccountName,
          hostNetwork: workload.template.hostNetwork, isFinished: false, addresses: .unknown,
          node: workload.template.nodeName.flatMap { nodeIndices[$0] }, workload: group,
          location: workload.meta.location))
    }
  }

  /// Workloads whose pods are made by an owned template that only differs by labels of the controllers, which
  /// policies look at: there the owned one is what the pods look like.
  private func topsWithVisibleReplicas() -> Set<Int> {
    if visibleControllerLabels.isEmpty { return [] }
    return Set(
      manifests.workloads.indices.filter { index in
        let (workload, top) = (manifests.workloads[index], topOwners[index])
        return top != index && !workload.isScaledToZero && isSameTemplate(workload, manifests.workloads[top])
          && showsControllerLabels(workload)
      }.map { topOwners[$0] })
  }

  private func showsControllerLabels(_ workload: Workload) -> Bool {
    workload.template.labels.entries.contains { visibleControllerLabels.contains($0.key) }
  }

  /// Whether an owned template is its owner's template, with nothing but the controllers' own labels added.
  private func isSameTemplate(_ owned: Workload, _ top: Workload) -> Bool {
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
