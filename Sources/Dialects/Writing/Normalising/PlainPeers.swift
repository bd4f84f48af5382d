internal import Kubernetes
internal import PolicyModel

/// Peers of the model taken apart.
struct PlainPeers {
  /// A condition that has no plain form.
  struct Lost {
    let name: Loss.Name
    let peer: Peer
    /// `must be several things at once`.
    let reason: String
  }

  /// A simple condition, or its contrary.
  private struct Literal {
    let condition: PeerCondition
    let isNegated: Bool
  }

  private(set) var isAnyone = false
  /// Without repetition, in the order of the conditions; nobody when empty.
  private(set) var peers: [PlainPeer] = []
  private(set) var lost: [Lost] = []

  /// The most alternatives that one condition may have.
  static let limit = 64

  init(_ peers: Peers) {
    switch peers {
    case .anyone: isAnyone = true
    case .anyOf(let peers): for peer in peers { add(peer) }
    }
    var seen: Set<PlainPeer> = []
    self.peers = self.peers.filter { seen.insert($0).inserted }
  }

  /// What rules say of these peers; nil when there is none.
  var ofRule: PlainRule.Peers? { isAnyone ? .anyone : peers.isEmpty ? nil : .anyOf(peers) }

  private mutating func add(_ peer: Peer) {
    guard let alternatives = Self.alternatives(peer.kind, isNegated: false) else {
      lost.append(
        Lost(name: .tooManyAlternatives, peer: peer, reason: "has more than \(Self.limit) alternatives"))
      return
    }
    for literals in alternatives {
      if literals.isEmpty {
        isAnyone = true
        continue
      }
      switch Self.plain(literals) {
      case .peers(let plain): peers += plain
      case .lost(let name, let reason):
        let condition = PeerCondition.all(
          literals.map { $0.isNegated ? .not($0.condition) : $0.condition })
        lost.append(
          Lost(
            name: name,
            peer: Peer(alternatives.count == 1 ? peer.kind : condition, location: peer.location),
            reason: reason))
      }
    }
  }

  // MARK: - Alternatives

  /// The condition as alternatives of simple ones that hold together; nil when there are too many.
  private static func alternatives(_ condition: PeerCondition, isNegated: Bool) -> [[Literal]]? {
    switch condition {
    case .not(let part): alternatives(part, isNegated: !isNegated)
    case .all(let parts): joined(parts, isNegated: isNegated, isConjunction: !isNegated)
    case .any(let parts): joined(parts, isNegated: isNegated, isConjunction: isNegated)
    case .endpoints, .nodes, .addresses, .family, .domain, .outside, .apiServer, .special:
      [[Literal(condition: condition, isNegated: isNegated)]]
    }
  }

  private static func joined(
    _ parts: [PeerCondition], isNegated: Bool, isConjunction: Bool
  ) -> [[Literal]]? {
    var result: [[Literal]] = isConjunction ? [[]] : []
    for part in parts {
      guard let own = alternatives(part, isNegated: isNegated) else { return nil }
      result = isConjunction ? result.flatMap { left in own.map { left + $0 } } : result + own
      if result.count > limit { return nil }
    }
    return result
  }

  // MARK: - What holds together

  private enum Outcome {
    case peers([PlainPeer])
    case lost(Loss.Name, String)

    static let combination = Outcome.lost(
      .peerCombination, "must be several things at once, or must not be something")
    static let alternatives = Outcome.lost(
      .tooManyAlternatives, "has more than \(PlainPeers.limit) alternatives")
  }

  /// What an end can be only one of.
  private enum Kind {
    case pod
    case node
    case outside
    /// By address, whatever it is.
    case address
    case other

    /// Whether nothing is both.
    func excludes(_ other: Kind) -> Bool {
      self != other && [.pod, .node, .outside].contains(self) && [.pod, .node, .outside].contains(other)
    }
  }

  private static func kind(_ condition: PeerCondition) -> Kind {
    switch condition {
    case .endpoints: .pod
    case .nodes: .node
    case .outside, .domain: .outside
    case .addresses, .family: .address
    case .apiServer, .special, .all, .any, .not: .other
    }
  }

