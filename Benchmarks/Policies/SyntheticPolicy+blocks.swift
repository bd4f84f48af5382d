// Addresses among a rule's peers.
extension SyntheticPolicy.Rule {
  /// The peers that are blocks with their exceptions, each block once.
  var blocks: [(block: String, except: [String])] {
    var seen: Set<String> = []
    return peers.compactMap { peer in
      guard case .block(let block, let except) = peer, seen.insert(block).inserted else { return nil }
      return (block, except)
    }
  }
}

extension String {
  /// Whether this block is all addresses of its family.
  var isWholeFamily: Bool { hasSuffix("/0") }

  /// Whether this address or block is one of IPv6.
  var isIPv6: Bool { contains(":") }
}
