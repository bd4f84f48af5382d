import Dialects
import Kubernetes
import PolicyModel

/// The pods of ``Surroundings/known``, a node and some addresses, and what policies decide between them, read as
/// plainly as the model's words.
struct SmallWorld {
  struct End: Sendable, CustomStringConvertible {
    enum Kind: Sendable { case pod(Namespace, Labels), node, outside }

    let kind: Kind
    let address: IPAddress
    let description: String

    var isOutside: Bool { if case .outside = kind { true } else { false } }
  }

  struct Packet: Sendable, CustomStringConvertible {
    /// Nil for protocols without ports.
    let transport: TransportProtocol?
    let port: UInt16
    /// Of protocols without ports.
    let number: UInt8

    var description: String { transport.map { "\($0.name) \(port)" } ?? "protocol \(number)" }
  }

  static let pods: [End] = Surroundings.known.namespaces.flatMap { namespace in
    [[:], ["app": "a"], ["app": "b", "team": "a"], ["team": "b"]].enumerated().map { index, labels in
      End(
        kind: .pod(namespace, Labels(labels)), address: IPAddress(.ipv4, bits: 0x0A00_0001 + UInt128(index)),
        description: "\(namespace.name) \(labels)")
    }
  }

  static let others: [End] =
    [("192.168.0.5", End.Kind.node)].compactMap { text, kind in
      IPAddress(text).map { End(kind: kind, address: $0, description: "other node") }
    }
    + ["203.0.113.5", "10.200.0.1", "172.16.0.1", "fd00::5", "2001:db8::1"].compactMap { text in
      IPAddress(text).map { End(kind: .outside, address: $0, description: text) }
    }

  static let packets: [Packet] =
    [(TransportProtocol.tcp, [1, 53, 80, 6443, 65535]), (.udp, [53, 80]), (.sctp, [443])].flatMap {
      transport, ports in ports.map { Packet(transport: transport, port: UInt16($0), number: 0) }
    } + [Packet(transport: nil, port: 0, number: 47)]

  /// Whether blocks match what is outside the cluster only.
  let blocksAreOutside: Bool

  // MARK: - Conditions

  func matches(_ selector: EndpointSelector, _ end: End) -> Bool {
    guard case .pod(let namespace, let labels) = end.kind, selector.namespaces.contains(namespace) else {
      return false
    }
    return selector.pods.matches { attribute in
      switch attribute {
      case .label(let key): labels[key]
      case .namespaceLabel(let key): namespace.labels[key]
      case .serviceAccountName: "default"
      case .serviceAccountLabel, .unseenLabel, .hostNetwork: nil
      }
    }
  }

  func matches(_ condition: PeerCondition, _ end: End) -> Bool {
    switch condition {
    case .endpoints(let selector): return matches(selector, end)
    case .nodes(let selector, let placement):
      guard case .node = end.kind, placement != .own else { return false }
      return selector.containsUnknown
    case .addresses(let block):
      return (end.isOutside || !blocksAreOutside) && block.addresses.contains(end.address)
    case .family(let family): return end.address.family == family
    case .outside: return end.isOutside
    case .domain, .apiServer, .special: return false
    case .all(let parts): return parts.allSatisfy { matches($0, end) }
    case .any(let parts): return parts.contains { matches($0, end) }
    case .not(let part): return !matches(part, end)
    }
  }

  func matches(_ peers: Peers, _ end: End) -> Bool {
    switch peers {
    case .anyone: true
    case .anyOf(let peers): peers.contains { matches($0.kind, end) }
    }
  }

  func matches(_ traffic: Traffic, _ packet: Packet, to destination: End) -> Bool {
    guard case .anyOf(let matches) = traffic else { return true }
    return matches.contains { match in
      switch match {
      case .ports(let match):
        guard match.transport == packet.transport else { return false }
        return match.numbers { name in
          guard case .pod = destination.kind else { return .none }
          return PortSet([("http", UInt16(80)), ("dns", 53)].filter { $0.0 == name }.map(\.1))
        }.contains(packet.port)
      case .icmp: return false
      case .protocols(let match): return packet.transport == nil && match.numbers.contains(packet.number)
      }
    }
  }

  func matches(_ rule: Rule, _ subject: End, _ other: End, _ packet: Packet) -> Bool {
    matches(rule.subject, subject) && matches(rule.peers, other)
      && matches(rule.traffic, packet, to: rule.direction == .ingress ? subject : other)
  }

  // MARK: - Verdicts

  func allows(
    _ tiers: [Tier], _ direction: Direction, _ subject: End, _ other: End, _ packet: Packet
  ) -> Bool {
    for tier in tiers {
      let policies = tier.policies.filter { policy in
        policy.subject.endpoints.map { matches($0, subject) } ?? false
      }
      let isClosed = policies.contains { $0.isolates.contains(direction) }
      func matching(_ policy: Policy) -> [RuleAction] {
        policy.rules.filter { $0.direction == direction && matches($0, subject, other, packet) }.map(\.action)
      }
      var decision: RuleAction?
      switch tier.combination {
      case .additive, .denyOverrides:
        let actions = policies.flatMap(matching)
        decision = actions.contains(.deny) ? .deny : isClosed && actions.contains(.allow) ? .allow : nil
      case .firstMatch:
        decision = policies.sorted { $0.rank < $1.rank }.lazy.compactMap { matching($0).first }.first
      }
      switch decision {
      case .allow: return true
      case .deny: return false
      case .pass: continue
      case .log, nil: if isClosed { return false }
      }
    }
    return true
  }
}
