internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Holds expectations against a cluster.
package struct TestRun {
  /// How many failures of one case are told in full.
  private static let shownFailures = 5

  private let table: VerdictTable
  private let evaluator: FlowEvaluator
  private let wording: Wording
  private let parser: FlowParser
  private let everyPort: [FlowTraffic]
  private var ends: TestEnds
  private var analysed: [Flow: Outcome] = [:]

  /// Compiles the policies.
  package init(_ cluster: Cluster) {
    let compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    table = VerdictTable(compiled)
    evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    wording = Wording(cluster.world)
    parser = FlowParser(cluster.world)
    ends = TestEnds(compiled, table)
    everyPort = TransportProtocol.allCases.flatMap { transport in
      compiled.portBorders(transport).map { .port(transport, $0) }
    }
  }

  /// Decides every case, in order. A case costs about a microsecond per pair of ends and port.
  package mutating func run(_ suites: [TestSuite]) -> [TestResult] {
    var results: [TestResult] = []
    for suite in suites {
      for own in suite.cases { results.append(run(own, in: suite)) }
    }
    return results
  }

  private mutating func run(_ own: TestCase, in suite: TestSuite) -> TestResult {
    var found = Found(because: own.because)
    for expectation in own.expectations {
      do throws(FlowLineError) {
        try check(expectation, &found)
      } catch {
        found.problems.append(
          Diagnostic(.unknownName, .error, error.message, at: expectation.location, fix: error.fix))
      }
    }
    return TestResult(
      suite: suite.name, name: own.name, location: own.location, failures: found.failures,
      failureCount: found.failureCount, problems: found.problems)
  }

  private struct Found {
    let because: String?
    var failures: [TestResult.Failure] = []
    var failureCount = 0
    var problems: [Diagnostic] = []
    /// How many flows were asked about.
    var asked = 0
  }

  private mutating func check(_ expectation: Expectation, _ found: inout Found) throws(FlowLineError) {
    let sources = try ends.ends(expectation.sources)
    let destinations = try ends.ends(expectation.destinations)
    let asked = found.asked
    switch expectation.kind {
    case .allow: try check(sources, destinations, expectation.ports, .allowed, &found)
    case .deny:
      try check(sources, destinations, expectation.ports, .denied, &found)
      if expectation.destinations.contains(where: \.isInternet) {
        checkNames(sources, .egress, expectation.ports, but: [], internetOnly: true, &found)
      }
      if expectation.sources.contains(where: \.isInternet) {
        checkNames(destinations, .ingress, expectation.ports, but: [], internetOnly: true, &found)
      }
    case .onlyFrom:
      try requireOpen(sources, destinations, expectation.ports, &found)
      let rest = others(than: sources, expectation.sources)
      try check(rest, destinations, expectation.ports, .denied, skipsOwnUnit: true, &found)
      checkNames(
        destinations, .ingress, expectation.ports, but: expectation.sources, internetOnly: false, &found)
    case .onlyTo:
      try requireOpen(sources, destinations, expectation.ports, &found)
      let rest = others(than: destinations, expectation.destinations)
      try check(sources, rest, expectation.ports, .denied, skipsOwnUnit: true, &found)
      checkNames(
        sources, .egress, expectation.ports, but: expectation.destinations, internetOnly: false, &found)
    }
    if found.asked == asked {
      throw FlowLineError("`\(expectation.text)` is about no connection at all, so it would always hold")
    }
  }

  /// Everybody that is not listed: pods, and of the addresses outside those that are not.
  private func others(than listed: [TestEnd], _ expressions: [EndExpression]) -> [TestEnd] {
    let units = listed.reduce(into: Set<Int>()) {
      $0.formUnion(ends.unitsBehind($1.end))
      if let unit = $1.unit, case .workload = $1.end { $0.insert(unit) }
    }
    let endpoints = Set(listed.map(\.end))
    let blocks = expressions.map(\.addresses).reduce(AddressSet.empty) { $0.union($1) }
    let pods = ends.everyUnit().filter { other in
      // Of a unit that policies do not tell apart, single pods may be listed; the others are not.
      guard let unit = other.unit, units.contains(unit) else { return true }
      return isPartlyListed(unit, listed) && !endpoints.contains(other.end)
    }
    return pods + ends.outside(AddressSet.allIPv4.union(.allIPv6).subtracting(blocks))
  }

  private func isPartlyListed(_ unit: Int, _ listed: [TestEnd]) -> Bool {
    let own = listed.filter { $0.unit == unit }
    return ends.units[unit].endpoints.count > 1 && !own.isEmpty
      && own.allSatisfy { if case .endpoint = $0.end { true } else { false } }
      && own.count < ends.units[unit].endpoints.count
  }

  private mutating func check(
    _ sources: [TestEnd], _ destinations: [TestEnd], _ ports: [PortExpression], _ expected: Outcome,
    skipsOwnUnit: Bool = false, _ found: inout Found
  ) throws(FlowLineError) {
    for source in sources {
      for destination in destinations where areTwo(source, destination) {
        if skipsOwnUnit, let unit = source.unit, unit == destination.unit { continue }
        // One failure tells of all ports that have the same outcome.
        var wrong: [Outcome: [FlowTraffic]] = [:]
        for traffic in traffics(ports, to: destination) {
          found.asked += 1
          let outcome = try outcome(source, destination, traffic)
          if outcome != expected {
            wrong[outcome, default: []].append(traffic)
          } else if let because = found.because {
            let reason = wording.reason(
              evaluator.verdict(Flow(from: source.end, to: destination.end, traffic)))
            if !reason.contains(because) {
              fail(source, destination, [traffic], outcome, "\(expected) because of \(because)", &found)
            }
          }
        }
        for outcome in [Outcome.allowed, .denied, .undefined] {
          if let traffics = wrong[outcome] {
            fail(source, destination, traffics, outcome, "\(expected)", &found)
          }
        }
      }
    }
  }

  /// Domain names and entities that policies speak of are ends, too: nothing may be open to them that is not listed.
  ///
  /// - Parameter internetOnly: only names that anybody on the internet may have.
  private func checkNames(
    _ own: [TestEnd], _ direction: Direction, _ ports: [PortExpression], but listed: [EndExpression],
    internetOnly: Bool, _ found: inout Found
  ) {
    let names = Set(listed.map(\.text))
    let listsInternet = listed.contains(where: \.isInternet)
    for end in own {
      guard let unit = end.unit else { continue }
      for name in ends.openNames(unit, direction) where !names.contains(name.text) {
        if internetOnly, !name.isInternet { continue }
        if listsInternet, name.isInternet { continue }
        let asked = traffics(ports, to: end).filter {
          if case .port(let transport, let port) = $0 {
            name.possible.contains(transport, port)
          } else {
            false
          }
        }
        guard case .port(let transport, let port)? = asked.first, let first = asked.first else { continue }
        let outcome: Outcome = name.certain.contains(transport, port) ? .allowed : .undefined
        found.failureCount += 1
        guard found.failures.count < Self.shownFailures else { continue }
        let pair = direction == .egress ? "\(end.name) -> \(name.text)" : "\(name.text) -> \(end.name)"
        found.failures.append(
          TestResult.Failure(
            flow: "\(pair) \(first.word)\(asked.count > 1 ? " and other ports" : "")", expected: "denied",
            outcome: outcome, reason: "\(direction.name) \(name.reason)", fix: nil))
      }
    }
  }

  /// Each pair on all ports that are named, or on any when none is.
  private mutating func requireOpen(
    _ sources: [TestEnd], _ destinations: [TestEnd], _ ports: [PortExpression], _ found: inout Found
  ) throws(FlowLineError) {
    if !ports.isEmpty { return try check(sources, destinations, ports, .allowed, &found) }
    for source in sources {
      for destination in destinations where areTwo(source, destination) {
        var isOpen = false
        for traffic in traffics(ports, to: destination) where !isOpen {
          found.asked += 1
          isOpen = try outcome(source, destination, traffic) == .allowed
        }
        if !isOpen, let first = traffics(ports, to: destination).first {
          let outcome = try outcome(source, destination, first)
          fail(source, destination, [first], outcome, "some port allowed", &found)
        }
      }
    }
  }

  /// Whether there are two to talk: a single pod has no other replica.
  private func areTwo(_ source: TestEnd, _ destination: TestEnd) -> Bool {
    source.end != destination.end || source.hasPeers
  }

  private func traffics(_ ports: [PortExpression], to destination: TestEnd) -> [FlowTraffic] {
    let every: [FlowTraffic]
    if case .service(let number, _) = destination.end {
      every = evaluator.world.services[number].ports.map { .port($0.transport, $0.number) }
    } else {
      every = everyPort
    }
    if ports.isEmpty { return every }
    return ports.flatMap { port -> [FlowTraffic] in
      switch port {
      case .all: return every
      case .other(let traffic): return [traffic]
      case .range(let transport, let range):
        if case .service = destination.end {
          // A Service has the ports that it names, and no others between them.
          let own = every.filter {
            if case .port(transport, let number) = $0 { range.contains(number) } else { false }
          }
          return own.isEmpty ? [.port(transport, range.lowerBound)] : own
        }
        let inside = every.filter {
          if case .port(transport, let number) = $0 {
            range.contains(number) && number != range.lowerBound
          } else {
            false
          }
        }
        return [.port(transport, range.lowerBound)] + inside
      }
    }
  }

  private mutating func outcome(
    _ source: TestEnd, _ destination: TestEnd, _ traffic: FlowTraffic
  ) throws(FlowLineError) -> Outcome {
    if case .port(let transport, let port) = traffic, let from = source.simple, let to = destination.simple,
      let verdict = table.verdict(from: from, to: to, transport, port)
    {
      return verdict.outcome
    }
    let flow = try parser.flow(from: source.end, to: destination.end, traffic)
    if let known = analysed[flow] { return known }
    let outcome = evaluator.verdict(flow).outcome
    analysed[flow] = outcome
    return outcome
  }

  /// - Parameter traffics: all that have this outcome; the first is explained.
  private func fail(
    _ source: TestEnd, _ destination: TestEnd, _ traffics: [FlowTraffic], _ outcome: Outcome,
    _ expected: String, _ found: inout Found
  ) {
    found.failureCount += 1
    guard found.failures.count < Self.shownFailures, let first = traffics.first else { return }
    let verdict = evaluator.verdict(Flow(from: source.end, to: destination.end, first))
    let more = traffics.count > 1 ? " and other ports" : ""
    found.failures.append(
      TestResult.Failure(
        flow: "\(source.name) -> \(destination.name) \(first.word)\(more)", expected: expected,
        outcome: outcome,
        reason: wording.reason(verdict), fix: verdict.traces.first.flatMap { fix($0) }))
  }

  private func fix(_ trace: Trace) -> String? {
    trace.isAllowed ? wording.denial(trace) : wording.conclusion(trace)
  }
}

extension FlowTraffic {
  /// As in a flow line: `tcp/443`.
  fileprivate var word: String {
    switch self {
    case .port(let transport, let number): "\(transport.name.lowercased())/\(number)"
    case .other(let other): other.text
    }
  }
}

extension EndExpression {
  fileprivate var isInternet: Bool { if case .internet = kind { true } else { false } }

  /// The addresses that it names.
  fileprivate var addresses: AddressSet {
    switch kind {
    case .internet: .internet
    case .block(let block): AddressSet(block)
    case .one: IPAddress(text).map { AddressSet($0) } ?? .empty
    case .workloads, .podsOutside: .empty
    }
  }
}
