package import Kubernetes

// Events of EndpointSlices, and what stands behind Services.
//
// EndpointSlices lag behind their pods. An endpoint that is a pod is excluded while the pod is known to be finished or to have its
// node's addresses, and loses an address that another pod has by now. What is no pod is taken as it is written.
extension ClusterIdentities {
  /// Applies what a list says: slices that are not in it are gone. O(endpoints).
  package mutating func replaceEndpointSlices(
    _ listed: some Sequence<ObservedEndpointSlice>, at moment: Timestamp
  ) {
    var names: Set<NamespacedName> = []
    for slice in listed {
      names.insert(slice.name)
      store(slice, named: slice.name)
    }
    for name in services.owners.keys where !names.contains(name) { store(nil, named: name) }
    settle(at: moment)
    markSynced(.endpointSlices)
  }

  /// Adds a slice, or changes it to what it is now. O(its endpoints).
  package mutating func apply(endpointSlice slice: ObservedEndpointSlice, at moment: Timestamp) {
    store(slice, named: slice.name)
    settle(at: moment)
  }

  /// Takes a slice away; nothing happens when another slice has the name by now. O(its endpoints).
  package mutating func removeEndpointSlice(_ name: NamespacedName, uid: String? = nil, at moment: Timestamp)
  {
    guard let owner = services.owners[name], let slice = services.services[owner]?.slices[name],
      uid ?? slice.uid == slice.uid
    else { return }
    store(nil, named: name)
    settle(at: moment)
  }

  private mutating func store(_ slice: ObservedEndpointSlice?, named name: NamespacedName) {
    for slot in services.store(slice, named: name) { unsettleEndpoint(slot) }
  }

  /// Decides what an endpoint is to the selection of its Service. O(its slices + claimants of its addresses).
  mutating func settleEndpoint(_ slot: Slot, at moment: Timestamp) {
    guard let endpoint = services.endpoints[slot], endpoint.isUnsettled else { return }
    services.endpoints[slot]?.isUnsettled = false
    guard let source = endpoint.parts.min(by: { $0.key < $1.key })?.value else {
      dropEndpoint(slot)
      return
    }
    let addresses = endpoint.parts.values.flatMap(\.addresses).identifying
    let standing = standing(of: endpoint.key, addresses)
    let identity = Identity(
      kind: .endpoint, uid: standing.pod?.identity.uid ?? source.uid,
      name: endpoint.key.podName ?? endpoint.service, node: standing.pod?.identity.node ?? "",
      addresses: standing.own, slot: slot)
    if endpoint.identity != identity || endpoint.addresses != addresses {
      if let old = endpoint.identity { book.remove(old, from: endpoint.addresses) }
      book.insert(identity, at: addresses)
      services.endpoints[slot]?.identity = identity
      services.endpoints[slot]?.addresses = addresses
    }
    place(
      slot, in: endpoint.selection, member: standing.own.isEmpty ? nil : identity,
      exclusion: standing.reason.map { Exclusion(identity: identity, reason: $0) }, at: moment)
  }

  mutating func dropEndpoint(_ slot: Slot) {
    guard let endpoint = services.endpoints[slot] else { return }
    if let identity = endpoint.identity { book.remove(identity, from: endpoint.addresses) }
    place(slot, in: endpoint.selection, at: .earliest)
    services.removeEndpoint(slot)
  }

  /// Which of its addresses an endpoint may send from, and why not from the others.
  private func standing(
    of key: EndpointKey, _ addresses: [IPAddress]
  ) -> (own: [IPAddress], reason: Exclusion.Reason?, pod: PodRecord?) {
    guard let name = key.podName else { return (addresses, nil, nil) }
    let pod = podSlot(name).flatMap { pods[$0] }
    if pod?.traits.contains(.isFinished) == true { return ([], .finished, pod) }
    if pod?.traits.contains(.usesHostNetwork) == true { return ([], .hostNetwork, pod) }
    if addresses.isEmpty { return ([], .noAddress, pod) }
    var (own, reason): ([IPAddress], Exclusion.Reason?) = ([], nil)
    for address in addresses {
      if let owner = owner(of: address), owner.identity.name != name {
        reason = reason ?? .duplicateAddress(address, of: owner.identity.name)
      } else {
        own.append(address)
      }
    }
    return (own, reason, pod)
  }
}

extension EndpointKey {
  fileprivate var podName: NamespacedName? {
    if case .pod(let name) = self { name } else { nil }
  }
}
