package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// What the engine says of the log, and of everything else, with the suggested policies as they are written.
package struct SuggestionProof: Sendable {
  /// What places in suggested policies are called by.
  static let path = "<suggested>"

  /// A connection that was let through and is not allowed.
  package struct Cut: Sendable {
    package let flow: String
    package fileprivate(set) var count: Int
    package let verdict: Outcome
    package let reason: String
    /// Where it was seen first.
    package let location: SourceLocation
  }

  /// Connections that were not seen and are open all the same, for one reason.
  package struct Opening: Sendable {
    package struct Example: Sendable {
      package let source: String
      package let destination: String
      /// `TCP 80,443`
      package let ports: String
    }

    /// What lets them through, with file and line; one line for each direction.
    package let reasons: [String]
    /// Whether it depends on what the input does not say.
    package let isUndefined: Bool
    /// Whether a rule of the input takes part, and not only suggested ones.
    let isOfInput: Bool
    /// The first of them.
    package fileprivate(set) var examples: [Example]
    package fileprivate(set) var count: Int

    static let mostExamples = 3
  }

  /// Distinct connections of the log that were looked at.
  package let flows: Int
  package let cut: [Cut]
  /// In the order of the ends of their first examples.
  package let open: [Opening]
  /// Pairs that are open for looking up names only, though nothing was seen.
  package let lookups: Int

  /// - Parameter suggested: the cluster with the policies, read from their text.
  init(_ builder: SuggestionBuilder, _ suggested: FlowResolver) {
    (flows, cut) = Self.replay(builder, suggested)
    var finder = OpeningFinder(builder, suggested)
    finder.findPairs()
    finder.findOutside()
    open = finder.openings
    lookups = finder.lookups
  }

  /// Holds the log against the policies.
  private static func replay(_ builder: SuggestionBuilder, _ suggested: FlowResolver) -> (
    flows: Int, cut: [Cut]
  ) {
    let wording = Wording(suggested.cluster.world)
    var numbers: [ResolvedFlow: Int?] = [:]
    var cut: [Cut] = []
    for entry in builder.observations.entries {
      guard case .flow(let resolved, let source, let destination)? = try? suggested.resolve(entry),
        builder.isWanted(resolved.flow)
      else { continue }
      if let known = numbers[resolved] {
        if let known { cut[known].count = cut[known].count.addingWithoutOverflow(entry.count) }
        continue
      }
      let outcome = suggested.outcome(resolved)
      numbers[resolved] = outcome == .allowed ? Int?.none : cut.count
      if outcome == .allowed { continue }
      cut.append(
        Cut(
          flow: "\(source) -> \(destination) \(entry.traffic)", count: entry.count, verdict: outcome,
          reason: wording.reason(suggested.evaluator.verdict(resolved.flow)), location: entry.location))
    }
    return (numbers.count, cut)
  }
}

/// Finds what is open between closed workloads and was not seen.
private struct OpeningFinder {
  private struct Pair: Hashable {
    let source: Int
    let destination: Int
  }

  private struct Outside: Hashable {
    let group: Int
    let direction: Direction
  }

  private let builder: SuggestionBuilder
  private let report: ConnectivityReport
  private let walk: ConnectivityWalk
  private let explainer: RowExplainer
  private var seenPairs: [Pair: TrafficSet] = [:]
  private var seenOutside: [Outside: [AddressSet: TrafficSet]] = [:]
  /// What was seen between a workload and something that has a name: a domain, or the API server under nil.
  private var seenNames: [Outside: [String?: TrafficSet]] = [:]
  private var numbers: [String: Int] = [:]
  private(set) var openings: [SuggestionProof.Opening] = []
  private(set) var lookups = 0

  init(_ builder: SuggestionBuilder, _ suggested: FlowResolver) {
    self.builder = builder
    report = ConnectivityReport(suggested.cluster, suggested.compiled)
    walk = report.makeWalk()
    explainer = RowExplainer(report)
    for connection in builder.observations.connections { note(connection, suggested.cluster) }
  }

  private mutating func note(_ connection: ObservedConnection, _ cluster: Cluster) {
    guard let port = connection.port else { return }
    let traffic = TrafficSet(port.transport, PortSet(port.number))
    func ofEnd(_ end: ObservedConnection.End) -> AddressSet {
      switch end {
      case .address(let address): AddressSet(address)
      case .node(let number):
        AddressSet(unsorted: cluster.world.nodes[number].addresses.flatMap { AddressSet($0).intervals })
      case .apiServer: cluster.world.apiServerAddresses
      case .workload, .world, .unnameable: .empty
      }
    }
    if let source = connection.source.workload, let destination = connection.destination.workload {
      let pair = Pair(source: source, destination: destination)
      seenPairs[pair] = seenPairs[pair]?.union(traffic) ?? traffic
    } else if let source = connection.source.workload {
      let outside = Outside(group: source, direction: .egress)
      note(traffic, ofEnd(connection.destination), outside)
      if connection.destination == .apiServer { noteName(nil, traffic, outside) }
      for domain in connection.domains { noteName(domain, traffic, outside) }
    } else if let destination = connection.destination.workload {
      let outside = Outside(group: destination, direction: .ingress)
      note(traffic, ofEnd(connection.source), outside)
      if connection.source == .apiServer { noteName(nil, traffic, outside) }
    }
  }

