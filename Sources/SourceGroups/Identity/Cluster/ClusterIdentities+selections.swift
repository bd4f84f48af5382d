package import Kubernetes

// Selections that come and go with policies.
extension ClusterIdentities {
  /// Says which selections are asked for. Those that were and are cost nothing and keep their members; equal ones are one.
  ///
  /// Needs no list: a new selection finds its members among what is known. O(selections), and for each new one O(objects that
  /// it may select).
  package mutating func setSelections(_ wanted: Set<ClusterSelection>, at moment: Timestamp) {
    for selection in selectionSlots.keys where !wanted.contains(selection) { remove(selection) }
    for selection in wanted where selectionSlots[selection] == nil { add(selection, at: moment) }
  }

  private mutating func add(_ selection: ClusterSelection, at moment: Timestamp) {
    switch selection {
    case .pods(let pods):
      let slot = insert(selection, anchor: rarestCondition(of: pods.pods))
      if pods.namespaces.all.isEmpty {
        podIndex.insert(slot, anchor: selections[slot]?.anchor)
      } else {
        file(slot, forNamespacesThat: pods.namespaces)
      }
      for pod in candidates(for: slot, pods) { select(pod, with: slot, at: moment) }
    case .nodes(let nodeSelection):
      let slot = insert(selection, anchor: nodeSelection.nodes.all.first(where: \.needsLabel))
      nodeIndex.insert(slot, anchor: selections[slot]?.anchor)
      for node in Array(nodes.taken) {
        guard let record = nodes[node], nodeSelection.nodes.matches(record.node.labels) else { continue }
        nodes[node]?.selections.append(slot)
        place(node, record, in: slot, at: moment)
      }
    case .serviceEndpoints(let service):
      let slot = insert(selection, anchor: nil)
      for endpoint in services.select(service, slot) { unsettleEndpoint(endpoint) }
      settle(at: moment)
    }
  }

  private mutating func remove(_ selection: ClusterSelection) {
    guard let slot = selectionSlots.removeValue(forKey: selection), let state = selections[slot] else {
      return
    }
    switch selection {
    case .pods(let pods):
      if pods.namespaces.all.isEmpty {
        podIndex.remove(slot, anchor: state.anchor)
      } else {
        unfile(slot, forNamespacesThat: pods.namespaces)
      }
      state.objects.forEach { self.pods[$0]?.selections.removeAll { $0 == slot } }
    case .nodes:
      nodeIndex.remove(slot, anchor: state.anchor)
      state.objects.forEach { nodes[$0]?.selections.removeAll { $0 == slot } }
    case .serviceEndpoints(let service):
      for endpoint in services.select(service, nil) { dropEndpoint(endpoint) }
    }
    selections.remove(slot)
  }

  private mutating func insert(_ selection: ClusterSelection, anchor: LabelRequirement?) -> Slot {
    let slot = selections.insert(SelectionState(selection, anchor: anchor))
    selectionSlots[selection] = slot
    updateSynced(slot)
    return slot
  }

  /// The condition that the fewest label sets meet among those that need a label.
  private func rarestCondition(of requirements: Requirements) -> LabelRequirement? {
    requirements.all.filter(\.needsLabel)
      .map { (condition: $0, count: labelSets.count(meeting: $0)) }
      .min { $0.count < $1.count }?.condition
  }

  /// Files a selection with the namespaces that meet what it asks of them.
  private mutating func file(_ slot: Slot, forNamespacesThat requirements: Requirements) {
    namespaceIndex.insert(slot, anchor: requirements.all.first(where: \.needsLabel))
    for namespace in Array(namespaces.taken) {
      guard let labels = namespaces[namespace]?.labels, requirements.matches(labels) else { continue }
      namespaces[namespace]?.selections.insert(slot)
      namespaces[namespace]?.index.insert(slot, anchor: selections[slot]?.anchor)
    }
  }

  private mutating func unfile(_ slot: Slot, forNamespacesThat requirements: Requirements) {
    namespaceIndex.remove(slot, anchor: requirements.all.first(where: \.needsLabel))
    for namespace in Array(namespaces.taken) where namespaces[namespace]?.selections.remove(slot) != nil {
      namespaces[namespace]?.index.remove(slot, anchor: selections[slot]?.anchor)
    }
  }

  /// Pods that a new selection selects by their labels: found in its namespaces, or by its rarest label, whichever are fewer.
  private func candidates(for slot: Slot, _ selection: PodSelection) -> [Slot] {
    var found: [Slot] = []
    let anchor = selections[slot]?.anchor
    if !selection.namespaces.all.isEmpty {
      let chosen = namespaces.taken.filter { namespaces[$0]?.selections.contains(slot) == true }
      let podCount = chosen.reduce(0) { $0 + (namespaces[$1]?.pods.count ?? 0) }
      if podCount <= anchor.map(labelSets.count(meeting:)) ?? labelSets.count {
        for namespace in chosen {
          found +=
            namespaces[namespace]?.pods.values.filter { pod in
              pods[pod].map { selection.selects($0, labelSets[$0.labels]) } ?? false
            } ?? []
        }
        return found
      }
    }
    labelSets.forEach(meeting: anchor) { labels in
      guard selection.pods.matches(labelSets[labels]) else { return }
      var pod = podsByLabels[Int(labels)]
      while pod >= 0, let record = pods[pod] {
        if selection.serviceAccounts?.contains(record.serviceAccount) != false,
          selection.namespaces.all.isEmpty || namespaces[record.namespace]?.selections.contains(slot) == true
        {
          found.append(pod)
        }
        pod = record.next
      }
    }
    return found
  }

  private mutating func select(_ slot: Slot, with selection: Slot, at moment: Timestamp) {
    pods[slot]?.selections.append(selection)
    pods[slot]?.selections.sort()
    guard let pod = pods[slot] else { return }
    place(slot, in: selection, at: moment, selecting: pod)
  }
}

extension SelectionState {
  /// Whoever it selects by labels, excluded or not.
  fileprivate var objects: Set<Slot> { Set(current.members.map(\.key)).union(current.exclusions.map(\.key)) }
}
