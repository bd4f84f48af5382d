package import Kubernetes
internal import PolicyModel

extension FlowEvaluator {
  /// One rule against a situation: peer part and port part, every entry of both.
  func trace(_ rule: Rule, _ situation: Situation) -> RuleTrace {
    let other = rule.direction == .egress ? situation.destination : situation.source
    var peers: [PeerTrace] = []
    var peersMatch = true
    if case .anyOf(let list) = rule.peers {
      peers = list.map { PeerTrace(peer: $0, mismatches: mismatches($0, other, rule.direction, situation)) }
      peersMatch = peers.contains(where: \.mismatches.isEmpty)
    }
    var ports: [PortTrace] = []
    var portsMatch = true
    if case .anyOf(let list) = rule.traffic {
      portsMatch = false
      let matching = peers.filter(\.mismatches.isEmpty)
      for port in portsSeen(by: rule, matching, situation) {
        ports = list.map { PortTrace(match: $0, mismatch: mismatch($0, situation, port: port)) }
        portsMatch = ports.contains { $0.mismatch == nil }
        if portsMatch { break }
      }
    }
    return RuleTrace(rule: rule, peers: peers, ports: ports, peersMatch: peersMatch, portsMatch: portsMatch)
  }

  /// The port numbers that a rule may be asked about: the pod's, and the Service's where a block of addresses
  /// sees the Service. Empty for protocols without ports.
  private func portsSeen(by rule: Rule, _ matching: [PeerTrace], _ situation: Situation) -> [UInt16] {
    guard case .port(_, let podPort) = situation.traffic else { return [] }
    guard rule.direction == .egress, let service = situation.beforeTranslation else { return [podPort] }
    let blocks = matching.count { if case .addresses = $0.peer.kind { true } else { false } }
    if blocks == 0 { return [podPort] }
    return blocks == matching.count ? [service.port] : [service.port, podPort]
  }

  private func mismatches(
    _ peer: Peer, _ other: Party, _ direction: Direction, _ situation: Situation
  ) -> [PeerMismatch] {
    switch peer.kind {
    case .endpoints(let selector):
      guard other.isSelectable, let number = other.endpoint else { return [.notAPod] }
      return mismatches(selector, world.endpoints[number])
    case .addresses(let block):
      let translated = direction == .egress ? situation.beforeTranslation?.address : nil
      if translated == nil, !profile.addressBlocksMatchPods, other.endpoint != nil || other.node != nil {
        return [.blocksDoNotMatchPods]
      }
      guard let address = translated ?? other.address else { return [.noAddress] }
      if address.family != block.cidr.family { return [.otherFamily] }
      if !block.cidr.contains(address) { return [.outsideBlock] }
      return block.excepts.first { $0.contains(address) }.map { [.insideExcept($0)] } ?? []
    }
  }

  private func mismatches(_ selector: EndpointSelector, _ endpoint: Endpoint) -> [PeerMismatch] {
    let namespace = world.namespaces[endpoint.namespace]
    var mismatches: [PeerMismatch] = []
    switch selector.namespaces {
    case .named(let name):
      if name != namespace.name { mismatches.append(.namespaceName(wanted: name)) }
    case .matching(let expression):
      for requirement in expression.requirements.map(\.value) {
        let actual = namespace.labels[requirement.key]
        if !requirement.matches(actual) { mismatches.append(.namespaceLabel(requirement, actual: actual)) }
      }
    }
    for requirement in selector.pods.requirements.map(\.value) {
      let actual = endpoint.labels[requirement.key]
      if !requirement.matches(actual) { mismatches.append(.podLabel(requirement, actual: actual)) }
    }
    return mismatches
  }

  private func mismatch(_ match: PortMatch, _ situation: Situation, port: UInt16) -> PortMismatch? {
    guard case .port(let transport, let podPort) = situation.traffic, transport == match.transport else {
      return .transport
    }
    switch match.ports {
    case .all: return nil
    case .range(let range): return range.contains(port) ? nil : .number
    case .named(let name):
      guard !situation.destination.isNode, let number = situation.destination.endpoint else {
        return .destinationIsNoPod
      }
      let numbers = world.endpoints[number].portNumbers(named: name, transport, situation.portNameReading)
      if numbers.isEmpty { return .nameNotDeclared }
      return numbers.contains(podPort) ? nil : .nameIs(numbers)
    }
  }
}

extension Endpoint {
  /// The numbers that a port name stands for (SEMANTICS.md §1.3): of containers and sidecars, and under the
  /// reading `all` of init containers too. Under `first` only the first of them.
  package func portNumbers(
    named name: String, _ transport: TransportProtocol, _ reading: PortNameReading
  ) -> [UInt16] {
    func numbers(_ origin: ContainerPort.Origin) -> [UInt16] {
      ports.filter { $0.origin == origin && $0.name == name && $0.transport == transport }.map(\.number)
    }
    let running = numbers(.container) + numbers(.sidecar)
    switch reading {
    case .first: return Array(running.prefix(1))
    case .all: return running + numbers(.initContainer)
    }
  }

  /// Whether the two readings of ``PortNameReading`` differ for some name.
  var hasAmbiguousPortNames: Bool {
    var first: [PortName: UInt16] = [:]
    for port in ports {
      guard let name = port.name else { continue }
      if port.origin == .initContainer { return true }
      if let number = first.updateValue(port.number, forKey: PortName(name: name, transport: port.transport)),
        number != port.number
      {
        return true
      }
    }
    return false
  }
}

/// A port name with its protocol: the same name may mean two things.
struct PortName: Hashable {
  let name: String
  let transport: TransportProtocol
}
