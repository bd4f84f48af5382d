internal import Kubernetes

/// EndpointSlices by the Service that they belong to, and the endpoints of Services that are selected.
struct ServiceTable: Sendable {
  struct Service: Sendable {
    var slices: [NamespacedName: ObservedEndpointSlice] = [:]
    /// Nil while nobody selects it.
    var selection: Slot?
    /// Only while it is selected.
    var endpoints: [EndpointKey: Slot] = [:]
  }

  private(set) var services: [NamespacedName: Service] = [:]
  /// The Service of each slice.
  private(set) var owners: [NamespacedName: NamespacedName] = [:]
  var endpoints = Slots<EndpointRecord>()
  private var byPod: [NamespacedName: [Slot]] = [:]

  /// The slots of the selected endpoints that are a pod. O(1).
  func endpoints(of pod: NamespacedName) -> [Slot] { byPod.isEmpty ? [] : byPod[pod] ?? [] }

  /// Takes a slice, or nil where it is gone. Answers the endpoints that may have changed. O(endpoints of the slice).
  mutating func store(_ slice: ObservedEndpointSlice?, named name: NamespacedName) -> [Slot] {
    var changed: [Slot] = []
    if let owner = owners[name], let old = services[owner]?.slices[name] {
      if old == slice { return [] }
      changed = withdraw(old, from: owner)
      services[owner]?.slices[name] = nil
      owners[name] = nil
      if slice?.service != owner.name { forgetIfUnused(owner) }
    }
    guard let slice, !slice.service.isEmpty else { return changed }
    let service = NamespacedName(namespace: name.namespace, name: slice.service)
    owners[name] = service
    services[service, default: Service()].slices[name] = slice
    return changed + announce(slice, to: service)
  }

  /// Follows a Service for a selection, or no longer (nil). Answers its endpoints. O(endpoints).
  mutating func select(_ service: NamespacedName, _ selection: Slot?) -> [Slot] {
    if selection == nil {
      let slots = (services[service]?.endpoints.values).map(Array.init) ?? []
      services[service]?.selection = nil
      services[service]?.endpoints = [:]
      forgetIfUnused(service)
      return slots
    }
    services[service, default: Service()].selection = selection
    var slots: [Slot] = []
    for slice in services[service]?.slices.values.map(\.self) ?? [] { slots += announce(slice, to: service) }
    return slots
  }

  mutating func removeEndpoint(_ slot: Slot) {
    guard let endpoint = endpoints[slot] else { return }
    services[endpoint.service]?.endpoints[endpoint.key] = nil
    if case .pod(let pod) = endpoint.key {
      byPod[pod]?.removeAll { $0 == slot }
      if byPod[pod]?.isEmpty == true { byPod[pod] = nil }
    }
    endpoints.remove(slot)
  }

  private mutating func announce(_ slice: ObservedEndpointSlice, to service: NamespacedName) -> [Slot] {
    guard let selection = services[service]?.selection else { return [] }
    var changed: [Slot] = []
    for (key, addresses) in slice.endpointsByKey {
      let slot = services[service]?.endpoints[key] ?? insert(key, service, selection)
      endpoints[slot]?.parts[slice.name] = EndpointRecord.Part(addresses: addresses, uid: slice.uid)
      changed.append(slot)
    }
    return changed
  }

  private mutating func withdraw(_ slice: ObservedEndpointSlice, from service: NamespacedName) -> [Slot] {
    guard let known = services[service]?.endpoints, !known.isEmpty else { return [] }
    let changed = slice.endpointsByKey.keys.compactMap { known[$0] }
    for slot in changed { endpoints[slot]?.parts[slice.name] = nil }
    return changed
  }

  private mutating func insert(_ key: EndpointKey, _ service: NamespacedName, _ selection: Slot) -> Slot {
    let slot = endpoints.insert(EndpointRecord(key: key, service: service, selection: selection))
    services[service]?.endpoints[key] = slot
    if case .pod(let pod) = key { byPod[pod, default: []].append(slot) }
    return slot
  }

  private mutating func forgetIfUnused(_ name: NamespacedName) {
    if let service = services[name], service.slices.isEmpty, service.selection == nil { services[name] = nil }
  }
}

/// What makes endpoints of several slices one: a pod with both families stands in two.
enum EndpointKey: Sendable, Hashable {
  case pod(NamespacedName)
  /// An endpoint that is no pod.
  case address(IPAddress)
}

/// One backend of a selected Service.
struct EndpointRecord: Sendable {
  /// What one slice says about it.
  struct Part: Sendable {
    let addresses: [IPAddress]
    let uid: String
  }

  let key: EndpointKey
  let service: NamespacedName
  let selection: Slot
  var parts: [NamespacedName: Part] = [:]
  /// As it stands in the book; nil until it does.
  var identity: Identity?
  /// Under which addresses it stands there.
  var addresses: [IPAddress] = []
  var isUnsettled = false
}

extension ObservedEndpointSlice {
  /// Its endpoints, those of one pod together, and those that are no pod by address.
  fileprivate var endpointsByKey: [EndpointKey: [IPAddress]] {
    var byKey: [EndpointKey: [IPAddress]] = [:]
    for endpoint in endpoints {
      if let pod = endpoint.pod {
        byKey[.pod(pod), default: []] += endpoint.addresses
      } else {
        for address in endpoint.addresses { byKey[.address(address)] = [address] }
      }
    }
    return byKey
  }
}