  private mutating func noteName(_ name: String?, _ traffic: TrafficSet, _ outside: Outside) {
    seenNames[outside, default: [:]][name] = (seenNames[outside]?[name] ?? .none).union(traffic)
  }

  /// What was seen between a workload and what a named end stands for.
  private func seen(_ outside: Outside, _ name: Int) -> TrafficSet {
    let end = report.compiled.namedEnds[name]
    return (seenNames[outside] ?? [:]).reduce(.none) { whole, seen in
      let isSame = seen.key.map { end.domain?.matches($0) ?? false } ?? (end.domain == nil)
      return isSame ? whole.union(seen.value) : whole
    }
  }

  /// Between workloads. O(units²).
  mutating func findPairs() {
    for source in report.units.indices {
      let sender = report.units[source].workload
      let isSourceClosed = builder.isClosed(sender, .egress)
      for destination in walk.destinations(of: source) {
        let receiver = report.units[Int(destination.unit)].workload
        guard isSourceClosed || builder.isClosed(receiver, .ingress) else { continue }
        let seen = seenPairs[Pair(source: sender, destination: receiver)] ?? .none
        let (certain, possible) = walk.connection(destination.connection)
        let rest = possible.subtracting(seen)
        if rest.isEmpty { continue }
        if isLookup(rest, at: receiver) {
          lookups += 1
          continue
        }
        add(
          .unit(report.units[source]), .unit(report.units[Int(destination.unit)]), report.names[source],
          report.names[Int(destination.unit)], rest, isUndefined: certain.subtracting(seen).isEmpty)
      }
    }
  }

  /// To and from what is outside.
  mutating func findOutside() {
    for (number, unit) in report.units.enumerated() {
      for direction in Direction.allCases where builder.isClosed(unit.workload, direction) {
        let outside = Outside(group: unit.workload, direction: direction)
        for found in walk.outside(of: number, direction) {
          var (certain, possible) = walk.connection(found.connection)
          if direction == .ingress, isLookup(possible, at: unit.workload) { continue }
          let end: CompiledPolicies.RowEnd
          switch found.end {
          case .addresses(let set):
            let seen = (seenOutside[outside] ?? [:]).filter { possible.subtracting($0.value).isEmpty }
            let rest = seen.keys.reduce(walk.addressSets[set]) { $0.subtracting($1) }
            if rest.isEmpty { continue }
            end = .addresses(rest)
          case .name(let name):
            let seen = seen(outside, name)
            (certain, possible) = (certain.subtracting(seen), possible.subtracting(seen))
            if possible.isEmpty { continue }
            end = .name(name)
          }
          let name = text(end)
          let own = CompiledPolicies.RowEnd.unit(unit)
          if direction == .egress {
            add(own, end, report.names[number], name, possible, isUndefined: certain.isEmpty)
          } else {
            add(end, own, name, report.names[number], possible, isUndefined: certain.isEmpty)
          }
        }
      }
    }
  }

  private mutating func note(_ traffic: TrafficSet, _ addresses: AddressSet, _ outside: Outside) {
    let known = seenOutside[outside]?[addresses] ?? .none
    seenOutside[outside, default: [:]][addresses] = known.union(traffic)
  }

  private func isLookup(_ traffic: TrafficSet, at group: Int) -> Bool {
    guard let ports = builder.nameServers[group] else { return false }
    return ports.reduce(traffic) { rest, port in
      rest.subtracting(TrafficSet(port.transport, PortSet(port.number)))
    }.isEmpty
  }

  private func text(_ end: CompiledPolicies.RowEnd) -> String {
    switch end {
    case .addresses(let addresses): addresses.description
    case .name(let name): report.compiled.namedEnds[name].text
    case .unit(let unit): unit.name
    }
  }

  private func isOfInput(
    _ source: CompiledPolicies.RowEnd, _ destination: CompiledPolicies.RowEnd, _ traffic: TrafficSet
  ) -> Bool {
    Direction.allCases.contains { direction in
      let deciding = report.compiled.deciding(direction, from: source, to: destination, carrying: traffic)
      guard case .rules(let numbers, _) = deciding else { return false }
      return numbers.contains {
        report.compiled.policyAndRule($0).policy.location.file.path != SuggestionProof.path
      }
    }
  }

  private mutating func add(
    _ source: CompiledPolicies.RowEnd, _ destination: CompiledPolicies.RowEnd, _ sourceName: String,
    _ destinationName: String, _ traffic: TrafficSet, isUndefined: Bool
  ) {
    let reasons = explainer.lines(source, destination, traffic)
    let example = SuggestionProof.Opening.Example(
      source: sourceName, destination: destinationName, ports: traffic.description)
    let key = "\(reasons) \(isUndefined)"
    guard let number = numbers[key] else {
      numbers[key] = openings.count
      openings.append(
        SuggestionProof.Opening(
          reasons: reasons, isUndefined: isUndefined, isOfInput: isOfInput(source, destination, traffic),
          examples: [example], count: 1))
      return
    }
    openings[number].count += 1
    if openings[number].examples.count < SuggestionProof.Opening.mostExamples {
      openings[number].examples.append(example)
    }
  }
}
