internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension DiffReport {
  /// Workflow commands of GitHub Actions: a notice at each policy that changed something, an error for each broken rule.
  package func workflowCommands(broken: [BrokenRule] = []) -> String {
    var text = ""
    for (group, rows) in rowsByGroup {
      let opened = rows.count { $0.traffic.opens }
      let closed = rows.count { $0.traffic.closes }
      let counts = [(opened, "opens"), (closed, "closes")].filter { $0.0 > 0 }.map {
        "\($1) \(Self.count($0, "connection", "connections"))"
      }
      let shown = rows.prefix(5).map { row in
        row.traffic.parts.map { "\($0.opens ? "+" : "-") \(row.source) -> \(row.destination) \($0.text)" }
          .joined(separator: "\n")
      }
      let more = rows.count > 5 ? "\nand \(rows.count - 5) more" : ""
      let message =
        "\(title(of: group)): \(counts.joined(separator: ", "))\n\(shown.joined(separator: "\n"))\(more)"
      let place = group.policies.first.flatMap { $0.after ?? $0.before }
      text += WorkflowCommand(.notice, message, title: "merlon diff", at: place).text
    }
    for rule in broken {
      let place = rule.row.causes.first.flatMap { causes[$0].location }
      text += WorkflowCommand(.error, rule.text, title: "merlon diff", at: place).text
    }
    return text
  }
}
