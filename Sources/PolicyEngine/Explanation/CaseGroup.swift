internal import Kubernetes

/// Something that an end of a flow may be, in one reading.
struct EndCase {
  /// Without its address.
  let party: Party
  /// The addresses it may have, one of each kind that the other end's policies tell apart; empty when it has none.
  let addresses: [IPAddress]
  /// The backend's port, when the end is a Service.
  var translatedPort: UInt16?
  /// What was chosen to come to this case.
  var assumptions: [Assumption] = []
  /// Whether the party is one pod and not a template for many.
  let isPod: Bool

  /// Whether the input says what addresses the party has, which is a pod. What is outside may be reached through
  /// translators that the input does not say.
  var isPodWithAddress: Bool { party.endpoint != nil && !party.isAddressAssumed && !addresses.isEmpty }
}

/// A case of either end.
struct CasePair {
  let source: EndCase
  let destination: EndCase
  let isSamePod: Bool
}

/// Cases that policies cannot tell apart. They differ only in which pod they are and where it runs.
struct CaseGroup {
  let first: EndCase
  private var byEndpoint: [Int: EndCase] = [:]
  /// At most two cases of each node, in the order of the input: one may be the other end itself.
  private var byNode: [Int?: [EndCase]] = [:]
  private var nodes: [Int?] = []

  init(_ first: EndCase) {
    self.first = first
    add(first)
  }

  mutating func add(_ member: EndCase) {
    if let endpoint = member.party.endpoint { byEndpoint[endpoint] = member }
    let node = member.party.node
    if byNode[node] == nil { nodes.append(node) }
    if byNode[node, default: []].count < 2 { byNode[node, default: []].append(member) }
  }

  /// How two cases stand to each other, as far as a verdict may depend on it.
  private enum Relation: Hashable {
    case samePod
    /// Nil when a node is unknown.
    case sameNode(Bool?)
    case apart
  }

  /// One pair of each relation that cases of both groups have. O(cases of both).
  func pairs(with destinations: CaseGroup) -> [CasePair] {
    let nodesMatter = first.party.meetsItsNode(in: destinations.first.party)
    var seen: Set<Relation> = []
    var pairs: [CasePair] = []
    for source in representatives(nodesMatter: nodesMatter, and: destinations) {
      for destination in destinations.partners(of: source, nodesMatter: nodesMatter) {
        let isSamePod = source.isPod && source.party.endpoint == destination.party.endpoint
        let relation = Self.relation(source.party, destination.party, isSamePod, nodesMatter)
        if seen.insert(relation).inserted {
          pairs.append(CasePair(source: source, destination: destination, isSamePod: isSamePod))
        }
      }
    }
    return pairs
  }

  private static func relation(
    _ source: Party, _ destination: Party, _ isSamePod: Bool, _ nodesMatter: Bool
  ) -> Relation {
    if isSamePod { return .samePod }
    guard nodesMatter else { return .apart }
    return .sameNode(source.sharesNode(with: destination))
  }

  /// Enough cases to stand for all: two of each node, or of all, and one that is in the other group too.
  private func representatives(nodesMatter: Bool, and other: CaseGroup) -> [EndCase] {
    let shared = byEndpoint.keys.filter { other.byEndpoint[$0] != nil }.min().flatMap { byEndpoint[$0] }
    let chosen = nodes.flatMap { byNode[$0] ?? [] }
    return [first] + (nodesMatter ? chosen : Array(chosen.prefix(2))) + (shared.map { [$0] } ?? [])
  }

  /// Cases of which one stands in each relation to `source` that any case of the group stands in.
  private func partners(of source: EndCase, nodesMatter: Bool) -> [EndCase] {
    var partners = source.party.endpoint.flatMap { byEndpoint[$0] }.map { [$0] } ?? []
    guard nodesMatter else { return partners + nodes.prefix(2).flatMap { byNode[$0] ?? [] }.prefix(2) }
    let own = source.party.node
    partners += byNode[own] ?? []
    if let other = nodes.first(where: { $0 != nil && $0 != own }) { partners += byNode[other] ?? [] }
    if own != nil { partners += byNode[Int?.none] ?? [] }
    return partners
  }
}

extension Party {
  /// Whether both are on one node; nil when that is not known.
  func sharesNode(with other: Party) -> Bool? {
    if let node, let otherNode = other.node { return node == otherNode }
    if isOnUnlistedNode, other.node != nil { return false }
    return other.isOnUnlistedNode && node != nil ? false : nil
  }

  /// Whether one of the two is a node, or counts as one, and the other a pod that may run on it.
  func meetsItsNode(in other: Party) -> Bool {
    (isNode && other.isPoliced) || (other.isNode && isPoliced)
  }
}
