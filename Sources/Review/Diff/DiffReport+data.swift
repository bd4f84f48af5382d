package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension DiffReport {
  /// The report as data, all rows in it.
  package func data(broken: [BrokenRule] = []) -> DataValue {
    let (opened, closed) = counts
    return .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Diff"), ("profile", .string(after.profile.name)),
      ("opened", .integer(opened)), ("closed", .integer(closed)),
      ("newWorkloads", .list(appeared.map(DataValue.string))),
      ("goneWorkloads", .list(vanished.map(DataValue.string))),
      ("policies", .list(policyChanges.map(\.data))),
      ("brokenRules", broken.isEmpty ? nil : .list(broken.map { .string($0.text) })),
      ("rows", .list(rows.map(data))))
  }

  private func data(_ row: Row) -> DataValue {
    let group = groups[row.group]
    return .members(
      ("source", .string(row.source)), ("destination", .string(row.destination)),
      ("changes", .list(row.traffic.parts.map(\.data))), ("because", .string(row.effect.rawValue)),
      ("policies", group.policies.isEmpty ? nil : .list(group.policies.map { .string("\($0.identity)") })),
      ("workloads", group.workloads.isEmpty ? nil : .list(group.workloads.map(DataValue.string))),
      ("reasons", row.causes.isEmpty ? nil : .list(row.causes.map { causes[$0].data })))
  }

  /// One line per row and outcome, RFC 4180.
  package var csv: String {
    var text = "change,source,destination,ports,before,after,because,policies\n"
    for row in rows {
      let policies = groups[row.group].policies.map { "\($0.identity)" }.joined(separator: "; ")
      for part in row.traffic.parts {
        let cells = [
          part.opens ? "opened" : "closed", row.source, row.destination, part.traffic.description,
          part.from.rawValue, part.to.rawValue, row.effect.rawValue, policies,
        ]
        text += cells.map(CSVRowWriter.cell).joined(separator: ",") + "\n"
      }
    }
    return text
  }
}

extension TrafficDifference.Part {
  fileprivate var data: DataValue {
    .members(
      ("change", .string(opens ? "opened" : "closed")), ("before", .string(from.rawValue)),
      ("after", .string(to.rawValue)), ("ports", traffic.data))
  }
}

extension PolicyChange {
  fileprivate var data: DataValue {
    .members(
      ("kind", .string(identity.kind)),
      ("namespace", identity.namespace.isEmpty ? nil : .string(identity.namespace)),
      ("name", .string(identity.name)), ("change", .string(kind.rawValue)),
      ("before", before.map { .string($0.fileAndLine) }), ("after", after.map { .string($0.fileAndLine) }))
  }
}

extension DirectionCause {
  fileprivate var data: DataValue {
    .members(
      ("direction", .string(direction.name)), ("before", .string(before)), ("after", .string(after)))
  }
}
