package import Kubernetes
internal import PolicyModel

/// The answer to a flow that needs no case analysis, with what decided each direction.
package struct CompiledVerdict: Sendable {
  package enum Decision: Sendable, Hashable {
    /// Policies do not apply to this end.
    case notPoliced
    /// No policy isolates it.
    case notIsolated
    /// The first rule that matches, as a number for ``CompiledPolicies/policyAndRule(_:)``.
    case allowed(rule: Int32)
    /// No rule of the row's policies matches, see ``CompiledPolicies/isolatingPolicies(ofRow:)``.
    case denied(row: Int32)
    /// The first rule that matches for some of the addresses or port numbers that an end may have, and none
    /// for all of them.
    case undefined(rule: Int32)

    package var outcome: Outcome {
      switch self {
      case .notPoliced, .notIsolated, .allowed: .allowed
      case .denied: .denied
      case .undefined: .undefined
      }
    }
  }

  package let egress: Decision
  package let ingress: Decision

  /// What is open in one direction does not hang together with what is open in the other: each looks at the
  /// other end's address, and more port numbers never match less.
  package var outcome: Outcome {
    switch (egress.outcome, ingress.outcome) {
    case (.allowed, .allowed): .allowed
    case (.denied, _), (_, .denied): .denied
    default: .undefined
    }
  }
}

/// The rows of ``CompiledPolicies`` laid out for millions of single questions: flat arrays of numbers only.
package struct VerdictTable: Sendable {
  private let compiled: CompiledPolicies
  private let facetGroups: FlatGroups
  private let atomGroups: FlatGroups
  private let ports: PortRanges

  /// O(size of the rows).
  package init(_ compiled: CompiledPolicies) {
    self.compiled = compiled
    facetGroups = FlatGroups(compiled.rows.map { $0.groups.map { ($0.facets, $0.traffic, $0.rules) } })
    atomGroups = FlatGroups(compiled.rows.map { $0.outside.map { ($0.atoms, $0.traffic, $0.rules) } })
    ports = PortRanges(compiled.table)
  }

  /// An end that looks the same in every situation.
  package struct End: Sendable {
    /// The workload, pod or address that it is, to recognise a flow within one end.
    let identity: FlowEnd
    /// Index of the facet, or -1 for an outside address.
    let facet: Int32
    /// Index of the address atom, or -1.
    let atom: Int32
    /// It stands for replicas: two of them are two pods.
    let isTemplate: Bool
    /// -1 when it is not policed.
    let egressRow: Int32
    let ingressRow: Int32
  }

  /// Prepares an end; nil when it may look different ways, or is a node, a Service or `self`.
  package func end(_ end: FlowEnd) -> End? {
    switch end {
    case .endpoint(let number, _): return facetEnd(.endpoint(number), endpoints: [number])
    case .workload(let group): return facetEnd(end, endpoints: compiled.world.workloads[group].endpoints)
    case .address(let address):
      return End(
        identity: end, facet: -1, atom: compiled.atoms.atom(of: address), isTemplate: false, egressRow: -1,
        ingressRow: -1)
    case .node, .itself, .service: return nil
    }
  }

  private func facetEnd(_ identity: FlowEnd, endpoints: [Int]) -> End? {
    guard let first = endpoints.first else { return nil }
    let number = compiled.classOfEndpoint[first]
    let endpointClass = compiled.classes[Int(number)]
    guard endpointClass.isSimple, endpoints.allSatisfy({ compiled.classOfEndpoint[$0] == number }) else {
      return nil
    }
    let facet = Int(endpointClass.facets[0])
    if compiled.facets[facet].isNode { return nil }
    let isPoliced = compiled.facets[facet].isPoliced
    return End(
      identity: identity, facet: Int32(facet), atom: -1,
      isTemplate: endpoints.count == 1 && compiled.world.endpoints[first].kind != .pod,
      egressRow: isPoliced ? compiled.egressRow[facet] : -1,
      ingressRow: isPoliced ? compiled.ingressRow[facet] : -1)
  }

  /// Decides; nil when it depends on which replicas are meant.
  ///
  /// O(groups of two rows + rules that match).
  package func verdict(
    from source: End, to destination: End, _ transport: TransportProtocol, _ port: UInt16
  ) -> CompiledVerdict? {
    // Pods of one workload, or a pod and its workload: a matter of which replica.
    if source.facet >= 0, source.facet == destination.facet, !(source.isTemplate && destination.isTemplate),
      isWithinOneWorkload(source.identity, destination.identity)
    {
      return nil
    }
    return CompiledVerdict(
      egress: decision(row: source.egressRow, other: destination, transport, port),
      ingress: decision(row: destination.ingressRow, other: source, transport, port))
  }

  /// Decides a flow; nil when it needs a case analysis.
  package func verdict(_ flow: Flow) -> CompiledVerdict? {
    guard case .port(let transport, let port) = flow.traffic, let source = end(flow.source),
      let destination = end(flow.destination)
    else { return nil }
    return verdict(from: source, to: destination, transport, port)
  }

  private func isWithinOneWorkload(_ a: FlowEnd, _ b: FlowEnd) -> Bool {
    if a == b { return true }
    return workload(of: a) == workload(of: b)
  }

  private func workload(of end: FlowEnd) -> Int? {
    switch end {
    case .endpoint(let number, _): compiled.world.endpoints[number].workload
    case .workload(let group): group
    default: nil
    }
  }

  private func decision(
    row: Int32, other: End, _ transport: TransportProtocol, _ port: UInt16
  ) -> CompiledVerdict.Decision {
    if row < 0 { return .notPoliced }
    if row == CompiledPolicies.openRow { return .notIsolated }
    return other.facet >= 0
      ? decision(row, facetGroups, Int(other.facet), transport, port)
      : decision(row, atomGroups, Int(other.atom), transport, port)
  }

  @inline(__always)
  private func decision(
    _ row: Int32, _ groups: borrowing FlatGroups, _ member: Int, _ transport: TransportProtocol,
    _ port: UInt16
  ) -> CompiledVerdict.Decision {
    guard let group = groups.group(row: Int(row), member: member) else { return .denied(row: row) }
    let traffic = groups.traffic[group]
    let isCertain = ports.certain(traffic, transport, port)
    for place in Int(groups.ruleStarts[group])..<Int(groups.ruleStarts[group + 1]) {
      if isCertain, ports.certain(groups.ruleTraffic[place], transport, port) {
        return .allowed(rule: groups.rules[place])
      }
      if !isCertain, ports.possible(groups.ruleTraffic[place], transport, port) {
        return .undefined(rule: groups.rules[place])
      }
    }
    return .denied(row: row)
  }
}