  private static func plain(_ literals: [Literal]) -> Outcome {
    let wanted = literals.filter { !$0.isNegated }.map(\.condition)
    let kinds = wanted.map(kind)
    if kinds.contains(where: { one in kinds.contains { one.excludes($0) } }) { return .peers([]) }
    guard
      let kind = kinds.first
        ?? (literals.allSatisfy { self.kind($0.condition) == .address } ? .address : nil),
      kinds.allSatisfy({ $0 == kind })
    else { return .combination }
    // What something of this kind never is need not be kept out.
    let unwanted = literals.filter(\.isNegated).map(\.condition).filter { !kind.excludes(self.kind($0)) }
    guard unwanted.allSatisfy({ self.kind($0) == kind }) else { return .combination }
    switch kind {
    case .pod: return pods(wanted, but: unwanted)
    case .address: return addresses(wanted, but: unwanted)
    case .node: return unwanted.isEmpty ? nodes(wanted) : .combination
    case .outside, .other: return unwanted.isEmpty ? single(wanted) : .combination
    }
  }

  private static func single(_ wanted: [PeerCondition]) -> Outcome {
    let narrow = wanted.filter { if case .outside = $0 { false } else { true } }
    if narrow.isEmpty { return .peers([.outside]) }
    guard narrow.count == 1 else { return .combination }
    switch narrow[0] {
    case .domain(let pattern): return .peers([.domain(pattern)])
    case .apiServer: return .peers([.apiServer])
    case .special(let name): return .peers([.entity(name)])
    default: return .combination
    }
  }

  private static func pods(_ wanted: [PeerCondition], but unwanted: [PeerCondition]) -> Outcome {
    func expressions(_ conditions: [PeerCondition]) -> [LabelExpression] {
      conditions.compactMap { if case .endpoints(let selector) = $0 { selector.expression } else { nil } }
    }
    let whole = LabelExpression.all(expressions(wanted) + expressions(unwanted).map { .not($0) })
    guard let found = whole.conjunctions(limit: limit) else { return .alternatives }
    return .peers(found.map { .pods(PlainSelector($0)) })
  }

  private static func addresses(_ wanted: [PeerCondition], but unwanted: [PeerCondition]) -> Outcome {
    if wanted.count == 1, unwanted.isEmpty, case .addresses(let block) = wanted[0] {
      return .peers(PlainPeer.block(block.cidr, except: block.excepts).canonical.map { [$0] } ?? [])
    }
    func set(_ condition: PeerCondition) -> AddressSet {
      switch condition {
      case .addresses(let block): block.addresses
      case .family(let family): family == .ipv4 ? .allIPv4 : .allIPv6
      default: .empty
      }
    }
    let all = wanted.map(set).reduce(AddressSet.all) { $0.intersection($1) }
    return .peers(PlainPeer.blocks(unwanted.map(set).reduce(all) { $0.subtracting($1) }))
  }

  private static func nodes(_ wanted: [PeerCondition]) -> Outcome {
    var expressions: [LabelExpression] = []
    var placement = NodePlacement.anywhere
    for case .nodes(let selector, let own) in wanted {
      switch selector {
      case .named(let names):
        return names.isEmpty
          ? .peers([]) : .lost(.nodeNames, "names nodes, and nodes are told apart by labels only")
      case .matching(let expression): expressions.append(expression)
      }
      if own == .anywhere { continue }
      if placement != .anywhere, placement != own { return .peers([]) }
      placement = own
    }
    guard let found = LabelExpression.all(expressions).conjunctions(limit: limit) else {
      return .alternatives
    }
    return .peers(found.map { .nodes(PlainSelector($0).pods, placement) })
  }
}

extension EndpointSelector {
  /// Namespaces and pods in one condition.
  var expression: LabelExpression {
    switch namespaces {
    case .named(let name): .all([.attribute(.namespaceLabel(Namespace.nameLabel), .isIn([name])), pods])
    case .matching(let namespaces): .all([namespaces, pods])
    }
  }
}

extension PlainPeer {
  /// A block whose holes lie inside it, or the peer as it is; nil for a block that is nothing but holes.
  var canonical: PlainPeer? {
    guard case .block(let cidr, let excepts) = self else { return self }
    if cidr.isMapped { return nil }
    let block = AddressBlock(cidr: cidr, excepts: excepts)
    if block.addresses.isEmpty { return nil }
    let holes = AddressSet(cidr).subtracting(block.addresses).cidrs.filter { !$0.isMapped }
    return .block(cidr, except: holes)
  }

  /// Blocks that hold exactly these addresses.
  static func blocks(_ addresses: AddressSet) -> [PlainPeer] {
    addresses.blocks.compactMap { PlainPeer.block($0.cidr, except: $0.excepts).canonical }
  }
}

extension CIDR {
  /// Whether its text would be read as an IPv4 block: no packet has such an address.
  var isMapped: Bool { family == .ipv6 && prefixLength >= 96 && bits >> 32 == 0xFFFF }
}
