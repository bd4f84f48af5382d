package import Kubernetes
internal import PolicyModel

extension CoverageReport {
  /// The report for people.
  package func text(_ style: TextStyle) -> String {
    var summary = TextTable(["NAMESPACE", "WORKLOADS", "INGRESS", "EGRESS"], rightAligned: [1, 2, 3])
    for row in namespaces { summary.add(row.cells) }
    if namespaces.count > 1 { summary.add(total.cells) }
    var table = TextTable(["WORKLOAD", "DIRECTION", "STATE", "POLICIES"])
    for row in rows { table.add([row.workload, row.direction.name, row.state.rawValue, row.policyNames]) }
    if rows.isEmpty { return "no workloads\n" }
    let lines =
      [style.bold("Isolated workloads"), style.dim(summary.lines[0])] + summary.lines.dropFirst()
      + ["", style.bold("By workload"), style.dim(table.lines[0])] + table.lines.dropFirst()
    return lines.joined(separator: "\n") + "\n"
  }

  /// Both tables for comments on changes.
  package var markdown: String {
    var lines = ["| namespace | workloads | ingress | egress |", "| --- | ---: | ---: | ---: |"]
    lines += (namespaces + (namespaces.count > 1 ? [total] : [])).map {
      "| \($0.cells.joined(separator: " | ")) |"
    }
    lines += ["", "| workload | direction | state | policies |", "| --- | --- | --- | --- |"]
    lines += rows.map {
      "| \($0.workload) | \($0.direction.name) | \($0.state.rawValue) | \($0.policyNames) |"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// RFC 4180; several policies are separated by blanks.
  package var csv: String {
    (["namespace,workload,kind,direction,state,policies"]
      + rows.map { row in
        let policies = row.policies.map { $0.identity.description.replacing(" ", with: ":") }
        return [
          row.namespace, row.workload, row.kind, row.direction.name, row.state.rawValue,
          policies.joined(separator: " "),
        ].joined(separator: ",")
      }).joined(separator: "\n") + "\n"
  }

  /// The report as data.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Coverage"), ("profile", .string(profile)),
      ("namespaces", .list(namespaces.map(\.data))), ("total", total.data),
      ("workloads", .list(rows.map(\.data))))
  }

  private var total: NamespaceRow {
    NamespaceRow(
      namespace: "total", workloads: namespaces.reduce(0) { $0 + $1.workloads },
      ingressIsolated: namespaces.reduce(0) { $0 + $1.ingressIsolated },
      egressIsolated: namespaces.reduce(0) { $0 + $1.egressIsolated })
  }
}

extension CoverageReport.NamespaceRow {
  /// Whole percents, rounded down: 100 means all.
  private func percent(_ part: Int) -> Int { workloads == 0 ? 0 : part * 100 / workloads }

  fileprivate var cells: [String] {
    [namespace, "\(workloads)", "\(percent(ingressIsolated))%", "\(percent(egressIsolated))%"]
  }

  fileprivate var data: DataValue {
    .members(
      ("namespace", .string(namespace)), ("workloads", .integer(workloads)),
      ("ingressIsolated", .integer(ingressIsolated)), ("egressIsolated", .integer(egressIsolated)),
      ("ingressPercent", .integer(percent(ingressIsolated))),
      ("egressPercent", .integer(percent(egressIsolated))))
  }
}

extension CoverageReport.Row {
  /// The names alone where the namespace and kind go without saying.
  fileprivate var policyNames: String {
    policies.map { policy in
      policy.identity.kind == "NetworkPolicy" ? policy.identity.name : policy.identity.description
    }.joined(separator: ", ")
  }

  fileprivate var data: DataValue {
    .members(
      ("workload", .string(workload)), ("kind", .string(kind)), ("direction", .string(direction.name)),
      ("state", .string(state.rawValue)),
      (
        "policies",
        .list(
          policies.map {
            .members(
              ("policy", .string($0.identity.description)), ("location", $0.location.data))
          })
      ))
  }
}
