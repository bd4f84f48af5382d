package import Kubernetes

// Events of namespaces.
//
// A pod of a namespace that is not known (yet, or any longer) meets nothing that is asked of namespaces, not even by name; only
// selections that take every namespace select it. Members are never more than what is known for certain.
extension ClusterIdentities {
  /// Applies what a list says: namespaces that are not in it are gone. O(namespaces + pods of those that changed).
  package mutating func replaceNamespaces(_ listed: some Sequence<ObservedNamespace>, at moment: Timestamp) {
    var names: Set<String> = []
    for namespace in listed {
      names.insert(namespace.name.name)
      store(namespace)
    }
    for (name, slot) in namespaceSlots where !names.contains(name) { setLabels(of: slot, nil) }
    settle(at: moment)
    markSynced(.namespaces)
  }

  /// Adds a namespace, or changes its labels. O(selections that ask for its labels), and when other selections take its
  /// pods now, O(its pods).
  package mutating func apply(namespace: ObservedNamespace, at moment: Timestamp) {
    store(namespace)
    settle(at: moment)
  }

  /// Takes a namespace away. Its pods stay until somebody says that they are gone.
  package mutating func removeNamespace(_ name: NamespacedName, at moment: Timestamp) {
    guard let slot = namespaceSlots[name.name] else { return }
    setLabels(of: slot, nil)
    settle(at: moment)
  }

  /// The slot of a namespace, made when it is not there.
  mutating func namespaceSlot(_ name: String) -> Slot {
    if let slot = namespaceSlots[name] { return slot }
    let slot = namespaces.insert(NamespaceRecord(name: name))
    namespaceSlots[name] = slot
    return slot
  }

  mutating func forgetNamespaceIfUnused(_ slot: Slot) {
    guard let namespace = namespaces[slot], namespace.labels == nil, namespace.pods.isEmpty else { return }
    namespaceSlots[namespace.name] = nil
    namespaces.remove(slot)
  }

  private mutating func store(_ namespace: ObservedNamespace) {
    let slot = namespaceSlot(namespace.name.name)
    setLabels(of: slot, namespace.labels.setting([Namespace.nameLabel: namespace.name.name]))
  }

  private mutating func setLabels(of slot: Slot, _ labels: Labels?) {
    guard let old = namespaces[slot], old.labels != labels else { return }
    namespaces[slot]?.labels = labels
    var selected: Set<Slot> = []
    if let labels {
      namespaceIndex.forEachCandidate(for: labels) { selection in
        if case .pods(let pods) = selections[selection]?.selection, pods.namespaces.matches(labels) {
          selected.insert(selection)
        }
      }
    }
    guard selected != old.selections else {
      forgetNamespaceIfUnused(slot)
      return
    }
    for selection in old.selections.subtracting(selected) {
      namespaces[slot]?.index.remove(selection, anchor: selections[selection]?.anchor)
    }
    for selection in selected.subtracting(old.selections) {
      namespaces[slot]?.index.insert(selection, anchor: selections[selection]?.anchor)
    }
    namespaces[slot]?.selections = selected
    for pod in old.pods.values { unsettlePod(pod) }
    forgetNamespaceIfUnused(slot)
  }
}
