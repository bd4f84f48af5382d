internal import Kubernetes

/// Decides which templates are endpoints beside the pods, and which workload each endpoint belongs to.
struct EndpointBuilder {
  private let manifests: ManifestSet
  private let visibleControllerLabels: Set<String>
  private let replicas: TemplateReplicas
  private let namespaceIndices: [String: Int]
  private let nodes: NodeBuilder
  /// For each workload object: the index of the workload object at the top of its owner chain.
  private var topOwners: [Int] = []
  private var workloadIndices: [OwnerKey: Int] = [:]
  /// For each workload object at the top of its chain: its group; -1 for the others.
  private var groupOfTop: [Int] = []
  /// For each workload object: the live pods whose owner it is directly.
  private var livePods: [[Int]] = []

  private var templates: [Endpoints.Template] = []
  private var places: [Endpoints.Place] = []
  private(set) var groups: [WorkloadGroup] = []
  private(set) var ownedWorkloads: [OwnedWorkload] = []
  /// For each workload object: the endpoints that its template became.
  private var endpointsOfTemplate: [[Int]] = []

  /// What was built.
  var endpoints: Endpoints { Endpoints(pods: manifests.pods, templates: templates, places: places) }

  private struct OwnerKey: Hashable {
    let namespace: String
    let kind: String
    let name: String
  }

  /// - Parameter labels: those that policies look at.
  init(
    _ manifests: ManifestSet, namespaceIndices: [String: Int], nodes: NodeBuilder, labels: MentionedLabels
  ) {
    visibleControllerLabels = Self.controllerLabels.intersection(labels.keys.keys)
    replicas = TemplateReplicas(labels, services: manifests.services)
    self.manifests = manifests
    self.namespaceIndices = namespaceIndices
    self.nodes = nodes
  }

