internal import Kubernetes
internal import PolicyModel

/// Sorts endpoints into classes. O(endpoints), and little per endpoint: neighbours are mostly replicas.
struct EndpointClassifier {
  private let world: World
  private let vocabulary: Vocabulary
  private let profile: EngineProfile
  private let atoms: AddressAtoms

  private(set) var facets: [Facet] = []
  private(set) var classes: [EndpointClass] = []
  /// The class of each endpoint.
  private(set) var classOfEndpoint: [Int32] = []
  /// An endpoint for each number of visible labels, and for each number of visible port names.
  private(set) var labelSignatures: [[UInt64]] = []
  private(set) var portExamples: [Endpoint?] = []

  private var facetNumbers: [Facet: Int32] = [:]
  private var classNumbers: [EndpointClass: Int32] = [:]
  private var labelNumbers: [Labels: Int32] = [:]
  private var signatureNumbers: [[UInt64]: Int32] = [:]
  private var portNumbers: [[ContainerPort]: Int32] = [:]

  init(_ world: World, _ vocabulary: Vocabulary, _ atoms: AddressAtoms, _ profile: EngineProfile) {
    self.world = world
    self.vocabulary = vocabulary
    self.atoms = atoms
    self.profile = profile
  }

  mutating func run() {
    classOfEndpoint.reserveCapacity(world.endpoints.count)
    portNumbers[[]] = 0
    portExamples.append(nil)
    let storage = world.endpoints.storage
    storage.pods.withUnsafeBufferPointer { pods in
      var look = PodLook(pods, vocabulary, atoms)
      // The last pod that was looked at in full: most of those after it are its replicas.
      var model: (index: Int, atom: Int32, result: Int32)?
      for index in pods.indices {
        let atom = look.soleAtom(index)
        if let model, let atom, atom == model.atom,
          storage.places[index].namespace == storage.places[model.index].namespace,
          look.areAlike(model.index, index)
        {
          classOfEndpoint.append(model.result)
          continue
        }
        let result = classify(world.endpoints[index])
        classOfEndpoint.append(result)
        model = atom.map { (index, $0, result) }
      }
    }
    for endpoint in world.endpoints.dropFirst(storage.pods.count) {
      classOfEndpoint.append(classify(endpoint))
    }
  }

  /// What blocks can see of an endpoint's addresses, as a pod and as a part of its node.
  private struct AddressKey {
    var asPod: [Facet.Address]
    var podFamilies: [AddressFamily]
    var asNode: [Facet.Address]
    var nodeFamilies: [AddressFamily]
  }

  private func addressKey(of endpoint: Endpoint) -> AddressKey {
    var key = AddressKey(asPod: [], podFamilies: [], asNode: [], nodeFamilies: [])
    if endpoint.isFinished {
      key.asPod = [.none]
    } else {
      switch endpoint.addresses {
      case .unknown: key.asPod = [.unknown]
      case .none: key.asPod = [.none]
      case .known(let addresses):
        key.asPod = addresses.map { .atom(atoms.atom(of: $0)) }
        key.podFamilies = addresses.map(\.family)
      }
    }
    if endpoint.hostNetwork {
      let addresses = world.addressesAsNode(endpoint)
      key.asNode = addresses.isEmpty ? [.unknown] : addresses.map { .atom(atoms.atom(of: $0)) }
      key.nodeFamilies = addresses.map(\.family)
    }
    return key
  }

