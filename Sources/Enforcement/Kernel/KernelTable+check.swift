package import Gateway
internal import Kubernetes
internal import Netlink
internal import Nftables

/// What became of a table since it was written.
package enum TableState: Sendable, Hashable {
  case same
  /// There is no table.
  case gone
  /// Chains, rules, sets or counters are others.
  case rewritten
  /// Elements are others that only the gateway changes.
  case otherElements
}

extension KernelTable {
  /// Whether anything at all changed in the namespace's rules since the table was written or found to be the same. Costs
  /// microseconds.
  package mutating func isUntouched() throws(EnforcementError) -> Bool {
    let now = try speakingToKernel { () throws(NetlinkError) in try connection.generation() }
    return now == written?.generation
  }

  /// Whether elements may have changed that nobody has compared since.
  package var isWaitingForComparison: Bool { written.map { !$0.isCompared } ?? false }

  /// Compares everything but elements. O(chains and rules).
  package mutating func structure() throws(EnforcementError) -> TableState {
    guard let (found, generation) = try steadyTable() else { return .gone }
    guard found.digest == written?.digest else { return .rewritten }
    if written?.generation != generation {
      written?.generation = generation
      written?.isCompared = false
    }
    return .same
  }

  /// Compares everything, elements too. O(elements), and much of it in the kernel: 5 µs for each.
  package mutating func compare(_ gateway: Gateway) throws(EnforcementError) -> TableState {
    let state = try structure()
    guard state == .same, let generation = written?.generation else { return state }
    let program = gateway.programWithoutLeases
    let maps =
      program.markMaps.map { map in (map.name, map.elements.map { (SetKey($0.key), MapValue.mark($0.mark)) })
      }
      + program.maps.map { map in
        (map.name, map.elements.map { (SetKey($0.key), MapValue($0.verdict)) })
      }
    for (name, elements) in maps {
      let found = try speakingToKernel { () throws(NetlinkError) in
        try connection.elements(of: name.text, in: GatewayTable.name.text)
      }
      guard found.count == elements.count else { return .otherElements }
      let wanted = Dictionary(elements, uniquingKeysWith: { first, _ in first })
      guard found.allSatisfy({ wanted[$0.key] == $0.value }) else { return .otherElements }
    }
    // What changed in the middle of it is compared the next time.
    if try isUntouched(), written?.generation == generation { written?.isCompared = true }
    return .same
  }
}

extension MapValue {
  init(_ verdict: Verdict) { self = .verdict(MapVerdict(verdict)) }
}

extension MapVerdict {
  init(_ verdict: Verdict) {
    switch verdict {
    case .accept: self = .accept
    case .drop: self = .drop
    case .goto(let chain): self = .goto(chain.text)
    case .jump(let chain): self = .jump(chain.text)
    case .return: self = .return
    }
  }
}
