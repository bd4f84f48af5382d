package import Kubernetes

extension CheckReport {
  /// The report as data.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Check"), ("profile", .string(profile)),
      ("profileReason", profileReason.map { .string($0) }), ("facts", facts.data),
      ("complete", .bool(!isIncomplete)), ("input", inputData),
      ("problems", .list(problems.map(\.data))),
      ("isolation", .list(coverage.map(Self.data))),
      ("connections", .list(matrix.namespaces.indices.flatMap(connectionData))))
  }

  private var inputData: DataValue {
    .members(
      ("files", .integer(summary.files)), ("workloads", .integer(summary.workloads)),
      ("pods", .integer(summary.pods)), ("finishedPods", .integer(summary.finishedPods)),
      ("namespaces", .integer(summary.namespaces)), ("nodes", .integer(summary.nodes)),
      ("services", .integer(summary.services)), ("policies", .integer(summary.policies)),
      ("rejectedPolicies", .integer(summary.rejectedPolicies)),
      (
        "passedOver",
        .list(
          summary.passedOver.map {
            .members(("kind", .string($0.kind.description)), ("count", .integer($0.count)))
          })
      ))
  }

  private static func data(_ row: NamespaceCoverage) -> DataValue {
    .members(
      ("namespace", .string(row.namespace)), ("workloads", .integer(row.workloads)),
      ("ingressIsolated", .integer(row.ingressIsolated)), ("egressIsolated", .integer(row.egressIsolated)),
      ("open", .list(row.open.map { .string($0) })))
  }

  private func connectionData(_ from: Int) -> [DataValue] {
    matrix.namespaces.indices.map { to in
      .members(
        ("from", .string(matrix.namespaces[from])), ("to", .string(matrix.namespaces[to])),
        ("connected", .integer(matrix.connected[from][to])), ("pairs", .integer(matrix.total[from][to])))
    }
  }
}
