internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What rules tell apart of traffic: the numbers at which their answer may change.
struct TrafficMentions {
  /// First and last numbers of ranges, whatever the protocol.
  private(set) var ports: Set<UInt16> = []
  private(set) var names: Set<String> = []
  private(set) var messages: [AddressFamily: Set<OtherTraffic.Message>] = [:]
  private(set) var protocols: Set<UInt8> = []
  private var mentioned = PortSet.none

  mutating func add(_ rule: Rule) {
    guard case .anyOf(let matches) = rule.traffic else { return }
    for match in matches {
      switch match {
      case .ports(let match): for ports in [match.ports] + match.exceptions { add(ports) }
      case .icmp(let match): add(match)
      case .protocols(let match):
        protocols.formUnion(match.numbers.filter { !match.numbers.contains($0 &- 1) })
        protocols.formUnion(match.numbers.filter { !match.numbers.contains($0 &+ 1) })
      }
    }
  }

  mutating func formUnion(_ other: TrafficMentions) {
    ports.formUnion(other.ports)
    names.formUnion(other.names)
    messages.merge(other.messages) { $0.union($1) }
    protocols.formUnion(other.protocols)
    mentioned = mentioned.union(other.mentioned)
  }

  /// The names, as the numbers that they stand for on a pod in any reading.
  mutating func resolveNames(_ endpoint: PolicyEngine.Endpoint) {
    for port in endpoint.ports where port.name.map(names.contains) == true {
      add(.range(port.number...port.number))
    }
  }

  private mutating func add(_ ports: PortMatch.Ports) {
    switch ports {
    case .all: break
    case .range(let range):
      self.ports.formUnion([range.lowerBound, range.upperBound])
      mentioned = mentioned.union(PortSet(range))
    case .named(let name): names.insert(name)
    }
  }

  private mutating func add(_ match: ICMPMatch) {
    guard let type = match.type else { return }
    messages[match.family, default: []].insert(OtherTraffic.Message(type: type, code: match.code ?? 0))
    messages[match.family, default: []].insert(
      OtherTraffic.Message(type: type, code: match.code.map { $0 &+ 1 } ?? 1))
  }

  /// Everything to ask between addresses of a family: what is mentioned and its neighbours, and one of each kind that
  /// nobody mentions. Ascending.
  func traffic(_ family: AddressFamily) -> [FlowTraffic] {
    askedPorts.flatMap { port in TransportProtocol.allCases.map { FlowTraffic.port($0, port) } }
      + askedMessages(family).map { .other(.message($0, family)) }
      + askedProtocols.map { .other(OtherTraffic("protocol/\($0)", number: $0)) }
  }

  private var askedPorts: [UInt16] {
    var asked: Set<UInt16> = []
    for port in ports {
      asked.insert(port)
      if port > 1 { asked.insert(port - 1) }
      if port < .max { asked.insert(port + 1) }
    }
    let others = mentioned.complement
    // One that is no border of anything, if there is such a port.
    let candidates: [UInt16] =
      [30_303, 50_505] + others.ranges.map { $0.lowerBound + ($0.upperBound - $0.lowerBound) / 2 }
    if let other = candidates.first(where: others.contains) { asked.insert(other) }
    return asked.sorted()
  }

  private func askedMessages(_ family: AddressFamily) -> [OtherTraffic.Message] {
    var asked = messages[family] ?? []
    asked.insert(OtherTraffic.Message(type: family == .ipv4 ? 8 : 128))
    let types = Set(asked.map(\.type))
    // Timestamp requests and node information queries: what else can open an exchange.
    let others: [UInt8] = (family == .ipv4 ? [13] : [139]) + Array(0...254)
    if let other = others.first(where: { !types.contains($0) }) {
      asked.insert(OtherTraffic.Message(type: other))
    }
    return asked.sorted { ($0.type, $0.code) < ($1.type, $1.code) }
  }

  private var askedProtocols: [UInt8] {
    let others: [UInt8] = [47, 50, 4, 2, 89]
    // Those that have ports or messages are asked about with them; IPv6 has headers with low numbers.
    return
      (protocols.filter { ![0, 1, 6, 17, 43, 44, 58, 59, 60, 132].contains($0) }
      .union(others.first { !protocols.contains($0) }.map { [$0] } ?? [])).sorted()
  }
}

extension OtherTraffic {
  fileprivate static func message(_ message: Message, _ family: AddressFamily) -> OtherTraffic {
    let (name, number): (String, UInt8) = family == .ipv4 ? ("icmp", 1) : ("icmpv6", 58)
    return OtherTraffic("\(name)/\(message.type)", number: number, message: message)
  }
}