  mutating func build() {
    workloadIndices.reserveCapacity(manifests.workloads.count)
    for (index, workload) in manifests.workloads.enumerated() {
      workloadIndices[
        OwnerKey(namespace: workload.meta.namespace, kind: workload.kind.rawValue, name: workload.meta.name)] =
        index
    }
    topOwners = manifests.workloads.indices.map(topOwner)
    groupOfTop = [Int](repeating: -1, count: manifests.workloads.count)
    livePods = [[Int]](repeating: [], count: manifests.workloads.count)
    endpointsOfTemplate = livePods
    makeGroups()
    addPods()
    addTemplates()
    addOwnedWorkloads()
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
      let meta = workloads[top].meta
      guard let namespace = namespaceIndices[meta.namespace] else { continue }
      groupOfTop[top] = groups.count
      groups.append(
        WorkloadGroup(
          kind: workloads[top].kind.rawValue, namespace: namespace, name: meta.name, location: meta.location,
          endpoints: [], selectorKeys: workloads[top].selectorKeys))
    }
  }

  /// Places every pod. Pods come by the hundred thousand, so they are never copied, and what neighbours share, as
  /// replicas mostly do, is looked up once.
  private mutating func addPods() {
    places.reserveCapacity(manifests.pods.count + manifests.workloads.count)
    var first = 0
    while first < manifests.pods.count {
      let end = endOfSiblings(first)
      addSiblings(first..<end)
      first = end
    }
  }

  /// The index after the pods from `first` on that have one controller; one pod when it has none.
  private func endOfSiblings(_ first: Int) -> Int {
    let pods = manifests.pods
    var end = first + 1
    guard let controller = pods[first].meta.controller else { return end }
    let namespace = pods[first].meta.namespace
    while end < pods.count, let next = pods[end].meta.controller, next === controller || next == controller,
      pods[end].meta.namespace == namespace
    {
      end += 1
    }
    return end
  }

  private mutating func addSiblings(_ siblings: Range<Int>) {
    let meta = manifests.pods[siblings.lowerBound].meta
    // Every namespace that a pod is in is among them.
    let namespace = namespaceIndices[meta.namespace] ?? 0
    if let owner = owner(meta.namespace, meta.controller), groupOfTop[topOwners[owner]] >= 0 {
      livePods[owner] += place(siblings, namespace: namespace, group: groupOfTop[topOwners[owner]])
    } else {
      for index in siblings {
        let group = addGroup(for: manifests.pods[index].meta, namespace: namespace)
        _ = place(index..<(index + 1), namespace: namespace, group: group)
      }
    }
  }

  /// Puts pods into a group. Answers those that are not finished.
  private mutating func place(_ pods: Range<Int>, namespace: Int, group: Int) -> [Int] {
    let live = pods.filter { !manifests.pods[$0].isFinished }
    groups[group].endpoints += live
    for index in pods {
      places.append(
        .init(namespace: Int32(namespace), workload: Int32(group), node: nodes.nodeOfPod[index]))
    }
    return live
  }

  private mutating func addGroup(for pod: ObjectMeta, namespace: Int) -> Int {
    groups.append(
      WorkloadGroup(
        kind: "Pod", namespace: namespace, name: pod.name, location: pod.location, endpoints: []))
    return groups.count - 1
  }

  /// A template is an endpoint unless live pods stand for it: pods of its own that carry all its labels.
  private mutating func addTemplates() {
    let topsWithVisibleReplicas = topsWithVisibleReplicas()
    // By index: to name a workload would copy all of it.
    for index in manifests.workloads.indices {
      let top = topOwners[index]
      let group = groupOfTop[top]
      if group < 0 { continue }
      if index == top {
        if topsWithVisibleReplicas.contains(index) || isStoodFor(index, by: groups[group].endpoints) {
          continue
        }
      } else {
        if manifests.workloads[index].isScaledToZero || isStoodFor(index, by: livePods[index]) { continue }
        if isSameTemplate(index, top), !showsControllerLabels(index) { continue }
      }
      addTemplate(of: index, group: group)
    }
  }

  private mutating func addTemplate(of index: Int, group: Int) {
    let workload = manifests.workloads[index]
    let hasPods = groups[group].endpoints.contains { $0 < manifests.pods.count }
    for template in replicas.endpoints(of: workload, hasPods: hasPods) {
      endpointsOfTemplate[index].append(places.count)
      if case .template(let kind) = template.kind, kind != workload.kind {
        ownedWorkloads.append(
          OwnedWorkload(kind: kind, name: template.name, group: group, endpoints: [places.count]))
      }
      groups[group].endpoints.append(places.count)
      places.append(
        .init(
          namespace: Int32(groups[group].namespace), workload: Int32(group),
          node: nodes.number(of: workload.template.nodeName)))
      templates.append(template)
    }
  }

  /// Collects what the names of ReplicaSets and Jobs mean that belong to other workloads: their pods and what stands
  /// for those, or their owner's template when theirs is the same.
  private mutating func addOwnedWorkloads() {
    for index in manifests.workloads.indices {
      let (top, group) = (topOwners[index], groupOfTop[topOwners[index]])
      if top == index || group < 0 { continue }
      var endpoints = livePods[index] + endpointsOfTemplate[index]
      if endpoints.isEmpty, !manifests.workloads[index].isScaledToZero, isSameTemplate(index, top) {
        endpoints = endpointsOfTemplate[top]
      }
      ownedWorkloads.append(
        OwnedWorkload(
          kind: manifests.workloads[index].kind, name: manifests.workloads[index].meta.name, group: group,
          endpoints: endpoints))
    }
  }

  /// Whether one of the endpoints is a pod that carries all labels of the workload's template.
  private func isStoodFor(_ workload: Int, by endpoints: [Int]) -> Bool {
    let labels = manifests.workloads[workload].template.labels
    return endpoints.contains {
      $0 < manifests.pods.count && manifests.pods[$0].template.labels.isSuperset(of: labels)
    }
  }

  /// Workloads whose pods are made by an owned template that only differs by labels of the controllers, which
  /// policies look at: there the owned one is what the pods look like.
  private func topsWithVisibleReplicas() -> Set<Int> {
    if visibleControllerLabels.isEmpty { return [] }
    return Set(
      manifests.workloads.indices.filter { index in
        topOwners[index] != index && !manifests.workloads[index].isScaledToZero
          && isSameTemplate(index, topOwners[index]) && showsControllerLabels(index)
      }.map { topOwners[$0] })
  }

  private func showsControllerLabels(_ workload: Int) -> Bool {
    if visibleControllerLabels.isEmpty { return false }
    return manifests.workloads[workload].template.labels.entries.contains {
      visibleControllerLabels.contains($0.key)
    }
  }

  /// Whether an owned workload's template is its owner's, with nothing but the controllers' own labels added.
  private func isSameTemplate(_ owned: Int, _ top: Int) -> Bool {
    let workloads = manifests.workloads
    let labels = workloads[top].template.labels
    return workloads[owned].template.ports == workloads[top].template.ports
      && workloads[owned].template.hostNetwork == workloads[top].template.hostNetwork
      && workloads[owned].template.labels.isSuperset(of: labels)
      && workloads[owned].template.labels.entries.allSatisfy { entry in
        labels[entry.key] == entry.value || Self.controllerLabels.contains(entry.key)
      }
  }

  private static let controllerLabels: Set<String> = [
    "pod-template-hash", "controller-revision-hash", "pod-template-generation", "job-name", "controller-uid",
    "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid",
  ]
}
