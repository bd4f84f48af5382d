package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// What became of a case.
package struct TestResult: Sendable {
  /// A flow that is not as expected.
  package struct Failure: Sendable {
    /// `shop/web -> shop/db tcp/5432`.
    package let flow: String
    /// `allowed` or `denied`; words where something else was expected.
    package let expected: String
    package let outcome: Outcome
    /// What decided, with file and line.
    package let reason: String
    /// The smallest change that would do, when there is one.
    package let fix: String?
  }

  package let suite: String
  package let name: String
  package let location: SourceLocation
  /// The first of them, see ``failureCount``.
  package let failures: [Failure]
  package let failureCount: Int
  /// Why the case could not be decided, such as a name that is not in the input.
  package let problems: [Diagnostic]

  package var isPassed: Bool { failureCount == 0 && problems.isEmpty }
}

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
  }

  private mutating func check(_ expectation: Expectation, _ found: inout Found) throws(FlowLineError) {
    let sources = try ends.ends(expectation.sources)
    let destinations = try ends.ends(expectation.destinations)
    switch expectation.kind {
    case .allow: try check(sources, destinations, expectation.ports, .allowed, &found)
    case .deny: try check(sources, destinations, expectation.ports, .denied, &found)
    case .onlyFrom:
      try requireOpen(sources, destinations, expectation.ports, &found)
      let rest = others(than: sources, and: destinations, expectation.sources)
      try check(rest, destinations, expectation.ports, .denied, &found)
    case .onlyTo:
      try requireOpen(sources, destinations, expectation.ports, &found)
      let rest = others(than: destinations, and: sources, expectation.destinations)
      try check(sources, rest, expectation.ports, .denied, &found)
    }
  }

  /// Everybody that is neither listed nor one of the ends in question.
  private func others(than listed: [TestEnd], and own: [TestEnd], _ expressions: [EndExpression]) -> [TestEnd]
  {
    let units = Set((listed + own).compactMap(\.unit))
    let endpoints = Set((listed + own).map(\.end))
    let blocks = expressions.map(\.addresses).reduce(AddressSet.empty) { $0.union($1) }
    return ends.everyone().filter { other in
      if let unit = other.unit { return !units.contains(unit) }
      if case .address(let address) = other.end, blocks.contains(address) { return false }
      return !endpoints.contains(other.end)
    }
  }

  private mutating func check(
    _ sources: [TestEnd], _ destinations: [TestEnd], _ ports: [PortExpression], _ expected: Outcome,
    _ found: inout Found
  ) throws(FlowLineError) {
    for source in sources {
      for destination in destinations where areTwo(source, destination) {
        // One failure tells of all ports that have the same outcome.
        var wrong: [Outcome: [FlowTraffic]] = [:]
        for traffic in traffics(ports, to: destination) {
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

  /// Each pair on all ports that are named, or on any when none is.
  private mutating func requireOpen(
    _ sources: [TestEnd], _ destinations: [TestEnd], _ ports: [PortExpression], _ found: inout Found
  ) throws(FlowLineError) {
    if !ports.isEmpty { return try check(sources, destinations, ports, .allowed, &found) }
    for source in sources {
      for destination in destinations where areTwo(source, destination) {
        var isOpen = false
        for traffic in traffics(ports, to: destination) where !isOpen {
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