  private mutating func classify(_ endpoint: Endpoint) -> Int32 {
    let key = addressKey(of: endpoint)
    let labels = number(of: endpoint.labels)
    let ports = portNumber(of: endpoint)
    var own: [Int32] = []
    let isHostNetwork = endpoint.hostNetwork && !endpoint.isFinished
    func add(
      _ address: Facet.Address, _ family: AddressFamily?, asNode: Bool,
      _ reading: EngineProfile.HostNetworkReading?, _ classifier: inout EndpointClassifier
    ) {
      let number = classifier.number(
        of: Facet(
          namespace: Int32(endpoint.namespace), labels: labels, ports: asNode ? 0 : ports, address: address,
          family: family, isSelectable: !asNode && address != .none && !endpoint.isFinished,
          isPoliced: !asNode && !endpoint.isFinished, isNode: asNode, reading: reading))
      if !own.contains(number) { own.append(number) }
    }
    if !isHostNetwork || profile.hostNetworkReadings.contains(.asPods) {
      for (index, address) in key.asPod.enumerated() {
        let family = index < key.podFamilies.count ? key.podFamilies[index] : familyOfUnknown(address)
        add(address, family, asNode: false, isHostNetwork ? .asPods : nil, &self)
      }
    }
    if isHostNetwork, profile.hostNetworkReadings.contains(.asNodes) {
      for (index, address) in key.asNode.enumerated() {
        let family = index < key.nodeFamilies.count ? key.nodeFamilies[index] : familyOfUnknown(address)
        add(address, family, asNode: true, .asNodes, &self)
      }
    }
    let found = EndpointClass(facets: own)
    if let known = classNumbers[found] { return known }
    let number = Int32(classes.count)
    classes.append(found)
    classNumbers[found] = number
    return number
  }

  private func familyOfUnknown(_ address: Facet.Address) -> AddressFamily? {
    address == .unknown ? world.assumedFamily : nil
  }

  private mutating func number(of facet: Facet) -> Int32 {
    if let known = facetNumbers[facet] { return known }
    let number = Int32(facets.count)
    facets.append(facet)
    facetNumbers[facet] = number
    return number
  }

  private mutating func number(of labels: Labels) -> Int32 {
    if let known = labelNumbers[labels] { return known }
    let signature = vocabulary.signature(of: labels)
    let number: Int32
    if let known = signatureNumbers[signature] {
      number = known
    } else {
      number = Int32(labelSignatures.count)
      signatureNumbers[signature] = number
      labelSignatures.append(signature)
    }
    labelNumbers[labels] = number
    return number
  }

  private mutating func portNumber(of endpoint: Endpoint) -> Int32 {
    if vocabulary.portNames.isEmpty { return 0 }
    let visible = endpoint.ports.filter { $0.name.map(vocabulary.portNames.contains) ?? false }
    if let known = portNumbers[visible] { return known }
    let number = Int32(portExamples.count)
    portNumbers[visible] = number
    portExamples.append(endpoint)
    return number
  }
}

/// Tells replicas apart without numbering anything. Apart from ``EndpointClassifier``, which changes at every
/// step and would be copied for each question. Reads fields in place, as a pod is large.
private struct PodLook {
  private let pods: UnsafeBufferPointer<Pod>
  private let atoms: AddressAtoms
  private var lens: Labels.Lens

  init(_ pods: UnsafeBufferPointer<Pod>, _ vocabulary: Vocabulary, _ atoms: AddressAtoms) {
    self.pods = pods
    self.atoms = atoms
    lens = Labels.Lens { vocabulary.podKeys[$0] != nil }
  }

  /// All that blocks can see of an ordinary running pod with one address, or with an unknown one; nil for others.
  func soleAtom(_ index: Int) -> Int32? {
    if pods[index].template.hostNetwork || pods[index].isFinished { return nil }
    switch pods[index].addresses {
    case .unknown: return -1
    case .none: return nil
    case .known(let addresses): return addresses.count == 1 ? atoms.atom(of: addresses[0]) : nil
    }
  }

  /// Whether policies see no difference in the labels and ports of two pods.
  mutating func areAlike(_ a: Int, _ b: Int) -> Bool {
    lens.areAlike(pods[a].template.labels, pods[b].template.labels)
      && pods[a].template.ports == pods[b].template.ports
  }
}

extension World {
  /// A host-network pod sends with its node's addresses; its own status says them when the node does not.
  func addressesAsNode(_ endpoint: Endpoint) -> [IPAddress] {
    if let node = endpoint.node, !nodes[node].addresses.isEmpty { return nodes[node].addresses }
    if case .known(let addresses) = endpoint.addresses { return addresses }
    return []
  }
}
