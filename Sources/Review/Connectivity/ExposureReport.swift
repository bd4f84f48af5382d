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
    package let workload: String
    package let direction: Direction
    /// Who is meant, in words: `any pod`, `pods with app=web in namespace shop`, `0.0.0.0/0`.
    package let peer: String
    package let traffic: TrafficSet
  }

  package init(_ cluster: Cluster, filter: ConnectivityFilter = ConnectivityFilter()) {
    report = ConnectivityReport(cluster, filter: filter)
  }

  /// All openings, by workload, ingress first.
  package func rows() -> [Row] {
    let walk = ConnectivityWalk(report.compiled, units: report.units)
    return report.units.indices.filter(isWanted).flatMap { number in
      Direction.allCases.flatMap { rows(of: number, $0, walk) }
    }
  }

  private func isWanted(_ number: Int) -> Bool {
    let unit = report.units[number]
    let namespace = report.cluster.world.namespaces[unit.namespace].name
    let pattern = report.filter.source ?? report.filter.destination
    return (report.filter.namespace.map { $0 == namespace } ?? true)
      && (pattern?.matches(namespace: namespace, kind: unit.kind, name: unit.name) ?? true)
  }

  private func rows(of number: Int, _ direction: Direction, _ walk: ConnectivityWalk) -> [Row] {
    let unit = report.units[number]
    let endpoint = report.cluster.world.endpoints[unit.endpoints[0]]
    var anyPod = TrafficSet.none
    var bySelector: [String: TrafficSet] = [:]
    switch report.compiled.deciding(direction, of: unit) {
    case .notPoliced, .notIsolated: anyPod = .all
    case .rules(let rules):
      for number in rules {
        let rule = report.compiled.policyAndRule(number).rule
        let traffic = traffic(of: rule, subject: endpoint)
        switch rule.peers {
        case .anyone: anyPod = anyPod.union(traffic)
        case .anyOf(let peers):
          for case .endpoints(let selector) in peers.map(\.kind) {
            if selector.isEveryPod {
              anyPod = anyPod.union(traffic)
            } else {
              bySelector[selector.description, default: .none] =
                (bySelector[selector.description] ?? .none).union(traffic)
            }
          }
        }
      }
    }
    let name = report.names[number]
    func row(_ peer: String, _ traffic: TrafficSet) -> Row? {
      let visible = report.filter.visible(traffic)
      return visible.isEmpty ? nil : Row(workload: name, direction: direction, peer: peer, traffic: visible)
    }
    let outside = direction == .egress ? walk.outsideDestinations(of: number) : walk.outsideSources(of: number)
    return [row("any pod", anyPod)].compactMap { $0 }
      + bySelector.keys.sorted().compactMap { key in
        row(key, (bySelector[key] ?? .none).subtracting(anyPod))
      }
      + outside.compactMap { row("addresses \(walk.addressSets[$0.addresses])", walk.connection($0.connection).certain) }
  }

  /// What a rule lets through; a port name counts where it can be resolved, on the subject.
  private func traffic(of rule: Rule, subject: Endpoint) -> TrafficSet {
    guard case .anyOf(let matches) = rule.traffic else { return .all }
    return matches.reduce(TrafficSet.none) { whole, match in
      switch match.ports {
      case .all: return whole.union(TrafficSet(match.transport, .all))
      case .range(let range): return whole.union(TrafficSet(match.transport, PortSet(range)))
      case .named(let name):
        guard rule.direction == .ingress, let port = subject.podPort(.name(name), match.transport) else { return whole }
        return whole.union(TrafficSet(match.transport, PortSet(port)))
      }
    }
  }

  /// Writes the rows in a text form.
  package func write(_ format: ConnectivityFormat, to output: Output) {
    let rows = rows()
    switch format {
    case .json: output.write(data(rows).prettyJSON)
    case .yaml: output.write(data(rows).yaml)
    case .csv:
      output.line("workload,direction,peer,ports")
      for row in rows {
        let cells = [row.workload, row.direction.name, row.peer, row.traffic.description]
        output.line(cells.map(CSVRowWriter.cell).joined(separator: ","))
      }
    case .md:
      output.line("| workload | direction | peer | ports |")
      output.line("| --- | --- | --- | --- |")
      for row in rows {
        output.line("| \(row.workload) | \(row.direction.name) | \(row.peer) | \(row.traffic) |")
      }
    case .text, .dot, .mermaid, .svg:
      var table = TextTable(["WORKLOAD", "DIRECTION", "PEER", "PORTS"])
      for row in rows { table.add([row.workload, row.direction.name, row.peer, row.traffic.description]) }
      for line in table.lines { output.line(String(line.dropFirst(2))) }
    }
    output.flush()
  }

  private func data(_ rows: [Row]) -> DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Exposure"), ("profile", .string(report.cluster.profile.name)),
      ("rows", .list(rows.map {
        .members(
          ("workload", .string($0.workload)), ("direction", .string($0.direction.name)), ("peer", .string($0.peer)),
          ("ports", $0.traffic.data))
      })))
  }
}

extension EndpointSelector {
  /// All pods of all namespaces.
  fileprivate var isEveryPod: Bool {
    guard pods.isEverything, case .matching(let namespaces) = namespaces else { return false }
    return namespaces.isEverything
  }
}
