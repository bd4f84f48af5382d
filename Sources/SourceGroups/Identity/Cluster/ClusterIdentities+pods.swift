package import Kubernetes

// Events of pods.
extension ClusterIdentities {
  /// Applies what a list says: pods that are not in it are gone. O(pods), next to nothing for those as they were.
  package mutating func replacePods(_ listed: some Sequence<ObservedPod>, at moment: Timestamp) {
    startReplacingPods()
    for pod in listed { store(pod) }
    finishReplacingPods(at: moment)
  }

  /// Says that a list begins, whose pages come through ``apply(pods:at:)``.
  ///
  /// Made for lists that are too large to be in memory at once. A list that broke off is begun again.
  package mutating func startReplacingPods() { listing &+= 1 }

  /// Says that the list is at its end: pods that nobody spoke of since it began are gone. O(pods).
  package mutating func finishReplacingPods(at moment: Timestamp) {
    for slot in Array(pods.taken) where pods[slot]?.listing != listing { drop(slot) }
    settle(at: moment)
    markSynced(.pods)
  }

  /// Adds pods, or changes them to what they are now.
  package mutating func apply(pods changed: some Sequence<ObservedPod>, at moment: Timestamp) {
    for pod in changed { store(pod) }
    settle(at: moment)
  }

  /// Adds a pod, or changes it to what it is now. O(labels + selections it may belong to).
  ///
  /// One with another UID than the pod of its name is another pod: that one left, and this one came.
  package mutating func apply(pod: ObservedPod, at moment: Timestamp) {
    store(pod)
    settle(at: moment)
  }

  /// Takes a pod away. O(selections it belongs to).
  ///
  /// - Parameter uid: which pod of the name; when another has the name by now, nothing happens. Nil for any.
  package mutating func removePod(_ name: NamespacedName, uid: String? = nil, at moment: Timestamp) {
    guard let slot = podSlot(name), let pod = pods[slot], uid ?? pod.identity.uid == pod.identity.uid else {
      return
    }
    drop(slot)
    settle(at: moment)
  }

  func podSlot(_ name: NamespacedName) -> Slot? {
    namespaceSlots[name.namespace].flatMap { namespaces[$0]?.pods[name.name] }
  }

  private mutating func store(_ pod: ObservedPod) {
    let namespace = namespaceSlot(pod.name.namespace)
    if let slot = namespaces[namespace]?.pods[pod.name.name] {
      change(slot, to: pod)
    } else {
      insert(pod, in: namespace)
    }
  }

  private mutating func insert(_ pod: ObservedPod, in namespace: Slot) {
    let labels = labelSets.acquire(pod.labels)
    let slot = pods.next
    // One storage for the namespace's name, however many pods say it.
    let name = NamespacedName(
      namespace: namespaces[namespace]?.name ?? pod.name.namespace, name: pod.name.name)
    let addresses = pod.addresses.identifying
    let identity = Identity(
      kind: .pod, uid: pod.uid, name: name, node: nodeNames.acquire(pod.node), addresses: addresses,
      slot: slot)
    _ = pods.insert(
      PodRecord(
        identity: identity, serviceAccount: serviceAccounts.acquire(pod.serviceAccount), addresses: addresses,
        createdAt: pod.createdAt?.seconds ?? -1, labels: labels, namespace: namespace, listing: listing,
        traits: PodRecord.Traits(pod)))
    namespaces[namespace]?.pods[name.name] = slot
    link(slot, labels)
    announce(slot)
  }

  private mutating func change(_ slot: Slot, to pod: ObservedPod) {
    guard let old = pods[slot] else { return }
    pods[slot]?.listing = listing
    let (addresses, traits, createdAt) = (
      pod.addresses.identifying, PodRecord.Traits(pod), pod.createdAt?.seconds ?? -1
    )
    if labelSets[old.labels] != pod.labels {
      unlink(slot, old)
      let labels = labelSets.acquire(pod.labels)
      labelSets.release(old.labels)
      pods[slot]?.labels = labels
      link(slot, labels)
      unsettlePod(slot)
    }
    if old.serviceAccount != pod.serviceAccount {
      pods[slot]?.serviceAccount = serviceAccounts.acquire(pod.serviceAccount)
      serviceAccounts.release(old.serviceAccount)
      unsettlePod(slot)
    }
    let isSameObject = old.identity.uid == pod.uid && old.identity.node == pod.node
    guard
      !isSameObject || addresses != old.addresses || traits != old.traits || createdAt != old.createdAt
    else { return }
    withdraw(slot)
    pods[slot]?.addresses = addresses
    pods[slot]?.traits = traits
    pods[slot]?.createdAt = createdAt
    if !isSameObject {
      let node = nodeNames.acquire(pod.node)
      nodeNames.release(old.identity.node)
      pods[slot]?.identity = Identity(
        kind: .pod, uid: pod.uid, name: old.identity.name, node: node, addresses: old.identity.addresses,
        slot: slot)
    }
    announce(slot)
  }

  private mutating func drop(_ slot: Slot) {
    guard let pod = pods[slot] else { return }
    withdraw(slot)
    // Nothing is a member any longer: no moment is needed.
    for selection in pod.selections { place(slot, in: selection, at: .earliest) }
    unlink(slot, pod)
    labelSets.release(pod.labels)
    nodeNames.release(pod.identity.node)
    serviceAccounts.release(pod.serviceAccount)
    namespaces[pod.namespace]?.pods[pod.identity.name.name] = nil
    pods.remove(slot)
    forgetNamespaceIfUnused(pod.namespace)
  }

  /// Puts a pod's claims into the book.
  private mutating func announce(_ slot: Slot) {
    guard let pod = pods[slot] else { return }
    if !pod.traits.contains(.isFinished) {
      book.insert(pod.identity, at: pod.addresses)
      if pod.claimsAddresses { unsettleClaimants(of: pod.addresses) }
    }
    unsettlePod(slot)
    services.endpoints(of: pod.identity.name).forEach { unsettleEndpoint($0) }
  }

  /// Takes a pod's claims out of the book.
  private mutating func withdraw(_ slot: Slot) {
    guard let pod = pods[slot] else { return }
    if !pod.traits.contains(.isFinished) {
      book.remove(pod.identity, from: pod.addresses)
      if pod.claimsAddresses { unsettleClaimants(of: pod.addresses) }
    }
    services.endpoints(of: pod.identity.name).forEach { unsettleEndpoint($0) }
  }

  private mutating func link(_ slot: Slot, _ labels: Slot) {
    while podsByLabels.count <= Int(labels) { podsByLabels.append(-1) }
    let next = podsByLabels[Int(labels)]
    pods[slot]?.next = next
    pods[slot]?.previous = -1
    if next >= 0 { pods[next]?.previous = slot }
    podsByLabels[Int(labels)] = slot
  }

  private mutating func unlink(_ slot: Slot, _ pod: PodRecord) {
    if pod.next >= 0 { pods[pod.next]?.previous = pod.previous }
    if pod.previous >= 0 {
      pods[pod.previous]?.next = pod.next
    } else {
      podsByLabels[Int(pod.labels)] = pod.next
    }
  }
}
