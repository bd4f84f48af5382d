internal import Kubernetes
package import Nftables

/// What the kernel would do with a packet, written from the manual of nft(8) and the kernel's `nft_do_chain`.
///
/// Slow and literal, for tests.
package struct ProgramInterpreter: Sendable {
  /// Whether `limit rate` lets packets through.
  package var hasTokens = true
  /// Keys that are in sets besides what the program put there.
  package var members: [SetName: Set<[Value]>] = [:]
  /// Verdicts that are in maps besides what the program put there.
  package var verdicts: [MapName: [[Value]: Verdict]] = [:]

  private let chains: [ChainName: Chain]
  private let baseChains: [Chain]
  private let sets: [SetName: NamedSet]
  private let maps: [MapName: VerdictMap]
  private let markMaps: [MapName: MarkMap]
  private let counters: Set<CounterName>

  package init(_ program: NftablesProgram) {
    chains = Dictionary(program.chains.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    baseChains = program.chains.filter { $0.base != nil }
      .sorted { ($0.base?.priority ?? 0) < ($1.base?.priority ?? 0) }
    sets = Dictionary(program.sets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    maps = Dictionary(program.maps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    markMaps = Dictionary(program.markMaps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    counters = Set(program.counters.map(\.name))
  }

  /// Asks the base chains of the hook by priority, until one drops the packet.
  package func outcome(of packet: TracedPacket, at hook: Chain.Hook) -> Outcome {
    var run = Run(packet: packet, outcome: Outcome())
    run.outcome.mark = packet.mark
    run.outcome.connectionMark = packet.connection?.mark
    for chain in baseChains where chain.base?.hook == hook {
      switch walk(chain, depth: 0, &run) {
      case .fate(.accepted): continue
      case .fate(let fate):
        run.outcome.fate = fate
        return run.outcome
      case .end:
        if chain.base?.policy == .drop {
          run.outcome.fate = .dropped
          return run.outcome
        }
      }
    }
    return run.outcome
  }

  /// What a rule or a chain came to.
  private enum Result {
    case fate(Outcome.Fate)
    /// The last rule was passed, or `return` was met.
    case end
  }

  private struct Run {
    var packet: TracedPacket
    var outcome: Outcome
  }

  /// NFT_JUMP_STACK_SIZE of the kernel.
  private static let deepestJump = 16

  private func walk(_ chain: Chain, depth: Int, _ run: inout Run) -> Result {
    run.outcome.chains.append(chain.name)
    for rule in chain.rules {
      guard let verdict = self.verdict(of: rule, &run) else { continue }
      switch verdict {
      case .verdict(.accept): return .fate(.accepted)
      case .verdict(.drop): return .fate(.dropped)
      case .rejection(let rejection): return .fate(.rejected(rejection))
      case .verdict(.return): return .end
      case .verdict(.goto(let name)): return enter(name, depth: depth, &run)
      case .verdict(.jump(let name)):
        if case .fate(let fate) = enter(name, depth: depth + 1, &run) { return .fate(fate) }
      }
    }
    return .end
  }

  private func enter(_ name: ChainName, depth: Int, _ run: inout Run) -> Result {
    guard let chain = chains[name], chain.base == nil, depth < Self.deepestJump else {
      run.outcome.faults.append("cannot go to chain \(name) at depth \(depth)")
      return .fate(.dropped)
    }
    return walk(chain, depth: depth, &run)
  }

  private enum RuleEnd {
    case verdict(Verdict)
    case rejection(Rejection)
  }

  /// Nil when a condition failed or there was no verdict: the next rule is asked.
  private func verdict(of rule: Rule, _ run: inout Run) -> RuleEnd? {
    for statement in rule.statements {
      switch statement {
      case .match(let match):
        if !holds(match, &run) { return nil }
      case .verdict(let verdict): return .verdict(verdict)
      case .verdictMap(let fields, let name):
        guard let key = key(fields, &run), let verdict = verdict(key, in: name, &run) else { return nil }
        return .verdict(verdict)
      case .verdicts(let fields, let elements):
        guard let key = key(fields, &run),
          let element = elements.first(where: { Self.contains($0.key, key) })
        else { return nil }
        return .verdict(element.verdict)
      case .reject(let rejection):
        if rejection == .tcpReset, run.packet.protocolNumber != 6 {
          run.outcome.faults.append("reset of a packet that is not TCP")
        }
        return .rejection(rejection)
      case .count: break
      case .countIn(let name):
        if !counters.contains(name) { run.outcome.faults.append("no counter \(name)") }
        run.outcome.counters[name, default: 0] += 1
      case .log(let log): run.outcome.logs.append(log)
      case .markConnection(let mark):
        guard run.packet.connection != nil else { return nil }
        run.packet.connection?.mark = mark
        run.outcome.connectionMark = mark
      case .markPacket(let mark):
        run.packet.mark = mark
        run.outcome.mark = mark
      case .markPacketBy(let fields, let name):
        guard let key = key(fields, &run), let mark = mark(key, in: name, &run) else { return nil }
        run.packet.mark = mark
        run.outcome.mark = mark
      case .update(let name, let fields, let timeout):
        if sets[name]?.storage.isDynamic != true { run.outcome.faults.append("\(name) is no dynamic set") }
        guard let key = key(fields, &run) else { return nil }
        run.outcome.updates.append(Outcome.Update(set: name, key: key, timeout: timeout))
      }
    }
    return nil
  }

  private func holds(_ match: Match, _ run: inout Run) -> Bool {
    switch match {
    case .field(let field, let choice, let intervals):
      guard let key = key([field], &run) else { return false }
      return intervals.contains { $0.contains(key[0]) } == (choice == .oneOf)
    case .lookup(let fields, let choice, let name):
      guard let key = key(fields, &run) else { return false }
      return isMember(key, of: name, &run) == (choice == .oneOf)
    case .connection(let choice, let states):
      return states.contains(run.packet.connection?.state ?? .invalid) == (choice == .oneOf)
    case .direction(let direction): return run.packet.connection?.direction == direction
    case .tcpFlags(let mask, let value):
      guard case .tcp(_, _, let flags) = run.packet.content else { return false }
      return flags.intersection(mask) == value
    case .rate: return hasTokens
    }
  }

  private func isMember(_ key: [Value], of name: SetName, _ run: inout Run) -> Bool {
    guard let set = sets[name] else {
      run.outcome.faults.append("no set \(name)")
      return false
    }
    check(key, against: set.storage.types, name.text, &run)
    return set.elements.contains { Self.contains($0.key, key) } || members[name]?.contains(key) == true
  }

  private func verdict(_ key: [Value], in name: MapName, _ run: inout Run) -> Verdict? {
    guard let map = maps[name] else {
      run.outcome.faults.append("no map \(name)")
      return nil
    }
    check(key, against: map.storage.types, name.text, &run)
    return map.elements.first { Self.contains($0.key, key) }?.verdict ?? verdicts[name]?[key]
  }

  private func mark(_ key: [Value], in name: MapName, _ run: inout Run) -> UInt32? {
    guard let map = markMaps[name] else {
      run.outcome.faults.append("no map of marks \(name)")
      return nil
    }
    check(key, against: map.storage.types, name.text, &run)
    return map.elements.first { Self.contains($0.key, key) }?.mark
  }

  private func check(_ key: [Value], against types: [KeyType], _ name: String, _ run: inout Run) {
    if key.count != types.count || !zip(key, types).allSatisfy({ $0.fits($1) }) {
      run.outcome.faults.append("a key of the wrong type for \(name)")
    }
  }

  private static func contains(_ intervals: [Interval], _ key: [Value]) -> Bool {
    intervals.count == key.count && zip(intervals, key).allSatisfy { $0.contains($1) }
  }

  /// Nil when the packet does not have one of the fields, which ends the rule.
  private func key(_ fields: [Field], _ run: inout Run) -> [Value]? {
    var key: [Value] = []
    for field in fields {
      guard let value = value(of: field, &run) else { return nil }
      key.append(value)
    }
    return key
  }

  private func value(of field: Field, _ run: inout Run) -> Value? {
    let packet = run.packet
    switch field {
    case .transportProtocol: return .protocolNumber(packet.protocolNumber)
    case .family: return .family(packet.family)
    case .inputInterface: return packet.inputInterface.map(Value.interface)
    case .outputInterface: return packet.outputInterface.map(Value.interface)
    case .mark: return .mark(packet.mark)
    case .connectionMark: return packet.connection.map { .mark($0.mark) }
    case .connectionProtocol:
      return packet.connection.map { .protocolNumber($0.protocolNumber ?? packet.protocolNumber) }
    case .address(let family, let end):
      guard packet.family == family else { return nil }
      return .address(end == .source ? packet.source : packet.destination)
    case .port(let end):
      guard let ports = packet.content.ports else {
        run.outcome.faults.append("a port of a packet that has none")
        return nil
      }
      return .port(end == .source ? ports.source : ports.destination)
    case .icmpType(let family):
      guard case .icmp(let type, _) = packet.content, packet.family == family else { return nil }
      return .icmp(type)
    case .icmpCode(let family):
      guard case .icmp(_, let code) = packet.content, packet.family == family else { return nil }
      return .icmp(code)
    case .tupleAddress(let direction, let family, let end):
      guard let tuple = tuple(direction, packet), tuple.source.family == family else { return nil }
      return .address(end == .source ? tuple.source : tuple.destination)
    case .tuplePort(let direction, let end):
      guard let tuple = tuple(direction, packet) else { return nil }
      if !Self.protocolsWithTuplePorts.contains(packet.connection?.protocolNumber ?? packet.protocolNumber) {
        run.outcome.faults.append("a port of a connection that may have none")
      }
      return .port(end == .source ? tuple.sourcePort : tuple.destinationPort)
    }
  }

  /// TCP, UDP and SCTP, and both ICMPs with what stands in the place of ports.
  private static let protocolsWithTuplePorts: Set<UInt8> = [1, 6, 17, 58, 132]

  private func tuple(_ direction: TupleDirection, _ packet: TracedPacket) -> TracedPacket.Tuple? {
    direction == .original ? packet.connection?.original : packet.connection?.reply
  }
}
