internal import Kubernetes
internal import PolicyEngine
package import PolicyModel

/// What is open to and from pods that are not in the input, kept apart from pods that exist.
///
/// For each workload and direction: any pod anywhere, all pods of some namespaces, pods with given labels, and
/// addresses outside. An entry that a wider one of the same traffic covers is left out.
package struct ExposureReport {
  private let report: ConnectivityReport

  /// One opening.
  package struct Row: Sendable, Hashable {
    /// The name of the end that is in the input, as in connectivity rows.
    package let workload: String
    /// Seen from the workload: ingress rows are what others may open to it.
    package let direction: Direction
    /// Who is meant, in words: `any pod`, `pods with app=web in namespace shop`, `0.0.0.0/0`.
    package let peer: String
    package let traffic: OpenTraffic
    /// Whether it depends on what the specification or the input does not say.
    package let isUndefined: Bool
  }

  package init(_ report: ConnectivityReport) {
    self.report = report
  }

  /// All openings, by workload, ingress first.
  package func rows() -> [Row] {
    let walk = report.makeWalk()
    return report.units.indices.filter(isInNamespace).flatMap { number in
      Direction.allCases.filter { isWanted(number, $0) }.flatMap { rows(of: number, $0, walk) }
    }
  }

  private func isInNamespace(_ number: Int) -> Bool {
    report.filter.namespace.map { $0 == report.cluster.world.namespaces[report.units[number].namespace].name }
      ?? true
  }

  /// The workload is the source of its egress and the destination of its ingress.
  private func isWanted(_ number: Int, _ direction: Direction) -> Bool {
    report.isWanted(
      report.units[number], direction == .egress ? report.filter.source : report.filter.destination)
  }

  private func rows(of number: Int, _ direction: Direction, _ walk: ConnectivityWalk) -> [Row] {
    let other = direction == .egress ? report.filter.destination : report.filter.source
    let name = report.names[number]
    func row(_ peer: String, _ traffic: OpenTraffic, isUndefined: Bool = false) -> Row? {
      let visible = traffic.visible(report.filter)
      return visible.isEmpty
        ? nil
        : Row(workload: name, direction: direction, peer: peer, traffic: visible, isUndefined: isUndefined)
    }
    var rows: [Row?] = []
    if other?.meansPodsOutside ?? true {
      let open = openings(of: report.units[number], direction)
      rows.append(row("any pod", open.anyPod.certain))
      if report.units[number].hostNetwork {
        // Whether policies apply to it at all is left open, so the rest may be open too.
        rows.append(row("any pod", OpenTraffic(.all).subtracting(open.anyPod.certain), isUndefined: true))
      } else {
        rows.append(row("any pod", open.anyPod.undefined, isUndefined: true))
        for (peer, opening) in open.others {
          rows.append(row(peer, opening.certain.subtracting(open.anyPod.certain)))
          rows.append(row(peer, opening.undefined.subtracting(open.anyPod.possible), isUndefined: true))
        }
      }
    }
    let outside =
      direction == .egress
      ? report.outsideDestinations(of: number, walk)
      : walk.outsideSources(of: number).filter { report.isWanted($0.end, walk, other) }
    for found in outside {
      let (allowed, undefined) = report.filter.visible(walk, found.connection)
      let peer = report.text(of: found.end, walk)
      rows += [row(peer, OpenTraffic(allowed)), row(peer, OpenTraffic(undefined), isUndefined: true)]
    }
    return rows.compactMap { $0 }
  }

  /// What is open to pods that may exist.
  private struct Openings {
    /// To every pod, whatever its labels are.
    var anyPod: Opening
    /// To some, in the words of reports and in order.
    var others: [(peer: String, opening: Opening)] = []
  }

  /// What rules open to pods that may exist, by selector; without those that only match pods that do exist.
  private func openings(of unit: ConnectivityUnit, _ direction: Direction) -> Openings {
    guard case .rules(let rules, _) = report.compiled.deciding(direction, of: unit) else {
      return Openings(anyPod: .everything)
    }
    let values = rules.map { report.compiled.policyAndRule($0).rule }
    if !values.allSatisfy(\.isPlainAllow) {
      return openings(of: unit, direction, Array(zip(rules, values)))
    }
    let isIsolated = direction == .ingress ? unit.isIngressIsolated : unit.isEgressIsolated
    if !isIsolated { return Openings(anyPod: .everything) }
    let subject = report.cluster.world.endpoints[unit.endpoints[0]]
    var anyPod = Opening()
    var bySelector: [String: Opening] = [:]
    for rule in values {
      let opening = Opening(rule, subject: subject)
      switch rule.peers {
      case .anyone: anyPod.formUnion(opening)
      case .anyOf(let peers):
        for case .endpoints(let selector) in peers.map(\.kind) {
          if selector.isEveryPod {
            anyPod.formUnion(opening)
          } else {
            bySelector[selector.description, default: Opening()].formUnion(opening)
          }
        }
      }
    }
    return Openings(
      anyPod: anyPod, others: bySelector.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// The same where rules deny, pass or ask for more than peers: tiers are decided for each kind of pods.
  private func openings(
    of unit: ConnectivityUnit, _ direction: Direction, _ rules: [(number: Int32, rule: Rule)]
  ) -> Openings {
    let subject = report.cluster.world.endpoints[unit.endpoints[0]]
    func opening(_ pods: UnlistedPods) -> Opening {
      let matches = rules.map {
        $0.rule.unlistedMatch($0.number, pods, subject: subject, in: report.cluster)
      }
      return Opening(report.compiled.traffic(of: unit, direction, matches))
    }
    let anyPod = opening(.any)
    let plain = opening(.plain)
    let kinds = UnlistedPods.kinds(in: rules.map(\.rule), report.cluster)
      .map { (peer: $0.description, opening: opening(.meeting($0))) }
    // What plain pods have, every pod has that is of no kind which may lack some of it.
    let lacking = kinds.filter { !plain.certain.subtracting($0.opening.certain).isEmpty }
    let others = lacking.map(\.peer)
    let name = others.isEmpty ? "any pod" : "any pod but \(others.joined(separator: ", "))"
    var found = Openings(anyPod: Opening(certain: anyPod.certain))
    found.others.append(
      (name, Opening(certain: plain.certain.subtracting(anyPod.certain), undefined: plain.undefined)))
    for kind in kinds {
      let covered = others.contains(kind.peer) ? OpenTraffic() : plain.certain
      found.others.append(
        (
          kind.peer,
          Opening(
            certain: kind.opening.certain.subtracting(covered),
            undefined: kind.opening.undefined.subtracting(covered))
        ))
    }
    return found
  }

  /// Writes the rows in a text form.
  package func write(_ format: ConnectivityFormat, to output: Output) {
    let rows = rows()
    switch format {
    case .json: output.write(data(rows).prettyJSON)
    case .yaml: output.write(data(rows).yaml)
    case .csv:
      output.line("workload,direction,peer,verdict,ports")
      for row in rows {
        let cells = [
          row.workload, row.direction.name, row.peer, row.isUndefined ? "undefined" : "allowed",
          row.traffic.description,
        ]
        output.line(cells.map(CSVRowWriter.cell).joined(separator: ","))
      }
    case .md:
      output.line("| workload | direction | ports | peer |")
      output.line("| --- | --- | --- | --- |")
      for row in rows {
        let cells = [row.workload, row.direction.name, row.portsText, row.peer]
        output.line("| " + cells.map(MarkdownRowWriter.cell).joined(separator: " | ") + " |")
      }
    case .text, .dot, .mermaid, .svg, .html:
      if rows.isEmpty { break }
      // Peers come last: some are long lists.
      var table = TextTable(["WORKLOAD", "DIRECTION", "PORTS", "PEER"])
      for row in rows { table.add([row.workload, row.direction.name, row.portsText, row.peer]) }
      for line in table.lines { output.line(String(line.dropFirst(2))) }
    }
    output.flush()
  }

  private func data(_ rows: [Row]) -> DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Exposure"),
      ("profile", .string(report.cluster.profile.name)),
      (
        "rows",
        .list(
          rows.map {
            .members(
              ("workload", .string($0.workload)), ("direction", .string($0.direction.name)),
              ("peer", .string($0.peer)),
              ("verdict", $0.isUndefined ? "undefined" : "allowed"), ("ports", $0.traffic.data))
          })
      ))
  }
}