/// Groups of rows in flat arrays.
private struct FlatGroups: Sendable {
  private let wordsPerSet: Int
  private var words: [UInt64] = []
  private var rowStarts: [Int32] = [0]
  private(set) var traffic: [TrafficTable.ID] = []
  private(set) var ruleStarts: [Int32] = [0]
  private(set) var rules: [Int32] = []
  private(set) var ruleTraffic: [TrafficTable.ID] = []

  init(_ rows: [[(members: BitSet, traffic: TrafficTable.ID, rules: [Row.RuleTraffic])]]) {
    wordsPerSet = rows.lazy.compactMap(\.first).first?.members.words.count ?? 0
    for row in rows {
      for group in row {
        words += group.members.words
        traffic.append(group.traffic)
        for rule in group.rules {
          rules.append(rule.rule)
          ruleTraffic.append(rule.traffic)
        }
        ruleStarts.append(Int32(rules.count))
      }
      rowStarts.append(Int32(traffic.count))
    }
  }

  @inline(__always)
  func group(row: Int, member: Int) -> Int? {
    let offset = member >> 6
    let bit: UInt64 = 1 << UInt64(member & 63)
    for group in Int(rowStarts[row])..<Int(rowStarts[row + 1])
    where words[group * wordsPerSet + offset] & bit != 0 {
      return group
    }
    return nil
  }
}

/// The port ranges of every traffic number, in one array.
private struct PortRanges: Sendable {
  /// Lower bound in the high half, upper bound in the low half.
  private var ranges: [UInt32] = []
  /// Six lists per number: certain TCP, UDP, SCTP, possible TCP, UDP, SCTP.
  private var starts: [Int32] = [0]

  init(_ table: TrafficTable) {
    for pair in table.pairs {
      for traffic in [pair.certain, pair.possible] {
        for transport in TransportProtocol.allCases {
          ranges += traffic[transport].ranges.map { UInt32($0.lowerBound) << 16 | UInt32($0.upperBound) }
          starts.append(Int32(ranges.count))
        }
      }
    }
  }

  @inline(__always)
  func certain(_ id: TrafficTable.ID, _ transport: TransportProtocol, _ port: UInt16) -> Bool {
    contains(Int(id) * 6 + Int(transport.rawValue), port)
  }

  @inline(__always)
  func possible(_ id: TrafficTable.ID, _ transport: TransportProtocol, _ port: UInt16) -> Bool {
    contains(Int(id) * 6 + 3 + Int(transport.rawValue), port)
  }

  /// Linear: lists are short, and ascending.
  @inline(__always)
  private func contains(_ list: Int, _ port: UInt16) -> Bool {
    for place in Int(starts[list])..<Int(starts[list + 1]) {
      let range = ranges[place]
      if UInt32(port) < range >> 16 { return false }
      if UInt32(port) <= range & 0xFFFF { return true }
    }
    return false
  }
}
