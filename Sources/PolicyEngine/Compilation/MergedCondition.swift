internal import Kubernetes
internal import PolicyModel

/// A condition on peers, with one set of addresses where the text has many blocks.
///
/// Where one of several blocks must match, or none may, nothing tells addresses in two of them apart.
indirect enum MergedCondition<Addresses: Sendable>: Sendable {
  case addresses(Addresses)
  /// Anything else that is not made of others.
  case simple(PeerCondition)
  case all([MergedCondition])
  case any([MergedCondition])
  case not(MergedCondition)
}

extension MergedCondition where Addresses == AddressSet {
  /// O(size of the condition + blocks log blocks).
  init(_ condition: PeerCondition) {
    switch condition {
    case .addresses(let block): self = .addresses(block.addresses)
    case .any(let parts): self.init(anyOf: parts)
    case .all(let parts):
      let (holes, others) = Self.split(parts) {
        if case .not(.addresses(let block)) = $0 { block } else { nil }
      }
      self = .all(others + (holes.map { [.not(.addresses($0))] } ?? []))
    case .not(let part): self = .not(MergedCondition(part))
    case .endpoints, .nodes, .family, .domain, .outside, .apiServer, .special: self = .simple(condition)
    }
  }

  /// Conditions of which one must hold.
  init(anyOf parts: [PeerCondition]) {
    let (blocks, others) = Self.split(parts) { if case .addresses(let block) = $0 { block } else { nil } }
    self = .any(others + (blocks.map { [.addresses($0)] } ?? []))
  }

  /// The union of the parts that are blocks, nil without any, and the other parts.
  private static func split(
    _ parts: [PeerCondition], _ block: (PeerCondition) -> AddressBlock?
  ) -> (AddressSet?, [MergedCondition]) {
    var intervals: [AddressSet.Interval] = []
    var hasBlocks = false
    var others: [MergedCondition] = []
    for part in parts {
      if let block = block(part) {
        hasBlocks = true
        intervals += block.addresses.intervals
      } else {
        others.append(MergedCondition(part))
      }
    }
    return (hasBlocks ? AddressSet(unsorted: intervals) : nil, others)
  }
}

extension MergedCondition {
  /// The same condition with something else for each set of addresses.
  func map<Other>(_ transform: (Addresses) -> Other) -> MergedCondition<Other> {
    switch self {
    case .addresses(let addresses): .addresses(transform(addresses))
    case .simple(let condition): .simple(condition)
    case .all(let parts): .all(parts.map { $0.map(transform) })
    case .any(let parts): .any(parts.map { $0.map(transform) })
    case .not(let part): .not(part.map(transform))
    }
  }

  /// Calls one of two functions for each part that is not made of others.
  func forEachSimple(_ addresses: (Addresses) -> Void, _ other: (PeerCondition) -> Void) {
    switch self {
    case .addresses(let set): addresses(set)
    case .simple(let condition): other(condition)
    case .all(let parts), .any(let parts): for part in parts { part.forEachSimple(addresses, other) }
    case .not(let part): part.forEachSimple(addresses, other)
    }
  }
}

extension World {
  /// The sets of addresses that peers are compared with.
  func addressSets(in peers: Peers) -> [AddressSet] {
    guard case .anyOf(let list) = peers else { return [] }
    // Most peers are pods only.
    if list.allSatisfy({ if case .endpoints = $0.kind { true } else { false } }) { return [] }
    var sets: [AddressSet] = []
    MergedCondition(anyOf: list.map(\.kind)).forEachSimple {
      sets.append($0)
    } _: {
      switch $0 {
      case .outside: if !clusterAddresses.isEmpty { sets.append(clusterAddresses) }
      case .apiServer: if !apiServerAddresses.isEmpty { sets.append(apiServerAddresses) }
      case .endpoints, .nodes, .addresses, .family, .domain, .special, .all, .any, .not: break
      }
    }
    return sets
  }
}
