package import Kubernetes
internal import PolicyModel

/// The answer to a flow that needs no case analysis, with what decided each direction.
package struct CompiledVerdict: Sendable {
  package enum Decision: Sendable, Hashable {
    /// Policies do not apply to this end.
    case notPoliced
    /// No policy says anything about it.
    case notIsolated
    /// The first rule that matches, as a number for ``CompiledPolicies/policyAndRule(_:)``.
    case allowed(rule: Int32)
    /// No rule of the row's policies decides, and they leave open what they do not decide; see
    /// ``CompiledPolicies/policies(ofRow:)``.
    case undecided(row: Int32)
    /// No rule of the row's policies matches, and they close what they do not allow.
    case denied(row: Int32)
    /// The first rule that denies it.
    case deniedByRule(Int32)
    /// The first rule that decides it in some of the cases that an end stands for, and not in all.
    case undefined(rule: Int32)
    /// In some of the cases that an end stands for the row's policies close it, and no rule lets it through.
    case perhapsClosed(row: Int32)

    package var outcome: Outcome {
      switch self {
      case .notPoliced, .notIsolated, .allowed, .undecided: .allowed
      case .denied, .deniedByRule: .denied
      case .undefined, .perhapsClosed: .undefined
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
    facetGroups = FlatGroups(compiled.rows.map(\.groups))
    atomGroups = FlatGroups(compiled.rows.map(\.outside))
    ports = PortRanges(compiled.table)
  }

  /// An end that looks the same in every situation. Plain numbers: it is copied for every question.
  package struct End: Sendable {
    /// Index of the workload group, to recognise a flow within one; -1 for an outside address.
    let workload: Int32
    /// Index of the facet, or -1 for an outside address.
    let facet: Int32
    /// Index of the address atom, or -1.
    let atom: Int32
    /// The family of a pod's known address.
    let family: AddressFamily?
    /// It stands for replicas: two of them are two pods.
    let isTemplate: Bool
    /// -1 when it is not policed.
    let egressRow: Int32
    let ingressRow: Int32
  }

  /// Prepares an end; nil when it may look different ways, or is a node, a Service or `self`.
  package func end(_ end: FlowEnd) -> End? {
    switch end {
    case .endpoint(let number, _): return facetEnd([number])
    case .workload, .ownedWorkload: return facetEnd(compiled.world.endpoints(of: end))
    case .address(let address):
      return End(
        workload: -1, facet: -1, atom: compiled.atoms.atom(of: address), family: nil, isTemplate: false,
        egressRow: -1,
        ingressRow: -1)
    case .node, .domain, .entity, .itself, .service: return nil
    }
  }

  private func facetEnd(_ endpoints: [Int]) -> End? {
    guard let first = endpoints.first else { return nil }
    let number = compiled.classOfEndpoint[first]
    let endpointClass = compiled.classes[Int(number)]
    guard compiled.isSimple(endpointClass), endpoints.allSatisfy({ compiled.classOfEndpoint[$0] == number })
    else {
      return nil
    }
    let facet = Int(endpointClass.facets[0])
    let isPoliced = compiled.facets[facet].isPoliced
    return End(
      workload: Int32(compiled.world.endpoints[first].workload), facet: Int32(facet), atom: -1,
      family: compiled.facets[facet].knownFamily,
      isTemplate: endpoints.count == 1 && compiled.world.endpoints[first].kind != .pod,
      egressRow: isPoliced ? compiled.egressRow[facet] : -1,
      ingressRow: isPoliced ? compiled.ingressRow[facet] : -1)
  }

  /// Decides; nil when it depends on which replicas are meant, on which of several policies goes first, or on
  /// something unknown that both directions look at, and when no connection can exist.
  ///
  /// O(groups of two rows + rules that match).
  package func verdict(
    from source: End, to destination: End, _ transport: TransportProtocol, _ port: UInt16
  ) -> CompiledVerdict? {
    // Pods of one workload, or a pod and its workload: a matter of which replica.
    if source.facet >= 0, source.facet == destination.facet, !(source.isTemplate && destination.isTemplate),
      source.workload == destination.workload
    {
      return nil
    }
    if let own = source.family, let other = destination.family, own != other { return nil }
    let egress = decision(row: source.egressRow, other: destination, transport, port)
    let ingress = decision(row: destination.ingressRow, other: source, transport, port)
    if mayBeTied(egress, source.egressRow) || mayBeTied(ingress, destination.ingressRow) { return nil }
    if egress.outcome == .undefined, ingress.outcome == .undefined,
      sharesUnknowns(source.egressRow) || sharesUnknowns(destination.ingressRow)
    {
      return nil
    }
    return CompiledVerdict(egress: egress, ingress: ingress)
  }

  /// Whether an open answer may be that of policies of one rank, all of which have to be named.
  @inline(__always)
  private func mayBeTied(_ decision: CompiledVerdict.Decision, _ row: Int32) -> Bool {
    decision.outcome == .undefined && compiled.rows[Int(row)].mayTie
  }

  @inline(__always)
  private func sharesUnknowns(_ row: Int32) -> Bool { compiled.rows[Int(row)].sharesUnknowns }

  /// Decides a flow; nil when it needs a case analysis.
  package func verdict(_ flow: Flow) -> CompiledVerdict? {
    guard case .port(let transport, let port) = flow.traffic, let source = end(flow.source),
      let destination = end(flow.destination)
    else { return nil }
    return verdict(from: source, to: destination, transport, port)
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
    if ports.possible(traffic, transport, port) {
      if let rule = groups.firstRule(of: group, where: { ports.holds($0, isCertain, transport, port) }) {
        return isCertain ? .allowed(rule: rule) : .undefined(rule: rule)
      }
      if isCertain { return .undecided(row: row) }
      let denial = groups.firstDenial(of: group) { ports.possible($0, transport, port) }
      return denial.map { .undefined(rule: $0) } ?? .perhapsClosed(row: row)
    }
    return groups.firstDenial(of: group) { ports.certain($0, transport, port) }.map { .deniedByRule($0) }
      ?? .denied(row: row)
  }
}

/// Groups of rows in flat arrays.
private struct FlatGroups: Sendable {
  private let wordsPerSet: Int
  /// Row by row, the first word of each of its groups, then the second of each: a question looks at one word of every
  /// group, and these lie side by side.
  private var words: [UInt64] = []
  private var rowStarts: [Int32] = [0]
  private(set) var traffic: [TrafficTable.ID] = []
  private var ruleStarts: [Int32] = [0]
  /// Where the denials of a group start among its rules.
  private var denialStarts: [Int32] = []
  private var rules: [Int32] = []
  private var ruleTraffic: [TrafficTable.ID] = []

  init(_ rows: [[Row.Group]]) {
    wordsPerSet = rows.lazy.compactMap(\.first).first?.members.words.count ?? 0
    for row in rows {
      for place in 0..<wordsPerSet {
        for group in row { words.append(group.members.words[place]) }
      }
      for group in row {
        traffic.append(group.traffic)
        for rule in group.allows { append(rule) }
        denialStarts.append(Int32(rules.count))
        for rule in group.denials { append(rule) }
        ruleStarts.append(Int32(rules.count))
      }
      rowStarts.append(Int32(traffic.count))
    }
  }

  private mutating func append(_ rule: Row.RuleTraffic) {
    rules.append(rule.rule)
    ruleTraffic.append(rule.traffic)
  }

  /// The first rule of a group that lets something through which `isWanted`.
  @inline(__always)
  func firstRule(of group: Int, where isWanted: (TrafficTable.ID) -> Bool) -> Int32? {
    for place in Int(ruleStarts[group])..<Int(denialStarts[group]) where isWanted(ruleTraffic[place]) {
      return rules[place]
    }
    return nil
  }

  /// The first rule of a group that denies something which `isWanted`.
  @inline(__always)
  func firstDenial(of group: Int, where isWanted: (TrafficTable.ID) -> Bool) -> Int32? {
    for place in Int(denialStarts[group])..<Int(ruleStarts[group + 1]) where isWanted(ruleTraffic[place]) {
      return rules[place]
    }
    return nil
  }

  @inline(__always)
  func group(row: Int, member: Int) -> Int? {
    let first = Int(rowStarts[row])
    let count = Int(rowStarts[row + 1]) - first
    let start = first * wordsPerSet + member >> 6 * count
    let bit: UInt64 = 1 << UInt64(member & 63)
    for place in 0..<count where words[start + place] & bit != 0 { return first + place }
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

  @inline(__always)
  func holds(_ id: TrafficTable.ID, _ isCertain: Bool, _ transport: TransportProtocol, _ port: UInt16) -> Bool
  {
    isCertain ? certain(id, transport, port) : possible(id, transport, port)
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