/// What rules open to some pods: under every reading of the specification, and under some.
private struct Opening {
  private(set) var certain = OpenTraffic()
  private(set) var possible = OpenTraffic()

  static let everything = Opening(OpenTraffic(.all))

  init() {}

  private init(_ traffic: OpenTraffic) {
    certain = traffic
    possible = traffic
  }

  init(_ traffic: (certain: TrafficSet, possible: TrafficSet)) {
    certain = OpenTraffic(traffic.certain)
    possible = OpenTraffic(traffic.possible)
  }

  /// What one rule lets through. A port name that several ports of the subject have certainly means the first.
  init(_ rule: Rule, subject: Endpoint) {
    certain = OpenTraffic(rule, subject: subject, .first)
    possible = OpenTraffic(rule, subject: subject, .allWithInit)
  }

  init(certain: OpenTraffic, undefined: OpenTraffic = OpenTraffic()) {
    self.certain = certain
    possible = certain
    possible.formUnion(undefined)
  }

  /// What is open under some readings only.
  var undefined: OpenTraffic { possible.subtracting(certain) }

  mutating func formUnion(_ other: Opening) {
    certain.formUnion(other.certain)
    possible.formUnion(other.possible)
  }
}

extension Rule {
  /// What the rule has to do with pods that are not in the input. Names of their ports may stand for any.
  fileprivate func unlistedMatch(
    _ number: Int32, _ pods: UnlistedPods, subject: Endpoint, in cluster: Cluster
  ) -> CompiledPolicies.UnlistedMatch {
    let answer = pods.answer(peers, in: cluster)
    let most = OpenTraffic(self, subject: subject, .allWithInit)
    let named = most.names.map { TrafficSet($0.transport, .all) }.reduce(TrafficSet.none) { $0.union($1) }
    let possible = answer == .none ? TrafficSet.none : most.ports.union(named)
    let isCertain = answer == .all && self.subject.isAnyone && !sourcePorts.isRestricted
    return CompiledPolicies.UnlistedMatch(
      rule: number,
      certain: isCertain ? OpenTraffic(self, subject: subject, .first).ports : .none, possible: possible)
  }

  /// Whether it allows some pods or addresses and asks nothing else, so that openings are the union of such rules.
  fileprivate var isPlainAllow: Bool {
    guard action == .allow, subject.isAnyone, !sourcePorts.isRestricted else { return false }
    guard case .anyOf(let peers) = peers else { return true }
    return peers.allSatisfy {
      switch $0.kind {
      case .all, .any, .not: false
      case .endpoints, .nodes, .addresses, .family, .domain, .outside, .apiServer, .special: true
      }
    }
  }
}

extension ExposureReport.Row {
  fileprivate var portsText: String { "\(traffic)" + (isUndefined ? " (undefined)" : "") }
}
