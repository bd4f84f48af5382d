internal import Kubernetes

// What a pod is to selections.
extension ClusterIdentities {
  mutating func settlePod(_ slot: Slot, at moment: Timestamp) {
    guard pods[slot]?.isUnsettled == true else { return }
    pods[slot]?.isUnsettled = false
    let lost = settleAddresses(slot)
    guard let pod = pods[slot] else { return }
    let selected = selections(of: pod)
    for selection in pod.selections where !selected.contains(selection) {
      place(slot, in: selection, at: moment)
    }
    pods[slot]?.selections = selected
    for selection in selected { place(slot, pod, lost, in: selection, at: moment) }
  }

  /// Places one pod in one selection that selects it by its labels.
  mutating func place(_ slot: Slot, in selection: Slot, at moment: Timestamp, selecting pod: PodRecord) {
    place(slot, pod, lostAddress(pod), in: selection, at: moment)
  }

  private mutating func place(
    _ slot: Slot, _ pod: PodRecord, _ lost: Exclusion.Reason?, in selection: Slot, at moment: Timestamp
  ) {
    let reason = exclusionReason(pod, lost, in: selection)
    let isMember = reason == nil || reason == lost && !pod.identity.addresses.isEmpty
    place(
      slot, in: selection, member: isMember ? pod.identity : nil,
      exclusion: reason.map { Exclusion(identity: pod.identity, reason: $0) }, at: moment)
  }

  private func exclusionReason(
    _ pod: PodRecord, _ lost: Exclusion.Reason?, in selection: Slot
  ) -> Exclusion.Reason? {
    if pod.traits.contains(.isFinished) { return .finished }
    if pod.traits.contains(.usesHostNetwork), selections[selection]?.includesHostNetwork != true {
      return .hostNetwork
    }
    return pod.addresses.isEmpty ? .noAddress : lost
  }

  /// The first of a pod's addresses that another pod has won.
  private func lostAddress(_ pod: PodRecord) -> Exclusion.Reason? {
    guard pod.claimsAddresses, pod.addresses.count > pod.identity.addresses.count else { return nil }
    for address in pod.addresses where !pod.identity.addresses.contains(address) {
      if let owner = owner(of: address) { return .duplicateAddress(address, of: owner.identity.name) }
    }
    return nil
  }

  /// Finds out which addresses are the pod's own. Answers the first that is not, when another pod has won it.
  private mutating func settleAddresses(_ slot: Slot) -> Exclusion.Reason? {
    guard let pod = pods[slot] else { return nil }
    var own = pod.addresses
    if pod.traits.contains(.isFinished) {
      own = []
    } else if pod.claimsAddresses {
      own = own.filter { owner(of: $0)?.identity.slot == slot }
    }
    if own != pod.identity.addresses {
      let identity = Identity(
        kind: .pod, uid: pod.identity.uid, name: pod.identity.name, node: pod.identity.node, addresses: own,
        slot: slot)
      pods[slot]?.identity = identity
      if !pod.traits.contains(.isFinished) { book.insert(identity, at: pod.addresses) }
    }
    return pods[slot].flatMap(lostAddress)
  }

  /// Selections that select a pod by its labels, ascending. O(labels + candidates).
  private func selections(of pod: PodRecord) -> [Slot] {
    let labels = labelSets[pod.labels]
    var selected: [Slot] = []
    func ask(_ slot: Slot) {
      guard case .pods(let selection) = selections[slot]?.selection, selection.selects(pod, labels) else {
        return
      }
      selected.append(slot)
    }
    podIndex.forEachCandidate(for: labels, ask)
    namespaces[pod.namespace]?.index.forEachCandidate(for: labels, ask)
    return selected.count < 2 ? selected : selected.sorted()
  }
}

extension PodSelection {
  /// Whether it selects a pod of a namespace that meets ``namespaces``, by its labels and its service account.
  func selects(_ pod: PodRecord, _ labels: Labels) -> Bool {
    serviceAccounts?.contains(pod.serviceAccount) != false && pods.matches(labels)
  }
}

extension SelectionState {
  fileprivate var includesHostNetwork: Bool {
    if case .pods(let pods) = selection { pods.includesHostNetwork } else { false }
  }
}
