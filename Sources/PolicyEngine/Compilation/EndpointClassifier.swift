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
  /// The visible labels of each number.
  private(set) var labelSignatures: [[UInt64]] = []
  /// What the visible port names of each number stand for; nothing for 0.
  private(set) var portKinds: [[PortName: PortSet]] = [[:]]

  private var facetNumbers: [Facet: Int32] = [:]
  private var classNumbers: [EndpointClass: Int32] = [:]
  private var labelNumbers: [LabelKey: Int32] = [:]
  private var signatureNumbers: [[UInt64]: Int32] = [:]
  private var portNumbers: [[PortName: PortSet]: Int32] = [[:]: 0]
  /// By the ports with names that policies look at, over all readings.
  private var numbersOfPorts: [[ContainerPort]: [Int32]] = [:]

  /// What the visible labels of an endpoint follow from.
  private struct LabelKey: Hashable {
    let labels: Labels
    /// Nil and the like where policies look at nothing but labels.
    let serviceAccount: String?
    let hostNetwork: Bool
    let namespace: Int
  }

  init(_ world: World, _ vocabulary: Vocabulary, _ atoms: AddressAtoms, _ profile: EngineProfile) {
    self.world = world
    self.vocabulary = vocabulary
    self.atoms = atoms
    self.profile = profile
  }

  mutating func run() {
    classOfEndpoint.reserveCapacity(world.endpoints.count)
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
      case .unknown:
        key.podFamilies = world.assumedAddresses.families(endpoint.addressHolder)
        key.asPod = key.podFamilies.map { _ in .unknown }
      case .none: key.asPod = [.none]
      case .known(let addresses):
        key.asPod = addresses.map { .atom(atoms.atom(of: $0)) }
        key.podFamilies = addresses.map(\.family)
      }
    }
    if endpoint.hostNetwork {
      let addresses = world.addressesAsNode(endpoint, on: endpoint.node)
      key.nodeFamilies = addresses.isEmpty ? world.assumedAddresses.families(.node) : addresses.map(\.family)
      key.asNode =
        addresses.isEmpty
        ? key.nodeFamilies.map { _ in .unknown } : addresses.map { .atom(atoms.atom(of: $0)) }
    }
    return key
  }

  private mutating func classify(_ endpoint: Endpoint) -> Int32 {
    let key = addressKey(of: endpoint)
    let labels = labelNumber(of: endpoint)
    let ports = portNumbers(of: endpoint)
    var own: [Int32] = []
    let isHostNetwork = endpoint.hostNetwork && !endpoint.isFinished
    func add(
      _ address: Facet.Address, _ family: AddressFamily?, ports: Int32, node: Facet.Node?, asNode: Bool,
      _ classifier: inout EndpointClassifier
    ) {
      let number = classifier.number(
        of: Facet(
          namespace: Int32(endpoint.namespace), labels: labels, ports: ports, address: address,
          family: family, isSelectable: !asNode && address != .none && !endpoint.isFinished,
          isPoliced: !asNode && !endpoint.isFinished, isNode: asNode, node: node,
          reading: isHostNetwork ? asNode ? .asNodes : .asPods : nil))
      if !own.contains(number) { own.append(number) }
    }
    if !isHostNetwork || profile.hostNetworkReadings.contains(.asPods) {
      for (index, address) in key.asPod.enumerated() {
        let family = index < key.podFamilies.count ? key.podFamilies[index] : nil
        for node in isHostNetwork ? possibleNodes(of: endpoint) : [nil] {
          for kind in ports { add(address, family, ports: kind, node: node, asNode: false, &self) }
        }
      }
    }
    if isHostNetwork, profile.hostNetworkReadings.contains(.asNodes) {
      for (node, address, family) in nodeAddresses(of: endpoint, key) {
        add(address, family, ports: 0, node: node, asNode: true, &self)
      }
    }
    let found = EndpointClass(facets: own)
    if let known = classNumbers[found] { return known }
    let number = Int32(classes.count)
    classes.append(found)
    classNumbers[found] = number
    return number
  }

  /// The nodes that a host-network pod may be a part of; one nil where policies do not tell nodes apart.
  private func possibleNodes(of endpoint: Endpoint) -> [Facet.Node?] {
    guard vocabulary.looksAtNodes else { return [nil] }
    return world.possibleNodes(of: endpoint).map { choice in
      switch choice {
      case .known(let node): .known(Int32(node))
      case .unlisted: .unlisted
      case .unknown: nil
      }
    }
  }

  /// The nodes that a host-network pod may be a part of, with their addresses.
  private func nodeAddresses(
    of endpoint: Endpoint, _ key: AddressKey
  ) -> [(node: Facet.Node?, address: Facet.Address, family: AddressFamily?)] {
    possibleNodes(of: endpoint).flatMap { node -> [(Facet.Node?, Facet.Address, AddressFamily?)] in
      if case .known(let number)? = node, !world.nodes[Int(number)].addresses.isEmpty {
        return world.nodes[Int(number)].addresses.map { (node, .atom(atoms.atom(of: $0)), $0.family) }
      }
      return key.asNode.enumerated().map { index, address in
        (node, address, key.nodeFamilies[index])
      }
    }
  }

  private mutating func number(of facet: Facet) -> Int32 {
    if let known = facetNumbers[facet] { return known }
    let number = Int32(facets.count)
    facets.append(facet)
    facetNumbers[facet] = number
    return number
  }

  private mutating func labelNumber(of endpoint: Endpoint) -> Int32 {
    let looks = vocabulary.looksBeyondLabels
    let key = LabelKey(
      labels: endpoint.labels, serviceAccount: looks ? endpoint.serviceAccount : nil,
      hostNetwork: looks && endpoint.hostNetwork,
      namespace: looks ? endpoint.namespace : 0)
    if let known = labelNumbers[key] { return known }
    let signature = vocabulary.signature(of: endpoint, in: world)
    let number: Int32
    if let known = signatureNumbers[signature] {
      number = known
    } else {
      number = Int32(labelSignatures.count)
      signatureNumbers[signature] = number
      labelSignatures.append(signature)
    }
    labelNumbers[key] = number
    return number
  }

  private mutating func portNumbers(of endpoint: Endpoint) -> [Int32] {
    if vocabulary.portNames.isEmpty { return [0] }
    let visible = endpoint.ports.filter { $0.name.map(vocabulary.portNames.contains) ?? false }
    if let known = numbersOfPorts[visible] { return known }
    let numbers = Set(profile.portNameReadings.map { portNumber(of: endpoint, visible, $0) }).sorted()
    numbersOfPorts[visible] = numbers
    return numbers
  }

  private mutating func portNumber(
    of endpoint: Endpoint, _ ports: [ContainerPort], _ reading: EngineProfile.PortNameReading
  ) -> Int32 {
    var visible: [PortName: PortSet] = [:]
    for port in ports {
      guard let name = port.name else { continue }
      let key = PortName(name: name, transport: port.transport)
      if visible[key] != nil { continue }
      let numbers = endpoint.portNumbers(named: name, port.transport, reading)
      if !numbers.isEmpty { visible[key] = PortSet(numbers) }
    }
    if let known = portNumbers[visible] { return known }
    let number = Int32(portKinds.count)
    portNumbers[visible] = number
    portKinds.append(visible)
    return number
  }
}

/// Tells replicas apart without numbering anything. Apart from ``EndpointClassifier``, which changes at every
/// step and would be copied for each question. Reads fields in place, as a pod is large.
private struct PodLook {
  private let pods: UnsafeBufferPointer<Pod>
  private let atoms: AddressAtoms
  private let looksBeyondLabels: Bool
  private var lens: Labels.Lens

  init(_ pods: UnsafeBufferPointer<Pod>, _ vocabulary: Vocabulary, _ atoms: AddressAtoms) {
    self.pods = pods
    self.atoms = atoms
    looksBeyondLabels = vocabulary.looksBeyondLabels
    lens = Labels.Lens { vocabulary.keys[.label($0)] != nil }
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

  /// Whether policies see no difference in the labels, service accounts and ports of two pods.
  mutating func areAlike(_ a: Int, _ b: Int) -> Bool {
    lens.areAlike(pods[a].template.labels, pods[b].template.labels)
      && pods[a].template.ports == pods[b].template.ports
      && (!looksBeyondLabels
        || pods[a].template.serviceAccountName == pods[b].template.serviceAccountName)
  }
}
